import type { Aws } from "../aws/aws.ts";
import { apply, type Applied } from "../engine/apply.ts";
import { Journal } from "../engine/journal.ts";
import type { Plan } from "../engine/plan.ts";
import type { State } from "../../state/state.ts";
import { Progress } from "./progress.ts";
import type { Session } from "./session.ts";

/** How many actions may make calls at the same time: enough to be fast, few enough for AWS's rates. */
const CONCURRENT = 12;

/** Carries a plan out, showing how it goes; answers what became of it and the state that it led to. */
export async function carryOut(
  session: Session,
  plan: Plan<Aws>,
  state: State,
): Promise<{ applied: Applied<Aws>; state: State }> {
  const { clock, store, terminal, hex, stop, world } = session;
  const ids = plan.actions.filter(({ action }) => action !== "noop").map(({ id }) => id);
  const progress = new Progress(terminal, clock, [...ids, ...plan.old.map(({ id }) => id)]);
  const journal = new Journal(store, clock, state);
  session.tell = progress.tell;
  try {
    const applied = await apply(
      {
        ...world,
        journal,
        clock,
        token: () => hex(32),
        secret: () => hex(40),
        tell: progress.tell,
        stop,
        limit: CONCURRENT,
      },
      plan,
    );
    return { applied, state: journal.state };
  } finally {
    progress.close();
    session.tell = () => {};
  }
}
