import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inMemory, ReceivedBytes, type Bytes } from "./bytes.ts";
import { EndedRecords, finalIn, frozen, type EndedPlace } from "./ended-records.ts";
import { isLarge, LargeContents } from "./large-contents.ts";

/** Everything that exists in a simulated AWS, as plain JSON: what the world file holds. */
export interface WorldData {
  version: 1;
  /** Virtual time, in milliseconds since the epoch. */
  now: number;
  /** State of the random numbers, so that ids and delays continue from where they were. */
  seed: number;
  /** Records by table (`ec2.vpcs@ap-northeast-1`, `iam.roles`) and key. */
  tables: Record<string, Record<string, unknown>>;
  /** Contents by their digest, as far as they are in memory. They are no part of the file: it is written after every call that changes something. */
  contents?: Record<string, string>;
  /** Where more of the tables' records are. Of the file alone: a world that is open has them in its tables. */
  ended?: EndedPlace;
}

/** How often a world is read that another process is writing. */
const OPENINGS = 4;
/** Shorter contents are kept in the records themselves. */
const WORTH_A_FILE = 4_096;
/** Longer bytes are kept in files of their own, as they are, and never in memory: 1 MiB. */
const LARGE = 1_048_576;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The simulated AWS's memory, and its source of ids and chance. */
export class World {
  data: WorldData;
  /** Where it is kept; `undefined` where nothing of it is. */
  readonly #file: string | undefined;
  /** Contents that nothing refers to any more; their files go once the world that does without them is on disk. */
  readonly #forgotten = new Set<string>();

  /** Where its contents are read from, also where nothing is written. */
  readonly #folder: string;
  readonly #large: LargeContents;
  #ended: EndedRecords;

  private constructor(data: WorldData, file: string | undefined, writes = file !== undefined) {
    this.data = data;
    this.#file = writes ? file : undefined;
    this.#folder = dirname(file ?? "");
    this.#large = new LargeContents(join(this.#folder, "contents"));
    this.#ended = new EndedRecords(join(this.#folder, "contents"), data.ended);
    this.#ended.restore(data.tables);
    delete data.ended;
  }

  /** An empty world that lives in memory. `seed` makes its ids and delays. */
  static empty(seed = 1, now = Date.UTC(2026, 0, 1)): World {
    return new World({ version: 1, now, seed, tables: {} }, undefined);
  }

  /** A world that lives in memory and continues from `data`, which it makes its own. */
  static of(data: WorldData): World {
    return new World(data, undefined);
  }

  /**
   * The world in `file`, or an empty one; what happens in it is kept there, unless it is opened to be read only. Throws where the
   * file is no world.
   */
  static open(file: string, writes = true): World {
    // Another process may put a new file of ended records in the place of the one that was referred to a moment ago.
    for (let attempt = 1; ; attempt++) {
      let text: string;
      try {
        text = readFileSync(file, "utf8");
      } catch (error) {
        if (!isAbsent(error)) throw error;
        return new World({ version: 1, now: Date.now(), seed: 1, tables: {} }, file, writes);
      }
      const data = parse(text);
      if (!data)
        throw new Error(
          `The simulated world in ${file} cannot be read: it is not a world file of version 1. Move it away to start with an empty one.`,
        );
      const ended = data.ended?.name;
      try {
        return new World(data, file, writes);
      } catch (error) {
        const isGone = isAbsent(error);
        if (!isGone || attempt === OPENINGS)
          throw new Error(
            `The simulated world in ${file} cannot be read: a part of it, ${join(dirname(file), "contents", ended ?? "")}, ` +
              `is ${isGone ? "missing" : "damaged"}. Put it back, or move the world away to start with an empty one.`,
            { cause: error },
          );
      }
    }
  }

  /** Reads the world as it is on disk by now: another command may have written it since. */
  reload(): void {
    if (this.#file === undefined) return;
    const opened = World.open(this.#file);
    this.data = opened.data;
    this.#ended = opened.#ended;
    // What this process has seen go may be there again.
    this.#forgotten.clear();
    this.changes++;
  }

  /** How often something changed in it, or it was read anew. */
  changes = 0;
  /** Whether it is being read, so that nothing changes in it meanwhile. */
  isRead = false;

  /** Does what only reads. */
  reading<T>(work: () => T): T {
    const before = this.isRead;
    this.isRead = true;
    try {
      return work();
    } finally {
      this.isRead = before;
    }
  }

  /**
   * Something happened in it by itself, at a time of its own, and no chance was in it. That need not be on disk at once: the very same happens again
   * to whoever opens the world as it was before.
   */
  changed(): void {
    this.changes++;
  }

  /** Puts the world on disk, whole or not at all; does nothing for a world in memory. */
  save(): void {
    this.changes++;
    if (this.#file === undefined) return;
    if (this.isEmpty()) {
      // An empty world is the same as none: nothing is left behind after a teardown.
      rmSync(this.#file, { force: true });
      rmSync(this.#contents(), { recursive: true, force: true });
      return;
    }
    mkdirSync(dirname(this.#file), { recursive: true });
    const { contents = {}, ...data } = this.data;
    // First what the world refers to, then the world.
    for (const [digest, content] of Object.entries(contents)) {
      if (existsSync(this.#contents(digest))) continue;
      mkdirSync(this.#contents(), { recursive: true });
      writeWhole(this.#contents(digest), content);
    }
    // The secrets of a simulated stack are in it.
    writeWhole(this.#file, this.#json(data, this.#ended.settle(data.tables)));
    this.#ended.clear();
    for (const kept of this.#forgotten)
      rmSync(isLarge(kept) ? this.#large.pathOf(kept) : this.#contents(kept), { force: true });
    this.#forgotten.clear();
  }

  /**
   * Keeps a long text beside the world: what it answers goes into a record in its place, and `content` gives the text back. A short one
   * stays as it is.
   */
  keep(text: string): string {
    if (text.length < WORTH_A_FILE) return text;
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    (this.data.contents ??= {})[digest] = text;
    this.#forgotten.delete(digest);
    return digest;
  }

  /** The text that was kept as `kept`. */
  content(kept: string): string {
    if (!DIGEST.test(kept)) return kept;
    return this.data.contents?.[kept] ?? readFileSync(this.#contents(kept), "utf8");
  }

  /**
   * Takes in a body that comes as a stream, into a file where the world is in one. `work` is given what stands for it in a command's input, and
   * has put it into a record once it answers, or it is gone again.
   */
  async receive<T>(body: AsyncIterable<Uint8Array>, work: (received: Uint8Array | ReceivedBytes) => T): Promise<T> {
    if (this.#file === undefined) {
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      return work(Buffer.concat(pieces));
    }
    const referred = JSON.stringify(this.data.tables);
    const received = await this.#large.receive(body, (kept) => referred.includes(kept));
    try {
      return work(received);
    } finally {
      this.#large.settle(received, (kept) => JSON.stringify(this.data.tables).includes(kept));
    }
  }

  /** Keeps bytes as `keep` does a text; `bytes` gives them back. */
  keepBytes(bytes: Uint8Array | ReceivedBytes): string {
    const isFile = bytes instanceof ReceivedBytes;
    if (!isFile && (this.#file === undefined || bytes.length < LARGE))
      return this.keep(Buffer.from(bytes).toString("base64"));
    const kept = `bytes:${isFile ? bytes.digest : createHash("sha256").update(bytes).digest("hex")}`;
    if (!isFile && !existsSync(this.#large.pathOf(kept))) {
      mkdirSync(this.#contents(), { recursive: true });
      writeWhole(this.#large.pathOf(kept), bytes);
    }
    this.#forgotten.delete(kept);
    return kept;
  }

  /** The bytes that were kept as `kept`. */
  bytes(kept: string): Bytes {
    return isLarge(kept) ? this.#large.bytes(kept) : inMemory(Buffer.from(this.content(kept), "base64"));
  }

  /** Nothing refers to it any more. */
  forget(kept: string): void {
    if (isLarge(kept)) this.#forgotten.add(kept);
    if (!DIGEST.test(kept)) return;
    delete this.data.contents?.[kept];
    this.#forgotten.add(kept);
  }

  readonly #written = new WeakMap<object, string>();

  #json({ tables, ...rest }: WorldData, ended: EndedPlace | undefined): string {
    const written = Object.entries(tables).map(([name, table]) => {
      const isFinal = finalIn(name);
      return `${JSON.stringify(name)}:${isFinal ? this.#tableJson(table, isFinal) : JSON.stringify(table)}`;
    });
    return `${JSON.stringify({ ...rest, ended }).slice(0, -1)},"tables":{${written.join(",")}}}`;
  }

  /** A table without those of its records that are in the file of ended ones. */
  #tableJson(table: Record<string, unknown>, isFinal: (record: object) => boolean): string {
    const written: string[] = [];
    // Nothing is built for those that are passed over: there are thousands of them, each time that the world is written.
    for (const key of Object.keys(table)) {
      const record = table[key] as object;
      if (this.#ended.holds(record)) continue;
      const known = this.#written.get(record);
      const json = known ?? JSON.stringify(record);
      if (known === undefined && isFinal(record)) this.#written.set(frozen(record), json);
      written.push(`${JSON.stringify(key)}:${json}`);
    }
    return `{${written.join(",")}}`;
  }

  /** Where contents are kept; `digest`: one of them. */
  #contents(digest = ""): string {
    return join(this.#folder, "contents", digest.replace("sha256:", ""));
  }

  /** Records of one table by their key; the object is live: what is put into it exists. */
  table<T>(name: string): Record<string, T> {
    return (this.data.tables[name] ??= {}) as Record<string, T>;
  }

  /** Whether nothing exists. */
  isEmpty(): boolean {
    return Object.entries(this.data.tables).every(
      ([name, table]) => name.startsWith("~") || Object.keys(table).length === 0,
    );
  }

  /** Uniform in [0, 1), from the seed (mulberry32). */
  random(): number {
    this.data.seed = (this.data.seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.data.seed ^ (this.data.seed >>> 15), 1 | this.data.seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** `length` random hexadecimal digits. */
  hex(length: number): string {
    let digits = "";
    while (digits.length < length) digits += Math.floor(this.random() * 16).toString(16);
    return digits;
  }
}

const isAbsent = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

/** Writes a file whole or not at all, for its owner alone. */
function writeWhole(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, file);
}

function parse(text: string): WorldData | undefined {
  try {
    const data = JSON.parse(text) as Partial<WorldData>;
    return data.version === 1 && typeof data.now === "number" && typeof data.tables === "object"
      ? (data as WorldData)
      : undefined;
  } catch {
    return undefined;
  }
}
