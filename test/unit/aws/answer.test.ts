import { expect, it } from "vitest";
import { whyOf, withoutNulls } from "../../../src/aws/answer.ts";

it("is an answer without what is null, as a member or in a list", () => {
  const at = new Date(0);
  expect(withoutNulls({ Tags: [null, { Key: "a", Value: null }], Name: null, At: at })).toEqual({
    Tags: [{ Key: "a" }],
    At: at,
  });
});

it("says on one line why a call is asked again", () => {
  const named = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
  const page = new Error(
    "mismatched tags <html> and </title>.\n  Deserialization error: to see the raw response, inspect it.",
  );
  expect([named, page, new SyntaxError("Unexpected token <")].map(whyOf)).toEqual([
    "ThrottlingException: Rate exceeded",
    "mismatched tags <html> and </title>.",
    "the response cannot be parsed (Unexpected token <)",
  ]);
});
