import { describe } from "vitest";
import { Crashes } from "../crash/driver.ts";
import { diesEverywhere } from "../crash/sweep.ts";
import { PLAIN } from "../support/stacks.ts";

/** A sample: `npm run test:crash` tries every moment there is. */
const SAMPLE = { seed: 6, step: 15 };

describe("a reconcile of an empty account", () => {
  diesEverywhere(PLAIN, async () => new Crashes("reconcile", PLAIN), SAMPLE);
});

describe("a teardown", () => {
  diesEverywhere(PLAIN, () => new Crashes("teardown", PLAIN).standing(), SAMPLE);
});
