import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Senders } from "../../src/aws/aws.ts";
import { senders, type CallRecord } from "../../src/aws/clients.ts";
import { callLog } from "../../src/cli/call-log.ts";
import { realClock, VirtualClock, type Clock } from "../../src/clock.ts";
import type { StackConfig } from "../../src/index.ts";
import { simulator } from "../../src/simulator/simulator.ts";
import { TIMING } from "../../src/simulator/timing.ts";
import { World } from "../../src/simulator/world.ts";
import { readLog, type Call } from "./log.ts";

const BIN = fileURLToPath(new URL("../../bin/fairlead.mjs", import.meta.url));
/** How long a command may take to finish what runs once it is told to stop, before it is told to end at once. */
const GRACE = 5 * 60_000;

export type Services = Senders;

/** What a command came to. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The life is to end: its time is over, or somebody wants that. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** The actions that one after the other decided how long a command took. */
export interface Chain {
  readonly step: string;
  readonly links: readonly {
    readonly id: string;
    readonly action: string;
    readonly from: number;
    readonly to: number;
  }[];
}

function chainIn(step: string, stdout: string): Chain[] {
  try {
    const { chain: links = [] } = JSON.parse(stdout) as { chain?: Chain["links"] };
    return links.length > 0 ? [{ step, links }] : [];
  } catch {
    // A command that failed has nothing to answer.
    return [];
  }
}

/** A folder with a stack's file in it, and Fairlead's command line working there on one target. */
export class LiveTarget {
  readonly target: "aws" | "local";
  readonly directory: string;
  readonly region: string;
  /** What each command said to people, one after the other. */
  readonly transcript: string;
  /** Listened to by commands and by hand's work; another signal for what must be done in any case. */
  stop: AbortSignal;
  readonly calls: Call[] = [];
  readonly chains: Chain[] = [];
  #step = "";
  #number = 0;

  constructor(target: LiveTarget["target"], directory: string, region: string, service: string, stop: AbortSignal) {
    this.target = target;
    this.directory = directory;
    this.region = region;
    this.stop = stop;
    this.transcript = join(directory, "transcript.txt");
    mkdirSync(join(directory, "calls"), { recursive: true });
    cpSync(service, join(directory, "service"), { recursive: true, filter: (from) => !from.includes("node_modules") });
  }

  /** Writes the stack's file anew. */
  edit(config: StackConfig): void {
    const text = JSON.stringify(config, undefined, 2);
    const file = `import { defineStack } from "fairlead";\n\nexport default defineStack(${text});\n`;
    writeFileSync(join(this.directory, "stack.config.ts"), file);
  }

  /** Whatever is called from now on belongs to this step. */
  begin(step: string): void {
    this.#step = step;
  }

  /** Runs a command as a user does, in a process group of its own: a Ctrl-C in the terminal is told to this program alone. */
  async cli(...args: readonly string[]): Promise<Ended> {
    if (this.stop.aborted) throw new Stopped(reasonOf(this.stop));
    const log = this.#log();
    appendFileSync(this.transcript, `\n> fairlead ${args.join(" ")}\n`);
    const child = spawn(
      process.execPath,
      [BIN, ...args, "--target", this.target, "--json", "--log", log, "--log-answers"],
      {
        cwd: this.directory,
        env: { ...process.env, AWS_REGION: this.region, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      },
    );
    const ended = await this.#ended(child);
    this.calls.push(...readLog(log, this.#step, this.#number));
    this.chains.push(...chainIn(this.#step, ended.stdout));
    if (this.stop.aborted) throw new Stopped(reasonOf(this.stop));
    return ended;
  }

  /** Works on the same AWS with the SDK, as somebody beside Fairlead would. */
  async byHand<T>(work: (services: Services, clock: Clock) => Promise<T>): Promise<T> {
    const log = this.#log();
    const written = callLog(log, () => {}, true);
    const called = (clock: Clock) => (record: CallRecord) => written(record, clock);
    try {
      if (this.target === "aws") {
        const retrying = { clock: realClock, random: Math.random, signal: this.stop };
        return await work(senders({ region: this.region, retrying, called: called(realClock) }), realClock);
      }
      const world = World.open(join(this.directory, ".fairlead", "local", "world.json"));
      const clock = new VirtualClock(Math.max(world.data.now, Date.now()));
      const services = senders({
        region: this.region,
        credentials: { accessKeyId: "by", secretAccessKey: "hand" },
        plugin: simulator({ world, clock, account: "123456789012", region: this.region }),
        latency: TIMING.call * 1000,
        retrying: { clock, random: () => world.random(), signal: this.stop },
        called: called(clock),
      });
      const done = await work(services, clock);
      world.data.now = Math.max(world.data.now, clock.now());
      world.save();
      return done;
    } finally {
      this.calls.push(...readLog(log, this.#step, this.#number));
    }
  }

  #log(): string {
    const name = `${String(++this.#number).padStart(2, "0")}-${this.#step.replaceAll(" ", "-")}.jsonl`;
    return join(this.directory, "calls", name);
  }

  #ended(child: ChildProcess): Promise<Ended> {
    return new Promise((resolve, reject) => {
      let [stdout, stderr] = ["", ""];
      let again: NodeJS.Timeout | undefined;
      const stop = () => {
        child.kill("SIGINT");
        again = setTimeout(() => child.kill("SIGINT"), GRACE);
      };
      this.stop.addEventListener("abort", stop, { once: true });
      child.stdout?.on("data", (data: Buffer) => (stdout += data.toString()));
      child.stderr?.on("data", (data: Buffer) => {
        stderr += data.toString();
        appendFileSync(this.transcript, data);
      });
      child.on("error", reject);
      child.on("close", (code) => {
        clearTimeout(again);
        this.stop.removeEventListener("abort", stop);
        resolve({ code, stdout, stderr });
      });
    });
  }
}

export const reasonOf = (signal: AbortSignal): string =>
  signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
