import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import { ALL_ON, PLAIN } from "../support/stacks.ts";

describe.each([PLAIN, ALL_ON])("putting to sleep: $title", (stack) => {
  diesEverywhere(stack, () => new Crashes("sleep", stack).released());
});

describe.each([PLAIN, ALL_ON])("waking: $title", (stack) => {
  diesEverywhere(stack, () => new Crashes("wake", stack).asleep());
});
