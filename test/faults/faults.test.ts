import { describe, it } from "vitest";
import { FAULTED } from "../support/optional-stack.ts";
import { PLAIN } from "../support/stacks.ts";
import { FAULTS, lifeUnderFaults } from "./life.ts";

/** How many lives under each fault: `FAULTS_SEEDS=1 npm run test:faults`. A sample has all stacks but the plain one under one of the faults alone. */
const SEEDS = Number(process.env["FAULTS_SEEDS"] ?? 10);
const LARGE = process.env["FAULTS_LARGE"]?.split(" ") ?? FAULTS;

describe.each(FAULTED.map((stack) => ({ stack, faults: stack === PLAIN ? FAULTS : LARGE })))(
  "$stack.title on an AWS where every fifth call ends in",
  ({ stack, faults }) => {
    describe.each(faults)("%s", (kinds) => {
      it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
        "loses nothing, doubles nothing and leaves nothing (seed %i)",
        async (seed) => lifeUnderFaults(stack, kinds, seed),
      );
    });
  },
);
