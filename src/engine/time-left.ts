import type { RunEvent } from "./events.ts";
import { deleteKey, isSilent, type Task } from "./tasks.ts";

interface Open {
  /** How long it usually takes, and how long everything that has to wait for it takes then, in seconds. */
  own: number;
  readonly after: number;
  startedAt?: number;
}

/** Estimates how long a run still takes: the critical path of what is left, by how long each part of it usually takes. */
export class TimeLeft {
  readonly #open = new Map<string, Open>();

  constructor(tasks: readonly Task<never>[]) {
    const after = new Map<string, number>();
    for (const { before, weight } of tasks)
      for (const { task } of before) after.set(task, Math.max(after.get(task) ?? 0, weight));
    for (const task of tasks) {
      const rest = after.get(task.key) ?? 0;
      if (!isSilent(task)) this.#open.set(task.key, { own: task.weight - rest, after: rest });
    }
  }

  /** Takes a run's event. */
  tell(event: RunEvent): void {
    switch (event.event) {
      case "started": {
        const open = this.#open.get(event.task);
        if (open) open.startedAt = event.at;
        break;
      }
      case "waiting": {
        // A delete of many calls says how long it takes only once it knows how many they are.
        const open = event.for === "gone" ? this.#open.get(deleteKey(event.id)) : undefined;
        if (open) open.own = Math.max(open.own, event.usual);
        break;
      }
      case "finished":
      case "failed":
      case "stopped":
      case "skipped":
        this.#open.delete(event.task);
        break;
      default:
    }
  }

  /**
   * Seconds from `now`, milliseconds of the run's clock. What has taken longer than usual may end at any moment. 0 if nothing is left that is
   * usually waited for.
   */
  at(now: number): number {
    const left = [...this.#open.values()].map(({ own, after, startedAt }) => {
      const taken = startedAt === undefined ? 0 : (now - startedAt) / 1000;
      return Math.max(0, own - taken) + after;
    });
    return Math.max(0, ...left);
  }
}
