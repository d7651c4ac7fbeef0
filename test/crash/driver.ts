import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { isRead } from "../../src/simulator/sim.ts";
import type { WorldData } from "../../src/simulator/world.ts";
import type { StackConfig } from "../../src/index.ts";
import type { State, StateStore } from "../../state/state.ts";
import { Stage } from "../support/stage.ts";
import { countsOf, likeness } from "./likeness.ts";

/** Where a run can end: before a call that changes something, when it was done and is not answered, when a state is on disk. */
export type Moment = "before call" | "after call" | "after write";

/** The verbs that change something. */
type Verb = "reconcile" | "teardown";

/** The end of a run: at the moment of this name that comes as number `number`, from 1. */
interface Death {
  readonly moment: Moment;
  readonly number: number;
}

/** A process in a test: it passes moments, and once it is dead it does nothing any more. */
class Life {
  readonly #passed: Record<Moment, number> = { "before call": 0, "after call": 0, "after write": 0 };
  /** The call or the write at which it died. */
  died: string | undefined;
  readonly #death: Death | undefined;

  constructor(death?: Death) {
    this.#death = death;
  }

  live(): void {
    if (this.died !== undefined) throw new Error(`the process is dead: ${this.died}`);
  }

  pass(moment: Moment, what: string): void {
    this.live();
    this.#passed[moment]++;
    if (this.#death?.moment !== moment || this.#death.number !== this.#passed[moment]) return;
    this.died = `${moment} ${this.#passed[moment]}, ${what}`;
    this.live();
  }
}

const now = vi.hoisted(() => ({ life: undefined as unknown }));
const life = () => now.life as Life;

vi.mock("../../src/simulator/simulator.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../src/simulator/simulator.ts")>();
  return {
    ...original,
    simulator: (options: Parameters<typeof original.simulator>[0]) => {
      // What a dead run still has under way is its own death, also when the next one runs already.
      const own = life();
      return original.simulator({
        ...options,
        intercept: (moment, { service, operation }) => {
          own.live();
          if (!isRead(operation)) own.pass(`${moment} call`, `${service}.${operation}`);
        },
      });
    },
  };
});

vi.mock("../../state/file-store.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../state/file-store.ts")>();
  return { ...original, fileStore: (path: string) => mortal(original.fileStore(path), life()) };
});

/** A store in the hands of a process that may die: a dead one writes nothing, and its lock stays. */
function mortal(store: StateStore, own: Life): StateStore {
  return {
    ...store,
    async write(state) {
      own.live();
      await store.write(state);
      own.pass("after write", `serial ${state.serial}`);
    },
    async lock(verb) {
      const unlock = await store.lock(verb);
      return async () => {
        if (own.died === undefined) await unlock();
      };
    },
  };
}

/** What a world and a folder look like after a run. */
interface Aftermath {
  readonly exit: number;
  /** What failed in the run, as it told it. */
  readonly failed: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly state: unknown;
  /** What a plan would still do; nothing is asked after a teardown. */
  readonly planned: Readonly<Record<string, string>>;
  /** The names of what lies in the folder of the state. */
  readonly files: readonly string[];
}

const PLACES = ["fairlead-app-dev.json", "local/world.json"] as const;
/** No process has this number: it is above the kernel's limit. */
const NOBODY = 2 ** 22 + 1;

/** A verb that is run again and again from the same start, to its end or to its death. */
export class Crashes {
  readonly #stage = new Stage();
  readonly #verb: Verb;
  readonly #start = new Map<string, string>();

  constructor(verb: Verb) {
    this.#verb = verb;
  }

  /** Lets a stack stand before the verb is run; without it the verb meets an empty account. */
  async standing(config: StackConfig): Promise<this> {
    now.life = new Life();
    const { exit } = await this.#stage.run("reconcile");
    if (exit !== 0) throw new Error("the stack does not stand");
    for (const place of PLACES) this.#start.set(place, readFileSync(this.#path(place), "utf8"));
    this.#stage.edit(config);
    return this;
  }

  /** Runs the verb undisturbed. */
  undisturbed(): Promise<Aftermath> {
    this.#restore();
    return this.#run();
  }

  /** Runs the verb until it dies, and once more; `undefined` where it comes to its end before. */
  async again(death: Death): Promise<{ end: Aftermath; died: string } | undefined> {
    this.#restore();
    const own = await this.#runUntil(death);
    if (own.died === undefined) return undefined;
    return { end: await this.#run(), died: own.died };
  }

  remove(): void {
    this.#stage.remove();
  }

  async #runUntil(death: Death): Promise<Life> {
    const own = new Life(death);
    now.life = own;
    // Where it dies before there is a plan the whole verb fails, as it would tell its user.
    await this.#stage.say(this.#verb).catch((error: unknown) => {
      if (own.died === undefined) throw error;
    });
    if (own.died === undefined) return own;
    const lock = `${this.#path(PLACES[0])}.lock`;
    // A dead process's number means nobody; this one's is alive.
    const holder = JSON.parse(readFileSync(lock, "utf8")) as object;
    writeFileSync(lock, JSON.stringify({ ...holder, pid: NOBODY }));
    return own;
  }

  async #run(): Promise<Aftermath> {
    now.life = new Life();
    const { exit, lines } = await this.#stage.run(this.#verb);
    const [state, world] = PLACES.map((place) => read(this.#path(place)));
    const planned = this.#verb === "teardown" ? {} : await this.#stage.planned();
    return {
      exit,
      failed: lines.filter((line) => line.startsWith("Failed")),
      counts: world === undefined ? {} : countsOf(JSON.parse(world) as WorldData),
      state: state === undefined ? undefined : likeness(JSON.parse(state) as State),
      planned,
      files: readdirSync(this.#path(""), { recursive: true, encoding: "utf8" }).toSorted(),
    };
  }

  #restore() {
    rmSync(this.#path(""), { recursive: true, force: true });
    mkdirSync(this.#path("local"), { recursive: true });
    for (const [place, text] of this.#start) writeFileSync(this.#path(place), text);
  }

  #path(name: string) {
    return join(this.#stage.directory, "state", name);
  }
}

const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
