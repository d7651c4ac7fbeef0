import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import { BOTH_REGIONS } from "../support/stacks.ts";

const IN_ONE = {
  edge: { methods: "read" },
  container: { secrets: { SESSION_KEY: { generate: { length: 40 } } } },
} as const;

describe("an edit of a stack in two regions", () => {
  diesEverywhere(BOTH_REGIONS, () => new Crashes("reconcile", BOTH_REGIONS).released(BOTH_REGIONS.edit));
});

// Two calls, so each of them; it writes no state.
describe("a failover to the second region", () => {
  diesEverywhere(BOTH_REGIONS, () => new Crashes("failover", BOTH_REGIONS).released(), {
    step: 1,
    moments: ["before call", "after call"],
  });
});

describe("giving up the second region of a stack", () => {
  diesEverywhere(BOTH_REGIONS, () => new Crashes("reconcile", BOTH_REGIONS).released((stage) => stage.edit(IN_ONE)));
});
