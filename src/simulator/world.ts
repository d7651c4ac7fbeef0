import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { mkdirSync } from "node:fs";

/** Everything that exists in a simulated AWS, as plain JSON: what the world file holds. */
export interface WorldData {
  version: 1;
  /** Virtual time, in milliseconds since the epoch. */
  now: number;
  /** State of the random numbers, so that ids and delays go on from where they were. */
  seed: number;
  /** Records by table (`ec2.vpcs@ap-northeast-1`, `iam.roles`) and key. */
  tables: Record<string, Record<string, unknown>>;
}

/** The simulated AWS's memory, and its source of ids and chance. */
export class World {
  data: WorldData;
  /** Where it is kept; `undefined` where nothing of it is. */
  readonly #file: string | undefined;

  private constructor(data: WorldData, file: string | undefined) {
    this.data = data;
    this.#file = file;
  }

  /** An empty world that lives in memory. `seed` makes its ids and delays. */
  static empty(seed = 1, now = Date.UTC(2026, 0, 1)): World {
    return new World({ version: 1, now, seed, tables: {} }, undefined);
  }

  /**
   * The world in `file`, or an empty one; what happens in it is kept there, unless it is opened to be read only. Throws where the
   * file is no world.
   */
  static open(file: string, writes = true): World {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return new World({ version: 1, now: Date.now(), seed: 1, tables: {} }, writes ? file : undefined);
    }
    const data = parse(text);
    if (!data)
      throw new Error(
        `The simulated world in ${file} cannot be read: it is not a world file of version 1. Move it away to start with an empty one.`,
      );
    return new World(data, writes ? file : undefined);
  }

  /** Reads the world as it is on disk by now: another command may have written it since. */
  reload(): void {
    if (this.#file !== undefined) this.data = World.open(this.#file).data;
  }

  /** Puts the world on disk, whole or not at all; does nothing for a world in memory. */
  save(): void {
    if (this.#file === undefined) return;
    if (this.isEmpty()) {
      // An empty world is the same as none: nothing is left behind after a teardown.
      rmSync(this.#file, { force: true });
      return;
    }
    mkdirSync(dirname(this.#file), { recursive: true });
    const temporary = `${this.#file}.${process.pid}.tmp`;
    // The secrets of a simulated stack are in it.
    writeFileSync(temporary, JSON.stringify(this.data), { mode: 0o600 });
    renameSync(temporary, this.#file);
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
