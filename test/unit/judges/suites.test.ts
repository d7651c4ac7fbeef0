import { expect, it } from "vitest";
import { S3Object } from "../../../examples/shop/kinds/s3-object.ts";
import { kinds } from "../../../src/aws/kinds.ts";
import { kindsOf } from "../../support/kinds-of.ts";
import { CRASHED } from "../../support/stacks.ts";

/** Every kind of Fairlead, and one that a user has written. */
const TYPES = [...kinds, S3Object].map(({ type }) => type).toSorted();

it("the suite `crash` creates and deletes a resource of each kind", async () => {
  const have = await kindsOf(CRASHED);
  expect(
    TYPES.filter((type) => !have.has(type)),
    "kinds that no stack in CRASHED (test/support/stacks.ts) has",
  ).toEqual([]);
});
