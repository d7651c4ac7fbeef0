import { hasChanges, planTeardown } from "../../engine/plan.ts";
import { carryOut } from "../carry-out.ts";
import { confirmed } from "../confirm.ts";
import { EXIT, RunError, type Exit } from "../exit.ts";
import { planLines } from "../plan-text.ts";
import { isWhole, printReport, reportOf } from "../report.ts";
import { headline, look, inSession, type CommonFlags, type Session, type Surroundings } from "../session.ts";

export interface TeardownFlags extends CommonFlags {
  readonly yes?: boolean;
}

/** Takes the stack down: what the state remembers, and what bears its owner tags or names all the same. */
export const teardown = (flags: TeardownFlags, surroundings: Surroundings): Promise<Exit> =>
  inSession(flags, surroundings, (session) => run(flags, session));

async function run(flags: TeardownFlags, session: Session): Promise<Exit> {
  const { terminal } = session;
  const unlock = await session.store.lock("teardown");
  try {
    const { state, seen } = await look(session);
    const plan = planTeardown(session.world, session.topology.graph, state, seen);
    terminal.line(`${headline(session)}:`);
    if (hasChanges(plan) || plan.problems.length > 0) for (const line of planLines(plan)) terminal.line(line);
    if (plan.problems.length > 0) throw new RunError("Nothing was touched: see above what stands in the way.");
    const question = `Delete all of this, with its data, from account ${session.aws.account}?`;
    if (hasChanges(plan) && !(await confirmed(session, question, flags.yes))) {
      terminal.line("Nothing was touched.");
      return EXIT.failed;
    }
    const end = await carryOut(session, plan, state);
    const report = reportOf(session, plan, end.applied, {});
    printReport(terminal, report);
    if (flags.json) terminal.answer(JSON.stringify(report, undefined, 2));
    return isWhole(report) ? EXIT.done : EXIT.failed;
  } finally {
    await unlock();
  }
}
