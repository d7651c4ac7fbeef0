import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import { CRASHED } from "../support/stacks.ts";

describe.each(CRASHED)("a reconcile of an empty account: $title", (stack) => {
  diesEverywhere(stack, async () => new Crashes("reconcile", stack));
});
