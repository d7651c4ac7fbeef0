import { explain } from "../aws/advice.ts";
import type { Plan } from "../engine/action.ts";
import type { RunEvent } from "../engine/events.ts";
import { isSilent, type Task } from "../engine/tasks.ts";
import { TimeLeft } from "../engine/time-left.ts";
import type { ActionProgress, Progress } from "../../state/state.ts";
import { heldText } from "./progress.ts";

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };

interface Row {
  readonly progress: Changing<ActionProgress>;
  /** The tasks that it consists of and that are not over. */
  readonly open: Set<string>;
}

const WORST = ["failed", "stopped", "skipped"] as const;
const isOver = ({ state }: ActionProgress) => state === "done" || WORST.some((worst) => worst === state);

/** How far a plan is that is applied: kept by its events, as others are shown it. Times are milliseconds of the run's clock. */
export class LiveRun {
  readonly #startedAt: number;
  readonly #rows: Row[] = [];
  readonly #byTask = new Map<string, Row>();
  readonly #left: TimeLeft;
  #held: string | undefined;

  constructor(plan: Plan<never>, tasks: readonly Task<never>[], startedAt: number) {
    this.#startedAt = startedAt;
    this.#left = new TimeLeft(tasks);
    const byId = new Map<string, Row>();
    for (const task of tasks) {
      if (isSilent(task) && task.step !== "narrow") continue;
      const { id, kind, action } = task.action;
      const isOld = task.step === "delete" && task.generation !== undefined;
      let row = isOld ? undefined : byId.get(id);
      if (!row) {
        const { ready, consistent, gone } = kind.timing ?? {};
        const usual = isOld || action === "delete" ? gone : (ready ?? consistent);
        const shown = isOld ? "delete" : action;
        row = { progress: { id, type: kind.type, action: shown, state: "pending", usual }, open: new Set() };
        this.#rows.push(row);
        if (!isOld) byId.set(id, row);
      }
      // Nothing is told of one that ends an update.
      if (!isSilent(task)) row.open.add(task.key);
      this.#byTask.set(task.key, row);
    }
    const order = new Map(plan.actions.map(({ id }, index) => [id, index]));
    const placeOf = ({ progress: { id } }: Row) => order.get(id) ?? 0;
    this.#rows.sort((a, b) => placeOf(a) - placeOf(b));
  }

  /** Takes an event of the run. */
  readonly tell = (event: RunEvent): void => {
    this.#left.tell(event);
    switch (event.event) {
      case "started": {
        const row = this.#byTask.get(event.task);
        if (!row) return;
        row.progress.state = "running";
        row.progress.started ??= this.#after(event.at);
        return;
      }
      case "waiting":
        for (const { progress } of this.#of(event.id)) {
          progress.state = "waiting";
          progress.waited = this.#after(event.since);
          progress.waitsFor = event.for;
          progress.status = event.status;
          progress.usual = event.usual;
        }
        return;
      case "finished":
        return this.#end(event.task, "done", event.at);
      case "failed":
        return this.#end(event.task, "failed", event.at, explain(event.error).what);
      case "stopped":
        return this.#end(event.task, "stopped", event.at);
      case "skipped":
        return this.#end(event.task, "skipped", event.at, event.why);
      case "note":
        for (const { progress } of this.#of(event.id)) progress.note = event.text;
        return;
      case "uncertain":
        for (const { progress } of this.#of(event.id)) progress.note = "outcome unknown; checking";
        return;
      case "obstructed":
        this.#held = event.by;
        return;
      case "retrying":
      case "held":
        this.#held = heldText(event);
    }
  };

  /** How far it is at `now`. */
  at(now: number): Pick<Progress, "elapsed" | "done" | "all" | "secondsLeft" | "held" | "actions" | "stages"> {
    const actions = this.#rows.map(({ progress }) => ({ ...progress }));
    return {
      elapsed: this.#after(now),
      done: actions.filter(isOver).length,
      all: actions.length,
      secondsLeft: Math.ceil(this.#left.at(now)),
      held: this.#held,
      actions,
      stages: [],
    };
  }

  /** What is in progress of a resource. */
  #of(id: string): Row[] {
    return this.#rows.filter(
      ({ progress }) => progress.id === id && (progress.state === "running" || progress.state === "waiting"),
    );
  }

  #end(task: string, state: "done" | (typeof WORST)[number], at: number, error?: string): void {
    const row = this.#byTask.get(task);
    this.#held = undefined;
    if (!row?.open.delete(task)) return;
    const { progress } = row;
    const isLast = row.open.size === 0;
    // A replacement is as done as its worst part.
    progress.state =
      WORST.find((worst) => worst === progress.state) ?? (isLast || state !== "done" ? state : "running");
    if (error !== undefined) progress.error ??= error;
    if (isLast && progress.started !== undefined) progress.ended = this.#after(at);
  }

  #after(at: number): number {
    return Math.max(0, Math.round(at - this.#startedAt));
  }
}
