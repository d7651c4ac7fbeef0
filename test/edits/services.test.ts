import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { releasedBase, shortened, type Base } from "./rig.ts";
import { SEVERAL, serviceWalk } from "./service-edits.ts";
import { tally } from "./finding.ts";
import { walkOver } from "./walk.ts";

/** As for the walks over one service: `EDITS_RUNS=300 EDITS_SEED=7 npm run test:edits`. */
const RUNS = Number(process.env["EDITS_RUNS"] ?? 12);
const SEED = Number(process.env["EDITS_SEED"] ?? 20_261_127);
const PATH = process.env["EDITS_PATH"];
/** One walk in so many ends with a teardown. */
const TEARDOWNS = 10;

/** A live stack of several released services, made once; every walk begins with a copy of it. */
let base: Base;
let asLong: () => void;
beforeAll(async () => {
  asLong = shortened();
  base = await releasedBase(SEVERAL);
}, 600_000);

afterAll(() => asLong());

it("a walk of edits over a live stack of several services converges step by step, or is refused before anything is changed", async () => {
  let walks = 0;
  const property = fc.asyncProperty(serviceWalk, (steps) => walkOver(base, steps, walks++ % TEARDOWNS === 0));
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
});
