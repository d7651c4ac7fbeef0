import type { RunEvent } from "../engine/events.ts";
import type { Task } from "../engine/tasks.ts";
import { TimeLeft } from "../engine/time-left.ts";
import type { ActionName } from "../engine/action.ts";
import { messageOf } from "../aws/errors.ts";
import { explain } from "../aws/advice.ts";
import type { Clock } from "../clock.ts";
import { paint, type Terminal } from "./terminal.ts";
import { DOING, DONE, duration, layerOf } from "./words.ts";

/** A wait is told again on a plain terminal after so many milliseconds of the run. */
const AGAIN = 30_000;

interface Running {
  readonly action: ActionName;
  readonly since: number;
  wait?: { for: "ready" | "gone"; status: string | undefined; usual: number; since: number };
  toldAt?: number;
}

/**
 * Shows a run while it runs: a line for everything that ends, and on a terminal below that the layers and whatever is being
 * waited for, with how long that usually takes.
 */
export class Progress {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #startedAt: number;
  /** When a log last told of a call that is retried or throttled. */
  readonly #heldAt = new Map<string, number>();
  readonly #running = new Map<string, Running>();
  readonly #layers = new Map<string, { done: number; all: number }>();
  readonly #left: TimeLeft;
  /** The call that last had to wait, and why. */
  #held: string | undefined;

  /** `ids`: what the run will work on, so that each layer's share is known; `tasks`: how it will do that, so that its length is. */
  constructor(terminal: Terminal, clock: Clock, ids: readonly string[], tasks: readonly Task<never>[] = []) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#left = new TimeLeft(tasks);
    for (const id of ids) {
      const layer = this.#layers.get(layerOf(id)) ?? { done: 0, all: 0 };
      layer.all++;
      this.#layers.set(layerOf(id), layer);
    }
  }

  readonly tell = (event: RunEvent): void => {
    this.#left.tell(event);
    switch (event.event) {
      case "started":
        this.#running.set(event.id, { action: event.action, since: event.at });
        break;
      case "waiting":
        this.#waiting(event);
        break;
      case "finished":
        this.#end(event.id);
        this.#line(
          `${paint.green("✓")} ${event.id} ${event.left ? "left in place" : DONE[event.action]} ${paint.dim(`(${duration(event.ms)})`)}`,
        );
        break;
      case "failed":
        this.#end(event.id);
        this.#line(`${paint.red("✗")} ${event.id} failed: ${explain(event.error).what}`);
        break;
      case "stopped":
        this.#end(event.id);
        this.#line(paint.yellow(`· ${event.id} is still in progress`));
        break;
      case "skipped":
        this.#end(event.id);
        break;
      case "uncertain":
        this.#line(`${paint.yellow("?")} ${event.id}: outcome unknown (${messageOf(event.error)}); checking`);
        break;
      case "note":
        this.#line(paint.yellow(`! ${event.id}: ${event.text}`));
        break;
      case "obstructed":
        this.#line(paint.yellow(`! ${event.by}`));
        break;
      case "retrying":
        this.#hold(`${event.call} ${event.why}`, heldText(event), event.ms);
        break;
      case "held":
        this.#hold(`${event.call} throttled`, heldText(event), event.ms);
        break;
    }
    this.#draw();
  };

  /** Takes the changing part of the screen away. */
  close(): void {
    this.#terminal.draw([]);
  }

  #waiting({ id, for: wanted, status, usual, since, at }: Extract<RunEvent, { event: "waiting" }>) {
    const running = this.#running.get(id);
    if (!running) return;
    running.wait = { for: wanted, status, usual, since };
    if (this.#terminal.live) return;
    const told = running.toldAt ?? since;
    if (at - told < AGAIN && running.toldAt !== undefined) return;
    running.toldAt = at;
    this.#line(paint.dim(`… ${waitText(id, running.wait, at)}`));
  }

  /** `what`: the call and its reason, which a log repeats only after a while: a call can be refused for the same reason for minutes. */
  #hold(what: string, text: string, ms: number) {
    this.#held = text;
    if (this.#terminal.live || ms < 1000) return;
    const now = this.#clock.now();
    if (now - (this.#heldAt.get(what) ?? Number.NEGATIVE_INFINITY) < AGAIN) return;
    this.#heldAt.set(what, now);
    this.#line(paint.dim(`… ${text}`));
  }

  #end(id: string) {
    const layer = this.#layers.get(layerOf(id));
    if (layer) layer.done++;
    this.#running.delete(id);
    this.#held = undefined;
  }

  #line(text: string) {
    const elapsed = duration(this.#clock.now() - this.#startedAt).padStart(12);
    this.#terminal.line(`${paint.dim(elapsed)}  ${text}`);
  }

  #draw() {
    if (!this.#terminal.live) return;
    const now = this.#clock.now();
    const open = [...this.#layers].filter(([, { done, all }]) => done < all);
    const layers = open.map(([name, { done, all }]) => `${name} ${done}/${all}`).join("  ");
    const waits = [...this.#running]
      .toSorted(([, a], [, b]) => a.since - b.since)
      .map(([id, running]) =>
        running.wait
          ? `  ${waitText(id, running.wait, now)}`
          : `  ${DOING[running.action]} ${id}, ${duration(now - running.since)}`,
      );
    const held = this.#held === undefined ? [] : [paint.yellow(`  ${this.#held}`)];
    const counts = [...this.#layers.values()];
    const sum = (of: "done" | "all") => counts.reduce((total, layer) => total + layer[of], 0);
    const head = [
      duration(now - this.#startedAt),
      ...(counts.length > 1 ? [`${sum("done")} of ${sum("all")} done`] : []),
      ...leftText(this.#left.at(now)),
      ...(layers === "" ? [] : [layers]),
    ];
    this.#terminal.draw([head.join("  "), ...waits, ...held]);
  }
}

/** Why a call has to wait, and for how long. */
export const heldText = (event: Extract<RunEvent, { event: "retrying" | "held" }>): string =>
  event.event === "held"
    ? `${event.call} throttled for ${duration(event.ms)}`
    : `retrying ${event.call} in ${duration(event.ms)}: ${event.why}`;

const waitText = (id: string, wait: NonNullable<Running["wait"]>, now: number) =>
  `waiting for ${id} to be ${wait.for}${wait.status === undefined ? "" : `: ${wait.status}`}, ${duration(now - wait.since)} (usually ${duration(wait.usual * 1000)})`;

/** `about 3 min left`, `about 40 s left`; nothing where it may end at any moment. */
export function leftText(seconds: number): string[] {
  if (seconds < 5) return [];
  return [`about ${seconds < 90 ? `${Math.ceil(seconds / 5) * 5} s` : `${Math.ceil(seconds / 60)} min`} left`];
}
