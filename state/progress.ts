import { stripVTControlCharacters } from "node:util";
import * as z from "zod";
import type { Clock } from "../src/clock.ts";
import { isDead } from "./file-lock.ts";
import { LAPSE } from "./s3-lock.ts";
import type { Holder, Progress, ProgressOf, Run, RunProgress, StateStore } from "./state.ts";

/** How many milliseconds a release may go unheard of until it counts as dead: those who follow it write every minute. */
const UNHEARD = 600_000;

/** The most characters of a text, and of the document: far above what a stack of hundreds of resources needs. */
const [LONGEST_TEXT, LONGEST] = [400, 400_000];

const optionalText = z.string().optional();
const optionalNumber = z.number().optional();
const schema = z.object({
  version: z.literal(1),
  who: z.string(),
  pid: z.number(),
  host: z.string(),
  verb: z.string(),
  since: z.string(),
  process: optionalText,
  token: z.string(),
  when: z.string(),
  target: z.string(),
  region: z.string(),
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  elapsed: z.number(),
  clock: z.enum(["virtual", "real"]),
  done: z.number(),
  all: z.number(),
  secondsLeft: z.number(),
  held: optionalText,
  calls: z.number(),
  retries: z.number(),
  actions: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      action: z.string(),
      state: z.enum(["pending", "running", "waiting", "done", "failed", "skipped", "stopped"]),
      started: optionalNumber,
      waited: optionalNumber,
      ended: optionalNumber,
      waitsFor: z.enum(["ready", "gone"]).optional(),
      status: optionalText,
      usual: optionalNumber,
      note: optionalText,
      error: optionalText,
    }),
  ),
  stages: z.array(z.object({ stage: z.string(), status: z.string(), started: optionalNumber, ended: optionalNumber })),
  release: optionalText,
  waitsFor: optionalText,
});

/** What is written of a run: long sentences are cut, and a terminal's colours left out. `undefined` if it is too large to be worth it. */
export function progressText(holder: Holder, progress: Progress): string | undefined {
  const { renewed: _renewed, ...own } = holder;
  const text = JSON.stringify({ version: 1, ...own, ...progress }, (_key, value: unknown) =>
    typeof value === "string" ? shortened(stripVTControlCharacters(value)) : value,
  );
  return text.length > LONGEST ? undefined : text;
}

const shortened = (text: string) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text);

/** A progress from its JSON; `undefined` if it is damaged or of a newer version: nothing depends on it. */
export function parseProgress(text: string): (Holder & Progress) | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

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
