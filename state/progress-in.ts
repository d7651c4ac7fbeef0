import type { Clock } from "../src/clock.ts";
import { isDead } from "./file-lock.ts";
import { parseProgress } from "./progress.ts";
import { LAPSE } from "./s3-lock.ts";
import type { Holder, Progress, ProgressOf, Run, RunProgress, StateStore } from "./state.ts";

/** How many milliseconds a release may go unheard of until it counts as dead: those who follow it write every minute. */
const UNHEARD = 600_000;

/** What `progressIn` needs of a place. */
interface Seen {
  readonly clock: Clock;
  readonly holder: StateStore["holder"];
  readonly runs: StateStore["runs"];
  readonly progress: (of: ProgressOf) => { get(): Promise<string | undefined> };
}

/** The runs of the history among which one that left its progress behind is looked for. */
const RECENT = 20;

/** `StateStore.progress` of one of the two. */
export async function progressIn(place: Seen, of: ProgressOf): Promise<RunProgress | undefined> {
  try {
    const text = await place.progress(of).get();
    const found = text === undefined ? undefined : parseProgress(text);
    if (!found) return undefined;
    if (await isInProgress(place, of, found)) return { ...found, of, isAlive: true };
    // It could not remove its progress, and the history says what it came to.
    const runs = await place.runs(RECENT);
    const isTold = ({ when, verb, outcome }: Run) =>
      verb === found.verb && (when === found.when || (outcome === "died" && when === found.since));
    return runs.some(isTold) ? undefined : { ...found, of, isAlive: false };
  } catch {
    return undefined;
  }
}

/** A run is alive if it holds the lock; a release is followed without one, and its process says every minute that it exists. */
async function isInProgress({ clock, holder }: Seen, of: ProgressOf, found: Holder & Progress): Promise<boolean> {
  if (of === "release") return !isDead(found) && clock.now() - Date.parse(found.updatedAt) <= UNHEARD;
  const now = await holder();
  if (now?.token !== found.token || isDead(now)) return false;
  return now.renewed === undefined || clock.now() - Date.parse(now.renewed) <= LAPSE;
}
