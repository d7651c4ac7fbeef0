import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settingPaths } from "../../src/config/parts.ts";
import { walk } from "./edits.ts";
import { releasedBase, shortened, type Base } from "./rig.ts";
import { ELSEWHERE, VALUES } from "./settings.ts";
import { tally } from "./finding.ts";
import { walkOver } from "./walk.ts";

/** How many walks, and which: `EDITS_RUNS=300 EDITS_SEED=7 npm run test:edits`. Two processes share a number of them with two seeds. */
const RUNS = Number(process.env["EDITS_RUNS"] ?? 12);
const SEED = Number(process.env["EDITS_SEED"] ?? 20_261_127);
const PATH = process.env["EDITS_PATH"];
/** One walk in so many ends with a teardown. */
const TEARDOWNS = 10;

/** A live, released stack, made once; every walk begins with a copy of it. */
let base: Base;
let asLong: () => void;
beforeAll(async () => {
  asLong = shortened();
  base = await releasedBase();
}, 600_000);

afterAll(() => asLong());

describe("a walk of edits over a live stack", () => {
  it("knows values for every setting", () => {
    const all = settingPaths().filter((path) => !ELSEWHERE.test(path) && !path.startsWith("service.taskPolicy."));
    const known = Object.keys(VALUES);
    // A group is covered by what is in it.
    const lacking = all.filter((path) => !known.includes(path) && !known.some((one) => one.startsWith(`${path}.`)));
    expect(lacking).toEqual([]);
  });

  it("converges step by step without an interruption that no plan announced, or is refused before anything is changed", async () => {
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
  });
});
