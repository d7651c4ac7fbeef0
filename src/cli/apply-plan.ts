import type { Aws } from "../aws/aws.ts";
import type { ApplyContext } from "../engine/apply-context.ts";
import { Journal } from "../engine/journal.ts";
import type { Plan } from "../engine/action.ts";
import type { State } from "../../state/state.ts";
import { tasksOf } from "../engine/tasks.ts";
import type { RunEvent } from "../engine/events.ts";
import { LiveRun } from "./live-run.ts";
import { Progress } from "./progress.ts";
import { reportingOf } from "./reporting.ts";
import type { Session } from "./session.ts";

/** How many actions may make calls at the same time: as many as a first run ever has to make at once. AWS's rates are kept by `src/aws/rates.ts`. */
const CONCURRENT = 40;

/** Gives `work` all that it needs to carry a plan out, and shows how that goes; answers what it came to and the state that it led to. */
export async function applyPlan<T>(
  session: Session,
  plan: Plan<Aws>,
  state: State,
  work: (ctx: ApplyContext<Aws>) => Promise<T>,
  { noWait = false }: { readonly noWait?: boolean } = {},
): Promise<{ done: T; state: State }> {
  const { clock, store, terminal, hex, stop, world, connection } = session;
  const ids = plan.actions.filter(({ action }) => action !== "noop").map(({ id }) => id);
  const tasks = tasksOf(plan);
  const startedAt = clock.now();
  const live = new LiveRun(plan, tasks, startedAt);
  const reporting = reportingOf(session, "run", (now) => live.at(now));
  const progress = new Progress(terminal, clock, [...ids, ...plan.old.map(({ id }) => id)], tasks);
  const journal = new Journal(store, clock, state);
  const tell = (event: RunEvent) => {
    progress.tell(event);
    live.tell(event);
    reporting.changed();
    session.listen?.({ ...event, region: session.aws.region });
  };
  connection.tell = tell;
  try {
    await reporting.start();
    const done = await work({
      ...world,
      journal,
      clock,
      token: () => hex(32),
      secret: () => hex(40),
      tell,
      stop,
      noWait,
      limit: CONCURRENT,
    });
    return { done, state: journal.state };
  } finally {
    progress.close();
    connection.tell = () => {};
    await reporting.end();
  }
}
