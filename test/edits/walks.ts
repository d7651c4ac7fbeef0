import * as fc from "fast-check";
import { afterAll, beforeAll, expect } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import type { Step } from "./edits.ts";
import { tally } from "./finding.ts";
import { releasedBase, shortened, type Base } from "./rig.ts";
import { walkOver } from "./walk.ts";

/** How many walks, and which: `EDITS_RUNS=300 EDITS_SEED=7 npm run test:edits`. Two processes share a number of them with two seeds. */
const RUNS = Number(process.env["EDITS_RUNS"] ?? 12);
const SEED = Number(process.env["EDITS_SEED"] ?? 20_261_127);
const PATH = process.env["EDITS_PATH"];
/** One walk in so many ends with a teardown. */
const TEARDOWNS = 10;

/**
 * Walks over a live, released stack of this config, for a test file of its own: the stack is made once, before the tests, and every walk begins with a
 * copy of it.
 */
export function walksFrom(config: StackConfig): (walk: fc.Arbitrary<Step[]>) => Promise<void> {
  let base: Base;
  let asLong: () => void;
  beforeAll(async () => {
    asLong = shortened();
    base = await releasedBase(config);
  }, 600_000);
  afterAll(() => asLong());

  return async (walk) => {
    let walks = 0;
    const property = fc.asyncProperty(walk, (steps) => walkOver(base, steps, walks++ % TEARDOWNS === 0));
    try {
      await fc.assert(property, {
        numRuns: RUNS,
        seed: SEED,
        endOnFailure: true,
        ...(PATH === undefined ? {} : { path: PATH }),
      });
    } finally {
      if (RUNS > 100) process.stdout.write(`${walks} walks from seed ${SEED}: ${JSON.stringify(tally)}\n`);
    }
    expect(walks).toBe(RUNS);
  };
}
