import type { HistoryView } from "../data.ts";
import { ago } from "./ago.ts";

/** How a resource came about, by the action of the run that did it. */
const BORN: Readonly<Record<string, string>> = { create: "created", replace: "replaced", adopt: "adopted" };
const UNDONE = new Set(["failed", "skipped", "stopped", "pending"]);

/** Since when a resource is there. */
export interface Age {
  /** `created 3 min ago`. */
  readonly text: string;
  /** The number of the run that did it. */
  readonly run: number;
}

/**
 * The ages of the resources by their ids, of the runs that are known, the latest first. One that was made before the earliest of them has none.
 * `at`: when the stack was looked at, ISO 8601, on the clock of the runs: simulated time is ahead of this machine's.
 */
export function agesOf(runs: HistoryView["runs"], at: string): ReadonlyMap<string, Age> {
  const ages = new Map<string, Age>();
  for (const { number, when, actions } of runs)
    for (const { id, action, outcome, from = 0, ms } of actions) {
      const born = BORN[action];
      if (born === undefined || UNDONE.has(outcome) || ages.has(id)) continue;
      const seconds = (Date.parse(at) - Date.parse(when) - from - ms) / 1_000;
      ages.set(id, { text: `${born} ${ago(seconds)}`, run: number });
    }
  return ages;
}
