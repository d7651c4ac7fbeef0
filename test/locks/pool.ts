import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import type { Task } from "./task.ts";

const CONTENDER = fileURLToPath(new URL("contender.ts", import.meta.url));

/** How a turn ended: it was had, or the contender is dead. */
export type End = "done" | "killed";

/** A process that contends. */
export class Contender {
  readonly #child: ChildProcess;
  readonly #said: string[] = [];
  #heard: ((said: string | undefined) => void) | undefined;
  #stderr = "";
  #gone = false;

  constructor(env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, ["--import", "tsx", CONTENDER], {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stderr?.on("data", (data: Buffer) => (this.#stderr += data.toString()));
    // What is written to one that dies at this moment is lost, and its end is heard of all the same.
    this.#child.stdin?.on("error", () => {});
    if (this.#child.stdout) createInterface({ input: this.#child.stdout }).on("line", (line) => this.#hear(line));
    this.#child.on("close", () => {
      this.#gone = true;
      this.#hear(undefined);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Gets it to the point at which it only waits for `go`. */
  async prepare(task: Task): Promise<void> {
    this.#child.stdin?.write(`${JSON.stringify(task)}\n`);
    const said = await this.#next();
    if (said !== "ready") throw new Error(`A contender said ${said}: ${this.#stderr}`);
  }

  go(): void {
    this.#child.stdin?.write("go\n");
  }

  async end(): Promise<End> {
    const said = await this.#next();
    if (said === "done") return "done";
    if (said === undefined && this.#child.signalCode === "SIGKILL") return "killed";
    throw new Error(`A contender ended with ${this.#child.exitCode}: ${this.#stderr}`);
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }

  #hear(said: string | undefined): void {
    const heard = this.#heard;
    this.#heard = undefined;
    if (heard) heard(said);
    else if (said !== undefined) this.#said.push(said);
  }

  #next(): Promise<string | undefined> {
    const said = this.#said.shift();
    if (said !== undefined || this.#gone) return Promise.resolve(said);
    return new Promise((resolve) => (this.#heard = resolve));
  }
}

/** Contenders that wait for their turn: a process takes longer to start than a pair takes. */
export class Pool {
  readonly #env: Readonly<Record<string, string>>;
  readonly #waiting: Contender[];
  readonly #all: Contender[] = [];

  constructor(size: number, env: Readonly<Record<string, string>> = {}) {
    this.#env = env;
    this.#waiting = Array.from({ length: size }, () => this.#start());
  }

  take(): Contender {
    return this.#waiting.shift() ?? this.#start();
  }

  /** Gives one back that has had its turn, or replaces one that is dead. */
  give(contender: Contender | "replace"): void {
    this.#waiting.push(contender === "replace" ? this.#start() : contender);
  }

  stop(): void {
    for (const contender of this.#all) contender.stop();
  }

  #start(): Contender {
    const contender = new Contender(this.#env);
    this.#all.push(contender);
    return contender;
  }
}
