import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { vi } from "vitest";
import { isRead } from "../../src/simulator/sim.ts";
import type { SimulatorOptions } from "../../src/simulator/simulator.ts";
import { SimulatedError } from "../../src/simulator/errors.ts";
import type { WorldData } from "../../src/simulator/world.ts";
import type { State } from "../../state/state.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";
import type { Creatable } from "../support/stacks.ts";
import { holderOf, KEPT } from "../support/states.ts";
import { countsOf, likeness } from "./likeness.ts";

/** When a run can die: before a call that changes something, when it was done and is not answered, when a state is on disk. */
export type When = "before call" | "after call" | "after write";

/** A moment of a run, and all that a process that dies then leaves behind: what is on disk, and the AWS that it spoke to. */
export interface Moment {
  readonly when: When;
  /** The call or the write. */
  readonly what: string;
  /** The time in the simulated world. */
  readonly at: number;
  /** The region that the command is at work in. */
  readonly region: string;
  /** By the name of the file. */
  readonly states: Readonly<Record<string, string | undefined>>;
  readonly world: WorldData;
}

/** What a world and a folder look like after a run. */
export interface Aftermath {
  readonly exit: number;
  /** What failed in the run, as it told it. */
  readonly failed: readonly string[];
  /** Why it ended early, as it told it. */
  readonly errors: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly states: Readonly<Record<string, unknown>>;
  /** What a plan would still do; nothing is asked after a teardown. */
  readonly planned: Readonly<Record<string, string>>;
  /** The names of what lies in the folder of the state, what tells of earlier runs left out. */
  readonly files: readonly string[];
}

/** What watches the run that is under way, and the simulated AWS that it speaks to. */
const scene = vi.hoisted(() => ({
  watch: undefined as ((when: When, what: string) => void) | undefined,
  /** Whether a call is one that the run may not make. */
  refuses: undefined as ((call: string) => boolean) | undefined,
  aws: undefined as SimulatorOptions | undefined,
}));

const NOT_ALLOWED = "User: arn:aws:iam::123456789012:user/somebody is not authorized to perform this.";

vi.mock("../../src/simulator/simulator.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../src/simulator/simulator.ts")>();
  const simulator = (options: SimulatorOptions) => {
    scene.aws = options;
    return original.simulator({
      ...options,
      intercept: (moment, { service, operation }) => {
        const call = `${service}.${operation}`;
        if (!isRead(operation)) scene.watch?.(`${moment} call`, call);
        if (moment === "before" && scene.refuses?.(call)) throw new SimulatedError("AccessDenied", NOT_ALLOWED, 403);
      },
    });
  };
  return { ...original, simulator };
});

vi.mock("../../state/file-store.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../state/file-store.ts")>();
  const fileStore: typeof original.fileStore = (path) => {
    const store = original.fileStore(path);
    return {
      ...store,
      async write(state) {
        await store.write(state);
        scene.watch?.("after write", `serial ${state.serial}`);
      },
    };
  };
  return { ...original, fileStore };
});

/** A command that a process dies in. */
export type Command = "reconcile" | "teardown" | "deploy" | "sleep" | "wake" | "failover";

/** What is done after a command died. */
export interface Next {
  readonly command: Command;
  /** What is edited in the folder before it, and how that is undone. */
  readonly edit?: (stage: Stage) => void;
  readonly undo?: (stage: Stage) => void;
}

/** One command in one situation: run to its end, and run again from wherever it could have died. */
export class Crashes {
  readonly #stage = new Stage();
  readonly #command: Command;
  readonly #stack: Creatable;
  readonly #settles: boolean;
  #start: Pick<Moment, "states" | "world"> | undefined;

  /** The command meets an empty account. `settles`: what comes of it is looked at an hour later. */
  constructor(command: Command, stack: Creatable, settles = command === "deploy") {
    this.#command = command;
    this.#settles = settles;
    this.#stack = stack;
    stack.write(this.#stage);
  }

  /** The command meets an existing stack; `edit` is what is edited in the folder after that. */
  async standing(edit: (stage: Stage) => void = () => {}): Promise<this> {
    const { exit, lines } = await this.#stage.say("reconcile");
    if (exit !== 0) throw new Error(`The stack is not created: ${lines.join("\n")}`);
    // A release that is repeated from one moment or another uploads at another time, and by default the events of some uploads come twice.
    await this.#stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    this.#start = this.#left();
    edit(this.#stage);
    return this;
  }

  /** The command meets a stack with a release. */
  async released(edit: (stage: Stage) => void = () => {}): Promise<this> {
    await this.standing();
    const { exit, lines } = await this.#deploy();
    if (exit !== 0) throw new Error(`The stack is not released: ${lines.join("\n")}`);
    this.#start = this.#left();
    edit(this.#stage);
    return this;
  }

  /** The command meets a released stack that sleeps. */
  async asleep(): Promise<this> {
    await this.released();
    const { exit, lines } = await this.#stage.type("sleep", "--yes");
    if (exit !== 0) throw new Error(`The stack does not sleep: ${lines.join("\n")}`);
    this.#start = this.#left();
    return this;
  }

  /** Runs the command undisturbed: what it comes to, the moments on the way, and the operations that it calls. */
  async undisturbed(): Promise<{ end: Aftermath; moments: Moment[]; operations: string[] }> {
    this.#restore(this.#start);
    const moments: Moment[] = [];
    const operations = new Set<string>();
    scene.watch = (when, what) => moments.push({ when, what, ...this.#left() });
    scene.refuses = (call) => {
      operations.add(call);
      return false;
    };
    const ended = () => (scene.watch = scene.refuses = undefined);
    try {
      return { end: await this.#run(ended), moments, operations: [...operations].toSorted() };
    } finally {
      ended();
    }
  }

  /** Runs what comes next, or the command again, as the next process does after one that died at `moment`. */
  async after(moment: Moment, next?: Next): Promise<Aftermath> {
    this.#restore(moment);
    const holder = holderOf(this.#command);
    // What does not change the stack as a whole locks AWS alone.
    for (const lock of ["deploy", "failover"].includes(this.#command)
      ? [this.#world]
      : [this.#world, this.#path(this.#stack.states?.[moment.region] ?? this.#stack.name)])
      writeFileSync(`${lock}.lock`, JSON.stringify(holder));
    return this.#next(next);
  }

  /** Runs what comes next where the command would begin. */
  async instead(next: Next): Promise<Aftermath> {
    this.#restore(this.#start);
    return this.#next(next);
  }

  async #next(next?: Next): Promise<Aftermath> {
    next?.edit?.(this.#stage);
    try {
      return await this.#run(undefined, next?.command);
    } finally {
      next?.undo?.(this.#stage);
    }
  }

  /** Runs the command while all calls of one operation are refused, and then again while none are. */
  async refused(refused: string): Promise<{ first: Pick<Aftermath, "exit" | "failed" | "errors">; end: Aftermath }> {
    this.#restore(this.#start);
    scene.refuses = (call) => call === refused;
    try {
      const first = await this.#run(() => (scene.refuses = undefined));
      return { first, end: await this.#run() };
    } finally {
      scene.refuses = undefined;
    }
  }

  remove(): void {
    this.#stage.remove();
  }

  #deploy() {
    const { source } = this.#stack;
    return this.#stage.type("deploy", ...(source === undefined ? [] : [source]), "--approve", "--json");
  }

  /** `ended` is called when the command has ended, before anything is looked at. */
  async #run(ended: () => unknown = () => {}, command = this.#command): Promise<Aftermath> {
    const { exit, lines, errors } = await (command === "deploy"
      ? this.#deploy()
      : this.#stage.type(command, "--yes", "--json"));
    ended();
    // What AWS makes by itself when tasks have run for a while, such as the log group of Container Insights, is there after each run.
    if (this.#settles)
      await this.#stage.meddle(async ({ logs }, clock) => {
        await clock.sleep(3_600_000);
        await logs(new DescribeLogGroupsCommand({}));
      });
    const planned = command === "teardown" ? {} : await this.#stage.planned();
    const recorded = Object.entries(this.#kept()).map(
      ([name, text]) => [name, text === undefined ? undefined : (JSON.parse(text) as State)] as const,
    );
    const world = read(this.#world);
    return {
      exit,
      failed: lines.filter(
        (line) => /^(Failed|  Could not check)/.test(line) || (exit !== 0 && /^(! |Blocked)/.test(line)),
      ),
      errors,
      counts: world === undefined ? {} : countsOf(JSON.parse(world) as WorldData),
      states: Object.fromEntries(
        recorded.map(([name, state]) => [
          name,
          state &&
            likeness(
              state,
              recorded.flatMap(([, one]) => one ?? []),
            ),
        ]),
      ),
      planned,
      files: [
        ...new Set(
          readdirSync(this.#folder, { recursive: true, encoding: "utf8" })
            .filter((name) => !KEPT.test(name))
            // Contents are named after what is in them, which names ids of this life.
            .map((name) => name.replace(/contents\/.+/, "contents/*")),
        ),
      ].toSorted(),
    };
  }

  #left(): Pick<Moment, "at" | "region" | "states" | "world"> {
    if (!scene.aws) throw new Error("Nobody has spoken to AWS yet.");
    const { world, clock, region } = scene.aws;
    const at = Math.max(world.data.now, clock.now());
    // What the command wrote beside the world before it turned to another region is no longer in it.
    const contents = { ...this.#contents(), ...world.data.contents };
    return { at, region, states: this.#kept(), world: structuredClone({ ...world.data, contents, now: at }) };
  }

  #contents(): Record<string, string> {
    const folder = join(this.#folder, "local", "contents");
    if (!existsSync(folder)) return {};
    return Object.fromEntries(
      readdirSync(folder).map((name) => [`sha256:${name}`, readFileSync(join(folder, name), "utf8")]),
    );
  }

  #restore(left: Pick<Moment, "states" | "world"> | undefined) {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(join(this.#folder, "local"), { recursive: true });
    if (!left) return;
    writeFileSync(this.#world, JSON.stringify(left.world));
    for (const [name, text] of Object.entries(left.states))
      if (text !== undefined) writeFileSync(this.#path(name), text);
  }

  get #folder() {
    return join(this.#stage.directory, ".fairlead");
  }
  #path(name: string) {
    return join(this.#folder, `${name}.json`);
  }
  #kept(): Record<string, string | undefined> {
    return Object.fromEntries(
      Object.values(this.#stack.states ?? [this.#stack.name]).map((name) => [name, read(this.#path(name))]),
    );
  }
  get #world() {
    return join(this.#folder, "local", "world.json");
  }
}

const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
