import { describe } from "vitest";
import { PLAIN, SHOP } from "../support/stacks.ts";
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";

describe.each([PLAIN, SHOP])("a reconcile of an edit that replaces the VPC and everything in it: $title", (stack) => {
  diesEverywhere(() => new Crashes("reconcile", stack).standing(stack.move));
});
