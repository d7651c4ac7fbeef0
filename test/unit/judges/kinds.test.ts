import { expect, it } from "vitest";
import { kinds } from "../../../src/aws/kinds.ts";
import { CHANGES } from "../../support/by-hand.ts";

it("has a change outside Fairlead for each resource kind", () => {
  const types = kinds.map(({ type }) => type).toSorted();
  expect(Object.keys(CHANGES).toSorted(), "CHANGES in test/support/by-hand.ts").toEqual(types);
});
