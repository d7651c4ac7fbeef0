import { describe, it } from "vitest";
import { FAULTS, lifeUnderFaults } from "./life.ts";

/** How many lives under each fault: `FAULTS_SEEDS=1 npm run test:faults`. */
const SEEDS = Array.from({ length: Number(process.env["FAULTS_SEEDS"] ?? 10) }, (_, index) => index + 1);

describe.each(FAULTS)("an AWS where every fifth call ends in %s", (kinds) => {
  it.each(SEEDS)("loses nothing, doubles nothing and leaves nothing (seed %i)", async (seed) => {
    await lifeUnderFaults(kinds, seed);
  });
});
