import { expect, it } from "vitest";
import { withoutNulls } from "../../../src/aws/answer.ts";

it("is an answer without what is null, as a member or in a list", () => {
  const at = new Date(0);
  expect(withoutNulls({ Tags: [null, { Key: "a", Value: null }], Name: null, At: at })).toEqual({
    Tags: [{ Key: "a" }],
    At: at,
  });
});
