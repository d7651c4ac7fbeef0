import { describe } from "vitest";
import { PLAIN, SHOP } from "../support/stacks.ts";
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";

describe.each([PLAIN, SHOP])("a reconcile of an empty account: $title", (stack) => {
  diesEverywhere(async () => new Crashes("reconcile", stack));
});
