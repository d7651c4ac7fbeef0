import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import { PLAIN, SHOP } from "../support/stacks.ts";

describe.each([PLAIN, SHOP])("a teardown: $title", (stack) => {
  diesEverywhere(stack, () => new Crashes("teardown", stack).standing());
});
