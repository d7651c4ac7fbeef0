import { describe, it } from "vitest";
import { PLAIN, SHOP } from "../support/stacks.ts";
import { FAULTS, lifeUnderFaults } from "./life.ts";

/** How many lives under each fault: `FAULTS_SEEDS=1 npm run test:faults`. A sample has the shop under one of the faults alone. */
const SEEDS = Number(process.env["FAULTS_SEEDS"] ?? 10);
const SHOP_FAULTS = process.env["FAULTS_SHOP"]?.split(" ") ?? FAULTS;

describe.each([
  { stack: PLAIN, faults: FAULTS },
  { stack: SHOP, faults: SHOP_FAULTS },
])("$stack.title on an AWS where every fifth call ends in", ({ stack, faults }) => {
  describe.each(faults)("%s", (kinds) => {
    it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
      "loses nothing, doubles nothing and leaves nothing (seed %i)",
      async (seed) => lifeUnderFaults(stack, kinds, seed),
    );
  });
});
