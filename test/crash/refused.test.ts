import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { isRefusedEverywhere } from "./sweep.ts";
import { ALL_ON, CRASHED, PLAIN, SHOP } from "../support/stacks.ts";

/** A sample (`CRASH_SHOP_STEP`) tries the plain stack and one of the larger ones: beginning takes longer than one operation. */
const isSample = process.env["CRASH_SHOP_STEP"] !== undefined;
const SEED = Number(process.env["CRASH_SEED"] ?? 0);
const some = <Stack>([plain, ...larger]: readonly Stack[]): Stack[] =>
  [plain, ...(isSample ? larger.slice(SEED % larger.length).slice(0, 1) : larger)].flatMap((one) => one ?? []);

describe.each(some(CRASHED))("a reconcile of an empty account: $title", (stack) => {
  isRefusedEverywhere(stack, async () => new Crashes("reconcile", stack, true));
});

describe.each(some([PLAIN, ALL_ON, SHOP]))("a reconcile of an edit: $title", (stack) => {
  isRefusedEverywhere(stack, () => new Crashes("reconcile", stack, true).standing(stack.edit));
});

describe.each(some(CRASHED))("a teardown: $title", (stack) => {
  isRefusedEverywhere(stack, () => new Crashes("teardown", stack).standing());
});
