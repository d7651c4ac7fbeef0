import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { isRefusedEverywhere } from "./sweep.ts";
import { ALL_ON, CRASHED, PLAIN, SHOP } from "../support/stacks.ts";

describe.each(CRASHED)("a reconcile of an empty account: $title", (stack) => {
  isRefusedEverywhere(stack, async () => new Crashes("reconcile", stack, true));
});

describe.each([PLAIN, ALL_ON, SHOP])("a reconcile of an edit: $title", (stack) => {
  isRefusedEverywhere(stack, () => new Crashes("reconcile", stack, true).standing(stack.edit));
});

describe.each(CRASHED)("a teardown: $title", (stack) => {
  isRefusedEverywhere(stack, () => new Crashes("teardown", stack).standing());
});
