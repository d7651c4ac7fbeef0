import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import { ALL_ON, PLAIN, SHOP } from "../support/stacks.ts";

const STACKS = [PLAIN, ALL_ON];

describe.each(STACKS)("a reconcile right after a teardown that died: $title", (stack) => {
  diesEverywhere(stack, () => new Crashes("teardown", stack).standing(), { next: { command: "reconcile" } });
});

// Of everything, what is the account's is left.
describe.each([PLAIN, SHOP])("a teardown right after a reconcile of an empty account that died: $title", (stack) => {
  diesEverywhere(stack, async () => new Crashes("reconcile", stack), { next: { command: "teardown" } });
});

describe.each(STACKS)("the former config again right after an edit that died: $title", (stack) => {
  const next = { command: "reconcile", edit: stack.write, undo: stack.edit } as const;
  // Revisions of the task definition are more by then.
  const compared = ["exit", "failed", "planned"] as const;
  diesEverywhere(stack, () => new Crashes("reconcile", stack).standing(stack.edit), { next, compared });
});
