import { describe, it } from "vitest";
import { PLAIN } from "../support/stacks.ts";
import { FAULTS, lifeUnderFaults } from "../faults/life.ts";

describe("an AWS where every fifth call goes wrong", () => {
  it.each(FAULTS)("by %s loses nothing, doubles nothing and leaves nothing", async (kinds) => {
    await lifeUnderFaults(PLAIN, kinds, 1);
  });
});
