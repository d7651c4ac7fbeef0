// What nothing changes any more: executions and builds that are over, versions of an object that only wait to expire. A world with a long history has
// thousands of such records and is written after every call that changes something, so that they lie in a file of their own, which only grows.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

interface Expiring {
  readonly expiresAt?: number;
}

/** The record as one that goes then, or stays: itself where that is as it was, or else what is to take its place. */
export function expiringAt<R extends Expiring>(record: R, expiresAt: number | undefined): R | Omit<R, "expiresAt"> {
  if (record.expiresAt === expiresAt) return record;
  const { expiresAt: _, ...rest } = record;
  return expiresAt === undefined ? rest : { ...rest, expiresAt };
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

/** Tables of records that do not end, and that are never changed in place either: another takes the place of one. */
const REPLACED: readonly string[] = ["ecs.taskDefinitions", "~tagging.resources"];

/** Whether a record of a table is not changed in place any more, so that its JSON is built once; left out for a table of which none is. */
export const finalIn = (table: string): ((record: object) => boolean) | undefined =>
  REPLACED.includes(nameOf(table)) ? () => true : endOf(table);

const nameOf = (table: string) => table.split("@", 1)[0] ?? "";

/** Whether a record of a table has ended; left out for a table whose records never do. */
export const endOf = (table: string): ((record: object) => boolean) | undefined =>
  (ENDED as Readonly<Record<string, (record: never) => boolean>>)[nameOf(table)] as
    | ((record: object) => boolean)
    | undefined;

/** How many of them stay in the world's own file before they are written beside it, all at once. */
const WORTH_A_WRITE = 16;
/** One line in so many may be gone before the rest is written anew. */
const WORTH_A_FILE = 4;

/** Where a world's ended records are: what its file says of them. */
export interface EndedPlace {
  /** The file's name, in the folder of contents. */
  readonly name: string;
  /** As much of it as the world refers to: a process may have died after it wrote more. */
  readonly bytes: number;
  /** Which of its lines, from 0, count for nothing: those records are gone, or others have taken their places. */
  readonly gone?: readonly number[];
}

const NAME = /^ended-(\d+)\.jsonl$/;

type Tables = Record<string, Record<string, unknown>>;
/** One of them as a line of the file: its table, its key, itself. */
type Line = readonly [table: string, key: string, record: object];

/**
 * The records of a world that are in the file of ended ones. As many bytes of a file as any world says never change: to a file that is longer, because a
 * process died or another one writes, nothing is added.
 */
export class EndedRecords {
  readonly #folder: string;
  #place: EndedPlace | undefined;
  /** The number in the name of the latest file: none is used again, so that who reads the world of before never takes another for it. */
  #number: number;
  /** Those that are in the file, and in which line. */
  readonly #kept = new Map<object, number>();
  readonly #gone: number[] = [];
  #lines = 0;
  /** Whether the world on disk may refer to another file than this one does. */
  #isMoved = false;

  /** `folder`: that of the contents. */
  constructor(folder: string, place?: EndedPlace) {
    this.#folder = folder;
    this.#place = place;
    this.#number = Number(NAME.exec(place?.name ?? "")?.[1] ?? 0);
  }

  /** Puts those in the file into a world's tables, before what is there. Throws where the file is gone or damaged. */
  restore(tables: Tables): void {
    if (!this.#place) return;
    const { name, bytes, gone = [] } = this.#place;
    const all = readFileSync(join(this.#folder, name));
    this.#gone.push(...gone);
    const isGone = new Set(gone);
    if (all.length < bytes) throw new Error(`${name} has ${all.length} bytes of ${bytes}`);
    const text = all.subarray(0, bytes).toString("utf8");
    const before: Tables = {};
    for (const line of text.split("\n")) {
      if (line === "") continue;
      const number = this.#lines++;
      if (isGone.has(number)) continue;
      const [table, key, record] = JSON.parse(line) as Line;
      (before[table] ??= {})[key] = record;
      this.#kept.set(record, number);
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
    if (there < this.#kept.size) this.#strike(tables);
    if (this.#gone.length * WORTH_A_FILE > this.#lines || !this.#isAsItWas()) this.#renew(tables);
    if (young.length >= WORTH_A_WRITE) this.#append(young);
    return this.#place;
  }

  /** Whether a record is in the file. */
  holds(record: object): boolean {
    return this.#kept.has(record);
  }

  /** The world on disk is that of the last `settle`: what only an earlier one, or a process that died, referred to goes. */
  clear(): void {
    if (!this.#isMoved) return;
    // Everything may have been deleted meanwhile, and the folder with it.
    for (const name of existsSync(this.#folder) ? readdirSync(this.#folder) : [])
      if (NAME.test(name) && name !== this.#place?.name) rmSync(join(this.#folder, name), { force: true });
    this.#isMoved = false;
  }

  #isAsItWas(): boolean {
    if (!this.#place) return true;
    const { name, bytes } = this.#place;
    return statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size === bytes;
  }

  /** Some are gone from the tables: from now on the world says so of their lines. */
  #strike(tables: Tables): void {
    const there = new Set(this.#linesOf(tables).map(([, , record]) => record));
    for (const [record, line] of this.#kept) {
      if (there.has(record)) continue;
      this.#kept.delete(record);
      this.#gone.push(line);
    }
    if (this.#place) this.#place = { ...this.#place, gone: [...this.#gone] };
  }

  /** Many are gone, or the file is not what this process wrote: the rest is in another file from now on. */
  #renew(tables: Tables): void {
    const left = this.#linesOf(tables);
    this.#place = undefined;
    this.#isMoved = true;
    this.#kept.clear();
    this.#gone.length = 0;
    this.#lines = 0;
    if (left.length > 0) this.#append(left);
  }

  /** Of what is in the file, the lines that still count. */
  #linesOf(tables: Tables): Line[] {
    return Object.entries(tables).flatMap(([table, records]) =>
      Object.entries(records as Record<string, object>).flatMap(([key, record]): Line[] =>
        this.#kept.has(record) ? [[table, key, record]] : [],
      ),
    );
  }

  #append(lines: readonly Line[]): void {
    const text = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    if (this.#place) {
      const { name, bytes } = this.#place;
      appendFileSync(join(this.#folder, name), text);
      this.#place = { ...this.#place, bytes: bytes + text.length };
    } else this.#place = { name: this.#create(text), bytes: text.length };
    for (const [, , record] of lines) this.#kept.set(frozen(record), this.#lines++);
  }

  /** Writes a file under a name that none has. */
  #create(text: Uint8Array): string {
    mkdirSync(this.#folder, { recursive: true });
    for (;;) {
      this.#number += 1;
      const name = `ended-${this.#number}.jsonl`;
      try {
        writeFileSync(join(this.#folder, name), text, { mode: 0o600, flag: "wx" });
        return name;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
  }
}

/** The record, so that whoever changes it in place hears of it. */
export function frozen(record: object): object {
  for (const value of Object.values(record) as unknown[])
    if (typeof value === "object" && value !== null) frozen(value);
  return Object.freeze(record);
}
