import { setTimeout as pause } from "node:timers/promises";
import type { Finding } from "../../release/finding.ts";
import { serviceOf } from "../../release/revision.ts";
import { hasChanges, planReconcile, type Plan } from "../../engine/plan.ts";
import { carryOut } from "../carry-out.ts";
import { confirmed } from "../confirm.ts";
import { EXIT, RunError, type Exit } from "../exit.ts";
import { findingOf } from "../following.ts";
import { outputsOf } from "../outputs-of.ts";
import { planLines } from "../plan-text.ts";
import { printFinding } from "../release-text.ts";
import { isWhole, printReport, reportOf, type Report } from "../report.ts";
import { headline, look, inSession, type CommonFlags, type Session, type Surroundings } from "../session.ts";
import { otherStacks } from "../state-file.ts";
import { duration } from "../words.ts";

export interface ReconcileFlags extends CommonFlags {
  readonly yes?: boolean;
  /** Milliseconds between the end of one run and the start of the next. */
  readonly watch?: number;
}

/** Leads AWS to what the file declares: once, or again and again. */
export async function reconcile(flags: ReconcileFlags, surroundings: Surroundings): Promise<Exit> {
  const { terminal, stop } = surroundings;
  for (;;) {
    const exit = await attempt(flags, surroundings);
    if (flags.watch === undefined || stop.aborted) return exit;
    terminal.line(`Again in ${duration(flags.watch)}. Ctrl-C ends it.`);
    // Real time, also where the simulated one jumps: it is the user who waits.
    await pause(flags.watch, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return exit;
  }
}

/** One run. While watching, a run that fails is told and not the end. */
async function attempt(flags: ReconcileFlags, surroundings: Surroundings): Promise<Exit> {
  if (flags.watch === undefined) return inSession(flags, surroundings, (session) => run(flags, session));
  try {
    return await inSession(flags, surroundings, (session) => run(flags, session));
  } catch (error) {
    surroundings.terminal.line(`This run failed: ${(error as Error).message}`);
    return EXIT.failed;
  }
}

async function run(flags: ReconcileFlags, session: Session): Promise<Exit> {
  const { terminal } = session;
  const unlock = await session.store.lock("reconcile");
  try {
    const { state, seen } = await look(session);
    const plan = planReconcile(session.world, session.topology.graph, state, seen);
    terminal.line(`${headline(session)}:`);
    warnOfOthers(session, plan);
    if (hasChanges(plan) || plan.problems.length > 0) for (const line of planLines(plan)) terminal.line(line);
    if (plan.problems.length > 0)
      throw new RunError(`Nothing was touched: ${plan.problems.length} of the resources stand in the way, see above.`);
    if (flags.target === "aws" && hasChanges(plan) && !(await confirmed(session, "Carry this plan out?", flags.yes))) {
      terminal.line("Nothing was touched.");
      return EXIT.failed;
    }
    terminal.line();
    const end = await carryOut(session, plan, state);
    const report = reportOf(session, plan, end.applied, outputsOf(session.topology.outputs, end.state));
    printReport(terminal, report);
    const finding = await whyUnhealthy(session, report);
    if (finding) printFinding(terminal, finding);
    if (flags.json) terminal.answer(JSON.stringify(finding ? { ...report, finding } : report, undefined, 2));
    else printNext(session, report);
    return isWhole(report) ? EXIT.done : EXIT.failed;
  } finally {
    await unlock();
  }
}

/** Why the service did not become healthy, where that is what failed. */
async function whyUnhealthy(session: Session, { actions }: Report): Promise<Finding | undefined> {
  const failed = actions.some(({ type, outcome }) => type === "ecs/service" && outcome === "failed");
  return failed && (await serviceOf(session)) ? findingOf(session, {}) : undefined;
}

/** A stack that nothing stands of yet, beside the state of another one: perhaps it was renamed. */
function warnOfOthers({ store, stateDirectory, terminal, stack }: Session, plan: Plan<never> | Plan) {
  if (plan.actions.some(({ action }) => action !== "create")) return;
  const others = otherStacks(stateDirectory, store).filter((name) => name !== stack.stackName);
  if (others.length > 0)
    terminal.line(
      `Note: ${others.join(" and ")} stands already and stays; ${stack.stackName} is made beside it. A stack that was renamed is taken down under its old name.`,
    );
}

function printNext({ terminal, facts }: Session, { outputs }: Report) {
  const url = outputs["application_url"];
  if (typeof url === "string") terminal.line(`The application's address: ${url}`);
  if (!facts.released)
    terminal.line(
      "The service waits at zero tasks: no image has been released yet. The verb deploy releases the first.",
    );
}
