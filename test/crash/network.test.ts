import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import { ALL_ON, PLAIN, SHOP } from "../support/stacks.ts";

describe.each([PLAIN, ALL_ON, SHOP])(
  "a reconcile of an edit that replaces the VPC and everything in it: $title",
  (stack) => {
    diesEverywhere(stack, () => new Crashes("reconcile", stack).standing(stack.move));
  },
);
