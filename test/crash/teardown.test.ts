import { describe } from "vitest";
import { PLAIN, SHOP } from "../support/stacks.ts";
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";

describe.each([PLAIN, SHOP])("a teardown: $title", (stack) => {
  diesEverywhere(() => new Crashes("teardown", stack).standing());
});
