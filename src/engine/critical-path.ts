import type { ActionName } from "./action.ts";
import type { Outcome } from "./schedule.ts";
import type { Task } from "./tasks.ts";

/** One action on the critical path of a run. Times are milliseconds of the run's clock. */
export interface CriticalPathStep {
  readonly id: string;
  readonly action: ActionName;
  readonly from: number;
  readonly to: number;
  /** What took the time: the calls, or waiting until the provider was done. */
  readonly waitedFor: "call" | "ready" | "gone";
}

/**
 * Critical path of a run, first action first: the task that ended last, the task that it waited for, and so on back to a task that waited
 * for nothing. Anything else could have been slower without making the run longer.
 */
export function criticalPath<Services>(
  tasks: readonly Task<Services>[],
  outcomes: ReadonlyMap<string, Outcome>,
): CriticalPathStep[] {
  const byKey = new Map(tasks.map((task) => [task.key, task]));
  const started = [...outcomes].filter(([, { startedAt }]) => startedAt !== undefined);
  const last = started.reduce<readonly [string, Outcome] | undefined>(
    (a, b) => (a && (a[1].doneAt ?? 0) >= (b[1].doneAt ?? 0) ? a : b),
    undefined,
  );
  const chain: CriticalPathStep[] = [];
  let end = last?.[1].doneAt ?? 0;
  for (let key = last?.[0]; key !== undefined;) {
    const [task, outcome] = [byKey.get(key), outcomes.get(key)];
    if (!task || outcome?.startedAt === undefined) break;
    const calls = (outcome.createdAt ?? end) - outcome.startedAt;
    const waited = end - outcome.startedAt - calls;
    const wait = task.step === "delete" ? ("gone" as const) : ("ready" as const);
    chain.unshift({
      id: task.action.id,
      action: task.action.action,
      from: outcome.startedAt,
      to: end,
      waitedFor: waited > 0 ? wait : "call",
    });
    // The previous step ends where this one could start.
    end = outcome.startedAt;
    key = outcome.after;
  }
  return chain;
}
