import type { Clock } from "../clock.ts";
import type { Until } from "./output.ts";
import type { Task } from "./tasks.ts";

/** The outcome of a task. Times are milliseconds of the run's clock. */
export interface Outcome {
  /**
   * `stopped`: it was in progress when the run was interrupted; completed steps are recorded, and the rest was not waited for. `in-progress`: the
   * same of a run that ends once its calls are made.
   */
  readonly state: "done" | "failed" | "skipped" | "stopped" | "in-progress";
  readonly startedAt?: number;
  /** When its calls had returned; from then on it only waited. */
  readonly createdAt?: number;
  readonly doneAt?: number;
  /** The task that it waited for longest. */
  readonly after?: string;
  readonly error?: unknown;
  /** Why it was not started or not waited for. */
  readonly why?: string;
}

/** How tasks are run. */
export interface Scheduling {
  readonly clock: Clock;
  /** How many tasks may make calls at the same time; waiting does not count. */
  readonly limit: number;
  /** Once aborted, no new task starts; running tasks are finished. */
  readonly stop?: AbortSignal | undefined;
  /**
   * Aborted when every task has started and made its calls, and only waits that need not be awaited are left; what rejects with its reason is in
   * progress.
   */
  readonly enough?: { readonly abort: AbortController; readonly isLasting: (task: Task<never>) => boolean } | undefined;
  readonly skipped?: (task: Task<never>, why: string) => void;
}

interface Running {
  usableAt?: number;
  createdAt?: number;
  readyAt?: number;
  doneAt?: number;
}

/**
 * Runs each task as soon as its predecessors are done, those on the critical path first. A failure stops only dependent tasks. `perform`
 * calls `created` when its calls have returned and it only waits from then on, and `ready` when others that wait until it is ready need wait no
 * longer although it is not done; left out, they wait until it is. It calls `usable` when others may refer to it although calls are still
 * made; what has not begun then is skipped all the same where these fail.
 */
export function schedule<Services>(
  tasks: readonly Task<Services>[],
  perform: (task: Task<Services>, created: () => void, ready: () => void, usable: () => void) => Promise<void>,
  { clock, limit, stop, enough, skipped }: Scheduling,
): Promise<Map<string, Outcome>> {
  return new Promise((resolve, reject) => {
    const open = new Map(tasks.toSorted((a, b) => b.weight - a.weight).map((task) => [task.key, task]));
    const progress = new Map<string, Running>();
    const outcomes = new Map<string, Outcome>();
    let calling = 0;
    let running = 0;

    const happened = (key: string, until: Until) => {
      const at = progress.get(key);
      if (until === "ready") return at?.readyAt ?? at?.doneAt;
      // What failed after it became usable may lack settings.
      const usableAt = until === "usable" && !isOver(outcomes.get(key)) ? at?.usableAt : undefined;
      return usableAt ?? at?.createdAt ?? at?.doneAt;
    };

    const skip = (task: Task<Services>, why: string) => {
      open.delete(task.key);
      outcomes.set(task.key, { state: "skipped", why });
      skipped?.(task, why);
    };

    const start = (task: Task<Services>) => {
      open.delete(task.key);
      const startedAt = clock.now();
      const last = task.before
        .map(({ task: key, until }) => ({ key, at: happened(key, until) ?? 0 }))
        .reduce<{ key: string; at: number } | undefined>((a, b) => (a && a.at >= b.at ? a : b), undefined);
      const own: Running = {};
      progress.set(task.key, own);
      calling++;
      running++;
      const created = () => {
        if (own.createdAt !== undefined) return;
        own.createdAt = clock.now();
        calling--;
        step();
      };
      const usable = () => {
        own.usableAt ??= clock.now();
        step();
      };
      const ready = () => {
        created();
        own.readyAt ??= clock.now();
        step();
      };
      perform(task, created, ready, usable)
        .then(
          () => {
            created();
            own.doneAt = clock.now();
            return { state: "done" as const };
          },
          (error: unknown) => {
            if (own.createdAt === undefined) calling--;
            if (enough?.abort.signal.aborted && error === enough.abort.signal.reason)
              return { state: "in-progress" as const };
            return stop?.aborted && error === stop.reason
              ? { state: "stopped" as const, why: STOPPED }
              : { state: "failed" as const, error };
          },
        )
        .then((end) => {
          running--;
          outcomes.set(task.key, {
            ...end,
            ...(own.createdAt === undefined ? {} : { createdAt: own.createdAt }),
            startedAt,
            doneAt: clock.now(),
            ...(last ? { after: last.key } : {}),
          });
          return step();
        })
        .catch(reject);
    };

    const step = () => {
      let moved = true;
      while (moved) {
        moved = false;
        for (const task of open.values()) {
          const broken = task.before.find(
            ({ task: key, until }) => happened(key, until) === undefined && isOver(outcomes.get(key)),
          );
          if (broken) {
            skip(task, because(broken.task, outcomes.get(broken.task)));
            moved = true;
          } else if (stop?.aborted) {
            skip(task, STOPPED);
            moved = true;
          } else if (
            calling < limit &&
            task.before.every(({ task: key, until }) => happened(key, until) !== undefined)
          ) {
            start(task);
          }
        }
      }
      const isOpen = ({ key }: Task<Services>) => !outcomes.has(key);
      if (enough && open.size === 0 && running > 0 && calling === 0 && tasks.filter(isOpen).every(enough.isLasting))
        enough.abort.abort(new AllCallsMade());
      if (open.size > 0 || running > 0) return;
      // The signal lives as long as the process, so its listener must not keep finished runs in memory.
      stop?.removeEventListener("abort", step);
      resolve(outcomes);
    };
    stop?.addEventListener("abort", step, { once: true });
    step();
  });
}

/** Ends the waits of a run that does not wait for what nothing else needs. */
class AllCallsMade extends Error {
  override readonly name = "AllCallsMade";
}

const STOPPED = "the run was stopped";

const isOver = (outcome: Outcome | undefined) => outcome !== undefined && outcome.state !== "done";

const because = (key: string, outcome: Outcome | undefined) =>
  outcome?.state === "failed" ? `${subject(key)} failed` : (outcome?.why ?? `${subject(key)} was not completed`);

/** The resource of a task: the key without the step. */
const subject = (key: string) => key.split(" ")[1] ?? key;
