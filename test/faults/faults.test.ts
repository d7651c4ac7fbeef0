import { describe, it } from "vitest";
import { FAULTS, lifeUnderFaults } from "./life.ts";

const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1);

describe.each(FAULTS)("an AWS where every fifth call ends in %s", (kinds) => {
  it.each(SEEDS)("loses nothing, doubles nothing and leaves nothing (seed %i)", async (seed) => {
    await lifeUnderFaults(kinds, seed);
  });
});
