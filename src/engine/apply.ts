import type { ApplyContext } from "./apply-context.ts";
import { Intents } from "./intents.ts";
import { Maker } from "./make.ts";
import { isLeft, type Plan } from "./action.ts";
import { Remover } from "./remove.ts";
import { schedule, type Outcome } from "./schedule.ts";
import { isSilent, tasksOf, type Task } from "./tasks.ts";
import { Unfinished } from "./unfinished.ts";
import { Poller } from "./wait.ts";

/** The result of an apply: its tasks, and the outcome of each. */
export interface Applied<Services> {
  readonly tasks: readonly Task<Services>[];
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** What updates found and did differently from the plan: sentences, by resource. */
  readonly notes: ReadonlyMap<string, readonly string[]>;
}

/** Applies a plan. Never throws when a resource fails; the outcomes report it. */
export async function apply<Services>(ctx: ApplyContext<Services>, plan: Plan<Services>): Promise<Applied<Services>> {
  const { clock, journal, limit, stop, tell } = ctx;
  const tasks = tasksOf(plan);
  const enough = ctx.noWait ? new AbortController() : undefined;
  // What a wait ends with here leaves the state as an interrupt does: the calls are recorded, and the next run waits on.
  const waiting = enough ? { ...ctx, stop: stop ? AbortSignal.any([stop, enough.signal]) : enough.signal } : ctx;
  const poller = new Poller(clock, waiting.stop);
  await unlearn(ctx, plan);
  const intents = await Intents.record(ctx, plan);
  const all = { poller, intents, unfinished: new Unfinished(waiting) };
  const maker = new Maker(waiting, all, plan);
  const remover = new Remover(waiting, all);
  const isAccounted = plan.accounted === true;
  /** How many tasks have something to do other than to record what they did. */
  let atWork = tasks.length;
  /** Where all of them succeed, the run ends with the write of what is done last. */
  let ending: Promise<void> | undefined;

  const work = (task: Task<Services>, created: () => void, ready: () => void, usable: () => void) => {
    if (task.step === "make") return maker.make(task.action, created, usable);
    if (task.step === "narrow") return maker.narrow(task.action);
    if (task.generation !== undefined) return remover.removeOld(task.generation, created, ready);
    return remover.remove(task.action, created, ready, task.goesWith !== undefined);
  };

  const perform = async (task: Task<Services>, created: () => void, ready: () => void, usable: () => void) => {
    const { id, action } = task.action;
    const what = { id, task: task.key, action };
    const startedAt = clock.now();
    const silent = isSilent(task);
    try {
      if (!silent) tell({ event: "started", ...what, at: startedAt });
      const { written } = await work(task, created, ready, usable);
      atWork--;
      if (atWork === 0) ending = journal.end(intents.unbegun, isAccounted).catch(() => {});
      await written;
      if (!silent)
        tell({
          event: "finished",
          ...what,
          ...(isLeft(task.action) && { left: true }),
          at: clock.now(),
          ms: clock.now() - startedAt,
        });
    } catch (error) {
      const stopped = stop?.aborted && error === stop.reason;
      const isGoingOn = enough?.signal.aborted && error === enough.signal.reason;
      if (stopped || isGoingOn) tell({ event: "stopped", ...what, at: clock.now() });
      else tell({ event: "failed", ...what, at: clock.now(), error });
      throw error;
    }
  };

  const outcomes = await schedule(tasks, perform, {
    clock,
    limit,
    stop,
    // Where only reads lag behind, a wait takes seconds, and the next plan must not take the lag for drift.
    enough: enough && {
      abort: enough,
      isLasting: ({ action: { kind } }) => kind.timing?.ready !== undefined || kind.timing?.gone !== undefined,
    },
    skipped: ({ key, action: { id, action } }, why) =>
      tell({ event: "skipped", id, task: key, action, at: clock.now(), why }),
  });
  // A write that fails here loses nothing: everything done is recorded, and the next run looks for more than it has to.
  const isWhole = isAccounted && [...outcomes.values()].every(({ state }) => state === "done");
  await (ending ?? journal.end(intents.unbegun, isWhole).catch(() => {}));
  return { tasks, outcomes, notes: maker.notes };
}

/**
 * Removes ids that turned out to be wrong from the state, in a single write: with two writes, two resources would share an id in between.
 */
async function unlearn<Services>({ journal }: ApplyContext<Services>, { actions }: Plan<Services>): Promise<void> {
  const writes = actions.flatMap(({ id, action, known, observed }) => {
    if (action === "delete" || !observed || known?.id === undefined || known.id === observed.id) return [];
    const { id: _wrong, ...rest } = known;
    return [journal.put(id, { ...rest, status: "creating" })];
  });
  await Promise.all(writes);
}
