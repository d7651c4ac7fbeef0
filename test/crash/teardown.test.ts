import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import { BOTH_REGIONS, CRASHED } from "../support/stacks.ts";

describe.each(CRASHED)("a teardown: $title", (stack) => {
  diesEverywhere(stack, () => {
    const crashes = new Crashes("teardown", stack);
    // The stack in two regions has images and tasks in both.
    return stack === BOTH_REGIONS ? crashes.released() : crashes.standing();
  });
});
