import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import { PLAIN, SHOP } from "../support/stacks.ts";

describe.each([PLAIN, SHOP])("a reconcile of an empty account: $title", (stack) => {
  diesEverywhere(stack, async () => new Crashes("reconcile", stack));
});
