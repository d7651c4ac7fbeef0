import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { senders } from "../../src/aws/clients.ts";
import type { Aws } from "../../src/aws/aws.ts";
import { VirtualClock } from "../../src/clock.ts";
import { simulator, type SimulatorOptions } from "../../src/simulator/simulator.ts";
import { TIMING } from "../../src/simulator/timing.ts";
import { World } from "../../src/simulator/world.ts";
import type { StackConfig } from "../../src/index.ts";
import { runCommandLine } from "../../src/cli/main.ts";
import type { CliContext } from "../../src/cli/context.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { outputs } from "../../src/cli/commands/outputs.ts";
import { plan } from "../../src/cli/commands/plan.ts";
import { reconcile } from "../../src/cli/commands/reconcile.ts";
import { status } from "../../src/cli/commands/status.ts";
import { teardown } from "../../src/cli/commands/teardown.ts";
import { checkAnswer } from "./answers.ts";
import { APP } from "./identities.ts";
import { project } from "./project.ts";

const COMMANDS = { plan, reconcile, teardown, status } as const;

/** Somebody at the terminal. */
export interface Person {
  readonly choose: Terminal["choose"];
  /** Types a text; takes the one that is proposed if it is missing. */
  readonly ask?: Terminal["ask"];
  /** Types a text that is not shown. */
  readonly hidden?: Terminal["hidden"];
  /** Called with each line that is told. */
  readonly reads?: (line: string) => void;
}

/** What a command said and came to. */
export interface Said {
  readonly exit: number;
  /** What is for people, line by line. */
  readonly lines: readonly string[];
  /** Those of them that say why it ended early, which go to stderr. */
  readonly errors: readonly string[];
  /** What is for programs. */
  readonly answer: string;
}

/** A plan's or a run's JSON, as far as tests look at it. */
export interface Answer {
  readonly summary: Readonly<Record<string, number>>;
  readonly actions: readonly {
    readonly id: string;
    readonly type: string;
    readonly action: string;
    readonly outcome: string;
    readonly drift?: boolean;
    readonly differences?: readonly { readonly path: string; readonly cause: string }[];
  }[];
  readonly outputs: Readonly<Record<string, string | string[]>>;
  readonly calls: number;
  readonly retries: number;
  readonly seconds: number;
  readonly problems?: readonly string[];
  readonly leftovers?: readonly { readonly type: string; readonly id: string; readonly why: string }[];
  /** The answers of a stack in two regions, instead of all others. */
  readonly regions?: readonly (Answer & { readonly region: string })[];
}

/** A folder with a stack in it, and the commands, run in this process on the local target. */
export class Stage {
  /** What standard input has, if it is not a terminal. */
  piped: string | undefined;
  readonly #project: ReturnType<typeof project>;
  #kept = 0;

  constructor(config: StackConfig = {}) {
    this.#project = project(config);
  }

  get directory(): string {
    return this.#project.directory;
  }

  edit(config: StackConfig): void {
    this.#project.edit(config);
  }

  remove(): void {
    this.#project.remove();
  }

  /** Runs a command as `--json --yes` would. */
  async run(verb: keyof typeof COMMANDS, flags: object = {}): Promise<Said & { readonly json: Answer }> {
    const said = await this.say(verb, { json: true, ...flags });
    checkAnswer([verb, "--json"], said.answer);
    return { ...said, json: JSON.parse(said.answer) as Answer };
  }

  async say(verb: keyof typeof COMMANDS, flags: object = {}): Promise<Said> {
    return this.act((context) => COMMANDS[verb]({ target: "local", yes: true, ...flags }, context));
  }

  async outputs(name?: string): Promise<Said> {
    return this.act((context) => outputs(name, { target: "local" }, context));
  }

  /** Runs any command with this folder as its surroundings, and a person at the terminal, if one is. */
  async act(verb: (context: CliContext) => Promise<number>, person?: Person): Promise<Said> {
    const { context, said } = this.#context(person);
    const exit = await verb(context);
    return { exit, ...said() };
  }

  /** Runs a whole command line, as the process does: a failure is told, and its exit code answered. */
  async type(...argv: string[]): Promise<Said> {
    const said = await this.act((context) => runCommandLine(argv, context));
    checkAnswer(argv, said.answer);
    return said;
  }

  /**
   * What differs between the file and the world: the ids of a plan's actions by what is done, `noop` left out. In two regions, an id follows its
   * region.
   */
  async planned(): Promise<Record<string, string>> {
    const { json } = await this.run("plan");
    const all = json.regions ?? [{ ...json, region: "" }];
    return Object.fromEntries(
      all.flatMap(({ region, actions }) =>
        actions
          .filter(({ action }) => action !== "noop")
          .map(({ id, action }) => [region === "" ? id : `${region} ${id}`, action]),
      ),
    );
  }

  /** The simulated world as it is on disk, and a way to change it behind the stack's back. */
  world(
    region = "ap-northeast-1",
    intercept?: SimulatorOptions["intercept"],
  ): { world: World; aws: Aws; clock: VirtualClock } {
    const world = World.open(join(this.directory, ".fairlead", "local", "world.json"));
    const clock = new VirtualClock(Math.max(world.data.now, Date.now()));
    const account = "123456789012";
    const services = senders({
      region,
      credentials: { accessKeyId: "somebody", secretAccessKey: "else" },
      plugin: simulator({ world, clock, account, region, ...(intercept ? { intercept } : {}) }),
      latency: TIMING.call * 1000,
      retrying: { clock, random: () => world.random() },
    });
    return {
      world,
      clock,
      aws: { account, region, partition: "aws", stack: "fairlead-app-dev", owner: { ...APP, region }, ...services },
    };
  }

  /** Works in the simulated world as somebody else would, while nobody else does; what comes of it is kept. */
  async meddle<T>(work: (aws: Aws, clock: VirtualClock, world: World) => Promise<T>): Promise<T> {
    const { world, aws, clock } = this.world();
    const done = await work(aws, clock, world);
    world.data.now = Math.max(world.data.now, clock.now());
    world.save();
    return done;
  }

  /** Keeps the state and the world as they are; what it answers brings them back. */
  keep(): () => void {
    const [now, kept] = [".fairlead", `kept-${++this.#kept}`].map((name) => join(this.directory, name)) as [
      string,
      string,
    ];
    cpSync(now, kept, { recursive: true });
    return () => {
      rmSync(now, { recursive: true, force: true });
      cpSync(kept, now, { recursive: true });
    };
  }

  /** The keys of whatever exists in the simulated world, by table. */
  things(): Record<string, string[]> {
    const { tables } = this.world().world.data;
    const full = Object.entries(tables).filter(
      ([name, table]) => !name.startsWith("~") && Object.keys(table).length > 0,
    );
    return Object.fromEntries(full.map(([name, table]) => [name, Object.keys(table).toSorted()]));
  }

  #context(person?: Person) {
    const lines: string[] = [];
    const errors: string[] = [];
    let answer = "";
    const terminal: Terminal = {
      line: (text = "") => {
        lines.push(text);
        person?.reads?.(text);
      },
      error: (text) => {
        lines.push(text);
        errors.push(text);
        person?.reads?.(text);
      },
      answer: (text) => void (answer += `${text}\n`),
      draw: () => {},
      live: false,
      asks: person !== undefined,
      confirm: () => Promise.resolve(false),
      choose: person?.choose ?? (() => Promise.resolve(undefined)),
      ask: person?.ask ?? ((_, proposed) => Promise.resolve(proposed)),
      hidden: person?.hidden ?? (() => Promise.resolve(undefined)),
      piped: () => Promise.resolve(this.piped === undefined ? undefined : Buffer.from(this.piped)),
    };
    const context: CliContext = { directory: this.directory, terminal, stop: new AbortController().signal };
    return { context, said: () => ({ lines, errors, answer }) };
  }
}
