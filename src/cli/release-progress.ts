import type { ReleaseEvent } from "../release/events.ts";
import type { CommonFlags } from "./context.ts";
import { approvalLines, tasksText, whyText, twinLine } from "./release-text.ts";
import { paint, type Terminal } from "./terminal.ts";
import { waitLines } from "./wait-text.ts";
import { duration } from "./words.ts";

const STATUS: Readonly<Record<string, string>> = {
  InProgress: "…",
  Succeeded: paint.green("✓"),
  Failed: paint.red("✗"),
  Abandoned: paint.red("✗"),
};

/** Milliseconds between two draws of what is in progress. */
const TICK = 1_000;

/**
 * Tells a release as it goes: a line for each stage that ends, with the time since `startedAt` and its own, and on a terminal below that a live one
 * for each in progress. The logs of builds are told with `--verbose` alone: where one fails, its cause has the lines that matter. What the commands of a
 * release wrote, such as a migration, is told as it comes.
 */
export class ReleaseProgress {
  readonly #terminal: Terminal;
  readonly #flags: CommonFlags;
  readonly #startedAt: number;
  readonly #now: () => number;
  /** The stages in progress, and what was last told of each. */
  readonly #stages = new Map<string, { readonly since: number; last: string }>();
  /** The tasks of each service while they are replaced. */
  readonly #tasks = new Map<string, string>();
  #tick: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal, flags: CommonFlags, now: () => number, startedAt = now()) {
    this.#terminal = terminal;
    this.#flags = flags;
    this.#now = now;
    this.#startedAt = startedAt;
  }

  readonly tell = (event: ReleaseEvent): void => {
    this.#take(event);
    this.#draw();
  };

  /** Tells something else about it, now. */
  readonly note = (text: string): void => this.#line(this.#now(), text);

  /** Takes the changing part of the screen away: what follows is not about the release's progress, such as a question. */
  readonly pause = (): void => {
    clearInterval(this.#tick);
    this.#tick = undefined;
    this.#terminal.draw([]);
  };

  #take(event: ReleaseEvent): void {
    const { verbose = false } = this.#flags;
    switch (event.event) {
      case "found":
        return this.#line(event.at, `Release ${event.executionId}`);
      case "stage":
        return this.#stage(event);
      case "log":
        for (const stage of this.#stages.values()) stage.last = event.line;
        if (verbose || event.isStep) this.#line(event.at, paint.dim(`| ${event.line.trimEnd()}`));
        return;
      case "approval":
        for (const text of approvalLines(event.subject)) this.#line(event.at, text);
        return;
      case "twin":
        return this.#line(event.at, twinLine(event.executionId));
      case "waits":
        for (const text of waitLines(event.wait, event.situation, this.#flags)) this.#line(event.at, text);
        return;
      case "tasks":
        this.#tasks.set(event.service ?? "", `${of(event.service)}${tasksText(event)}`);
        if (!this.#terminal.live || verbose) this.#line(event.at, of(event.service) + tasksText(event));
        return;
      case "service":
        if (verbose) this.#line(event.at, paint.dim(`${of(event.service)}ECS: ${event.message}`));
        return;
      case "ended":
        this.#stages.clear();
        this.#tasks.clear();
        if (event.ending !== "live")
          this.#line(event.at, `${paint.red("✗")} ${event.ending}: ${whyText(event.why ?? "")}`, "failure");
    }
  }

  #stage({ stage, status, at }: Extract<ReleaseEvent, { event: "stage" }>): void {
    const begun = this.#stages.get(stage);
    if (status === "InProgress") {
      this.#stages.set(stage, { since: at, last: "" });
      // A stage that takes no time is told once, when it has ended.
      if (!this.#terminal.live) this.#line(at, `${STATUS[status]} ${stage}: ${spoken(status)}`);
      return;
    }
    this.#stages.delete(stage);
    const took = begun === undefined ? "" : paint.dim(` (${duration(Math.max(0, at - begun.since))})`);
    this.#line(at, `${STATUS[status] ?? "·"} ${stage}: ${spoken(status)}${took}`);
  }

  #line(at: number, text: string, part?: "failure"): void {
    const elapsed = duration(Math.max(0, at - this.#startedAt)).padStart(12);
    this.#terminal.line(`${paint.dim(elapsed)}  ${text}`, part);
  }

  #draw(): void {
    if (!this.#terminal.live) return;
    const now = this.#now();
    const stages = [...this.#stages].map(([stage, { since, last }]) => {
      const said = last === "" ? "" : `  ${paint.dim(last)}`;
      return `${" ".repeat(12)}  … ${stage}, ${duration(Math.max(0, now - since))}${said}`;
    });
    const tasks = [...this.#tasks.values()].map((text) => `${" ".repeat(12)}    ${text}`);
    // Somebody is asked then, or nobody knows how long it takes.
    const isAwaited = [...this.#stages.keys()].includes("Approval");
    if (isAwaited || stages.length + tasks.length === 0) return this.pause();
    this.#terminal.draw([...stages, ...tasks]);
    this.#tick ??= setInterval(() => this.#draw(), TICK).unref();
  }
}

/** Which of several services something is told of. */
const of = (service: string | undefined) => (service === undefined ? "" : `${service}  `);

/** `InProgress` -> `in progress`. */
const spoken = (status: string) => status.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
