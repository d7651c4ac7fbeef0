import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import { ALL_ON, PLAIN, SHOP } from "../support/stacks.ts";

/** A release writes no state. */
const RELEASE = { moments: ["before call", "after call"], endsWithCall: true } as const;

describe.each([PLAIN, ALL_ON, SHOP])("the first release: $title", (stack) => {
  diesEverywhere(stack, () => new Crashes("deploy", stack).standing(), RELEASE);
});

describe.each([PLAIN, ALL_ON, SHOP])("a release of one service that was changed: $title", (stack) => {
  diesEverywhere(stack, () => new Crashes("deploy", stack).released(stack.change), RELEASE);
});
