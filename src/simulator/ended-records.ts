// What nothing changes any more: executions and builds that are over, versions of an object that only wait to expire. A world with a long history has
// thousands of such records and is written after every change, so that they lie in a file of their own, which only grows.
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

interface Expiring {
  readonly expiresAt?: number;
}

/**
 * Which records of a table have ended. What changes one after that puts another in its stead: what is in the file of ended records cannot be
 * changed in place.
 */
const ENDED = {
  "codebuild.builds": ({ happenings }: { happenings: readonly unknown[] }) => happenings.length === 0,
  "codepipeline.executions": ({ status, actions }: { status: string; actions: readonly { status: string }[] }) =>
    status !== "InProgress" && status !== "Stopping" && actions.every((action) => action.status !== "InProgress"),
  // Those that only wait for a lifecycle rule to take them away.
  "ecr.images": ({ expiresAt }: Expiring) => expiresAt !== undefined,
  "s3.objects": ({ expiresAt }: Expiring) => expiresAt !== undefined,
};

/** Whether a record of a table has ended; left out for a table whose records never do. */
export const endOf = (table: string): ((record: object) => boolean) | undefined =>
  (ENDED as Readonly<Record<string, (record: never) => boolean>>)[table.split("@", 1)[0] ?? ""] as
    | ((record: object) => boolean)
    | undefined;

/** How many of them stay in the world's own file before they are written beside it, all at once. */
const WORTH_A_WRITE = 16;

/** Where a world's ended records are: what its file says of them. */
export interface EndedPlace {
  /** The file's name, in the folder of contents. Another one holds them each time that some of them are gone. */
  readonly name: string;
  /** As much of it as the world refers to: a process may have died after it wrote more. */
  readonly bytes: number;
}

type Tables = Record<string, Record<string, unknown>>;
/** One of them as a line of the file: its table, its key, itself. */
type Line = readonly [table: string, key: string, record: object];

/** The records of a world that are in the file of ended ones. */
export class EndedRecords {
  readonly #folder: string;
  #place: EndedPlace | undefined;
  #generation: number;
  readonly #kept = new Set<object>();
  /** The file of before, until the world that refers to the new one is on disk. */
  #former: string | undefined;

  /** `folder`: that of the contents. */
  constructor(folder: string, place?: EndedPlace) {
    this.#folder = folder;
    this.#place = place;
    this.#generation = Number(/\d+/.exec(place?.name ?? "")?.[0] ?? 0);
  }

  /** Puts those in the file into a world's tables, before what is there. Throws where the file cannot be read. */
  restore(tables: Tables): void {
    if (!this.#place) return;
    const { name, bytes } = this.#place;
    const text = readFileSync(join(this.#folder, name)).subarray(0, bytes).toString("utf8");
    const before: Tables = {};
    for (const line of text.split("\n")) {
      if (line === "") continue;
      const [table, key, record] = JSON.parse(line) as Line;
      (before[table] ??= {})[key] = record;
      this.#kept.add(record);
    }
    for (const [table, records] of Object.entries(before)) tables[table] = { ...records, ...tables[table] };
  }

  /**
   * Writes those that have ended, where that is worth it, and answers where they are, which is what the world's file, written next, is to say.
   * That file need not hold what `holds` is true of.
   */
  settle(tables: Tables): EndedPlace | undefined {
    const young: Line[] = [];
    let there = 0;
    for (const [table, records] of Object.entries(tables)) {
      const hasEnded = endOf(table);
      if (!hasEnded) continue;
      for (const key of Object.keys(records)) {
        const record = records[key] as object;
        if (this.#kept.has(record)) there += 1;
        else if (hasEnded(record)) young.push([table, key, record]);
      }
    }
    if (there < this.#kept.size) this.#renew(tables);
    else if (young.length >= WORTH_A_WRITE) this.#append(young);
    return this.#place;
  }

  /** Whether a record is in the file. */
  holds(record: object): boolean {
    return this.#kept.has(record);
  }

  /** The world on disk is that of the last `settle`: what only an earlier one referred to goes. */
  clear(): void {
    if (this.#former !== undefined) rmSync(join(this.#folder, this.#former), { force: true });
    this.#former = undefined;
  }

  /** Some are gone, so that the rest is in another file from now on: who reads the world that refers to the one of before still can. */
  #renew(tables: Tables): void {
    const left = Object.entries(tables).flatMap(([table, records]) =>
      Object.entries(records as Record<string, object>).flatMap(([key, record]): Line[] =>
        this.#kept.has(record) ? [[table, key, record]] : [],
      ),
    );
    this.#former = this.#place?.name;
    this.#place = undefined;
    this.#kept.clear();
    if (left.length > 0) this.#append(left);
  }

  #append(lines: readonly Line[]): void {
    const from = this.#place?.bytes ?? 0;
    const name = this.#place?.name ?? `ended-${++this.#generation}.jsonl`;
    const path = join(this.#folder, name);
    const text = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    if (from === 0) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { mode: 0o600 });
    } else writeAt(path, from, text);
    for (const [, , record] of lines) this.#kept.add(frozen(record));
    this.#place = { name, bytes: from + text.length };
  }
}

/** Writes bytes into a file from an offset on, in the place of all that follows there. */
function writeAt(path: string, from: number, bytes: Uint8Array): void {
  const file = openSync(path, "r+");
  try {
    ftruncateSync(file, from);
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, from + done);
  } finally {
    closeSync(file);
  }
}

/** The record, so that whoever changes it in place hears of it. */
function frozen(record: object): object {
  for (const value of Object.values(record) as unknown[])
    if (typeof value === "object" && value !== null) frozen(value);
  return Object.freeze(record);
}
