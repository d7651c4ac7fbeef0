import { describe } from "vitest";
import { PLAIN, SHOP } from "../support/stacks.ts";
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";

describe.each([PLAIN, SHOP])(
  "a reconcile of an edit that replaces a target group and deletes a NAT gateway: $title",
  (stack) => {
    diesEverywhere(() => new Crashes("reconcile", stack).standing(stack.edit));
  },
);
