import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { State, StateStore } from "../../state/state.ts";
import { account, type Versions } from "./account.ts";
import type { Pool } from "./pool.ts";
import type { Death, Place, Task } from "./task.ts";

const DEATHS: readonly Death[] = ["taking", "inside", "writing", "written", "recording", "recorded", "leaving"];
/** The share of contenders that die in their turn. */
const MORTAL = 0.1;

/** What is contended for, and by how many. */
export interface Ring {
  readonly pairs: number;
  readonly seed: number;
  readonly place: Place;
  readonly log: string;
}

/** The same numbers in [0, 1) for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Lets two processes at a time contend for the same lock, pair after pair. One that dies is replaced by another, whose turn it is
 * then: whoever comes next has to get past the dead one's lock.
 */
export async function contendInPairs(pool: Pool, { pairs, seed, place, log }: Ring): Promise<void> {
  const random = randomOf(seed);
  const task = (name: string): Task => ({
    place,
    shared: "bucket" in place,
    name,
    log,
    dies: random() < MORTAL ? DEATHS[Math.floor(random() * DEATHS.length)] : undefined,
    turns: Math.floor(random() ** 3 * 300),
  });
  for (let pair = 0; pair < pairs; pair++) {
    const sides = ["left", "right"].map((side) => ({ contender: pool.take(), task: task(`${side}-${pair}`) }));
    // All of them are through the slow part before any of them goes.
    await Promise.all(sides.map(({ contender, task: own }) => contender.prepare(own)));
    for (const { contender } of sides) contender.go();
    await Promise.all(
      sides.map(async ({ contender, task: own }) => {
        if ((await contender.end()) === "done") return pool.give(contender);
        pool.give("replace");
        const next = pool.take();
        await next.prepare({ ...own, name: `${own.name}-again`, dies: undefined });
        next.go();
        if ((await next.end()) !== "done") throw new Error(`${own.name} died twice`);
        pool.give(next);
      }),
    );
  }
}

/** What the log and the store tell when all are through. */
export interface Told {
  /** What went wrong; empty where the lock and the store kept their word. */
  readonly wrong: readonly string[];
  readonly turns: number;
  readonly deaths: number;
  /** Deaths inside the lock, which the next one had to get past. */
  readonly unfinishedCreate: number;
  /** Turns that were refused because a write of one that was dead already came in between: the first write of all, which nothing fences. */
  readonly refused: number;
  /** Deaths that the one who took the lock over told of; only where it can look at the process by itself. */
  readonly remembered: number;
}

/** What is known besides the log. */
interface Known {
  /** The state that all of them began with. */
  readonly before?: State | undefined;
  /** Where the store keeps all versions. */
  readonly versions?: Versions;
}

/** Compares what everybody noted with what is there in the end. */
export async function tell(store: StateStore, log: string, { before, versions }: Known = {}): Promise<Told> {
  const lines = (await readFile(log, "utf8")).trim().split("\n");
  const notes = lines.map((line) => line.split(" "));
  const named = (what: string, at: number) => notes.filter(([first]) => first === what).map((words) => words[at] ?? "");
  const dead = named("dies", 2);
  const { wrong, unfinishedCreate } = exclusive(notes);
  wrong.push(...lines.filter((line) => line.startsWith("wrong")));

  const state = await store.read();
  const names = Object.keys(state?.resources ?? {}).filter((name) => !(name in (before?.resources ?? {})));
  for (const [name, resource] of Object.entries(before?.resources ?? {}))
    if (!isDeepStrictEqual(state?.resources[name], resource)) wrong.push(`${name} is not what it was`);
  const runs = (await store.runs(200)).map(({ verb }) => verb);
  const serial = (state?.serial ?? 0) - (before?.serial ?? 0);
  const late = names.filter((name) => dead.includes(name) && !named("wrote", 1).includes(name)).length;
  const { wrong: unaccounted, fences } = versions
    ? account(versions, new Set(named("dies", 1).map(Number)), late)
    : { wrong: [], fences: 0 };
  wrong.push(...unaccounted);
  if (serial !== names.length + fences)
    wrong.push(`serial ${serial} after ${names.length} writes and ${fences} fences, with ${dead.length} deaths`);
  const first = before ? 0 : notes.findIndex(([what]) => what === "wrote");
  for (const [what, name] of notes.slice(first))
    if (what === "refused") wrong.push(`a write of ${name} was refused, which held the lock`);
  for (const [kept, heard] of [[names, named("wrote", 1)] as const, [runs, named("recorded", 1)] as const]) {
    for (const name of heard)
      if (kept.filter((one) => one === name).length !== 1)
        wrong.push(`what ${name} was told is done is not there once`);
    // Of what nobody was told that it is done, only what its writer died of may be there, and once.
    for (const name of kept)
      if (!heard.includes(name) && !dead.includes(name)) wrong.push(`nobody was told that ${name} is done`);
    if (new Set(kept).size !== kept.length) wrong.push("something is there twice");
  }
  const after = named("after", 2);
  for (const name of after) if (!dead.includes(name)) wrong.push(`${name} was taken for dead`);
  if (new Set(after).size !== after.length) wrong.push("a death was told of twice");
  const holder = await store.holder();
  if (holder) wrong.push(`${holder.pid} still holds the lock`);
  const count = (what: string) => named(what, 0).length;
  const told = { deaths: dead.length, unfinishedCreate, remembered: after.length };
  return { wrong, turns: count("enter"), ...told, refused: count("refused") };
}

/** Goes through what was noted in its order: nobody enters while another is inside who neither left nor died. */
function exclusive(notes: readonly (readonly string[])[]): { wrong: string[]; unfinishedCreate: number } {
  const wrong: string[] = [];
  let unfinishedCreate = 0;
  let inside: string | undefined;
  for (const [what, who] of notes) {
    if (what === "enter") {
      if (inside !== undefined) wrong.push(`${who} entered while ${inside} was inside`);
      inside = who;
    } else if (what === "leave" || what === "dies") {
      if (what === "leave" && inside !== who) wrong.push(`${who} left while ${inside} was inside`);
      if (inside !== who) continue;
      if (what === "dies") unfinishedCreate++;
      inside = undefined;
    }
  }
  return { wrong, unfinishedCreate };
}
