import { answerJson } from "../answers/answer.ts";
import { apply } from "../../engine/apply.ts";
import { hasChanges } from "../../engine/action.ts";
import { planTeardown } from "../../engine/plan.ts";
import { recordedIn } from "../../engine/inventory.ts";
import { strays, sweep } from "../../engine/sweep.ts";
import { applyPlan } from "../apply-plan.ts";
import { agreedByName, agreedByProgram } from "../confirm.ts";
import { costOf } from "../cost.ts";
import { costReport, endedCostLine } from "../cost-text.ts";
import { EXIT, RunError, UsageError, type Exit } from "../exit.ts";
import { unlisted } from "../planning.ts";
import { planReport } from "../plan-report.ts";
import { blockedText, printPlan, shownFirst } from "../plan-text.ts";
import { paste } from "../paste.ts";
import { dealtWith, isClean, printReceipt, receiptOf } from "../receipt.ts";
import { recorded, type Ended } from "../recorded.ts";
import { inEachRegion } from "../regions.ts";
import { isWhole, printInProgress, printReport, reportOf } from "../report.ts";
import { sharingProblems } from "../sharing.ts";
import { headline } from "../headline.ts";
import { inChangingSession, look, type Session } from "../session.ts";
import { stillServing } from "../standby.ts";
import type { CommonFlags, CliContext } from "../context.ts";

export interface TeardownFlags extends CommonFlags {
  readonly yes?: boolean;
  /** End once all calls are made. */
  readonly wait?: boolean;
}

/** Deletes the stack: everything in the state and everything else with its owner tags; and reports what is left. */
export function teardown(flags: TeardownFlags, context: CliContext): Promise<Exit> {
  // Where nobody is asked, what is recorded will be deleted.
  const changes = flags.yes ? ({ changes: true } as const) : {};
  const purpose = { verb: "teardown", locks: true, looks: true, observes: "teardown", ...changes } as const;
  return inEachRegion({ flags, context, verb: "teardown", order: "primaryFirst", stops: true }, (own, inRegion) =>
    inChangingSession(own, inRegion, purpose, (session) => recorded(session, "teardown", () => run(own, session))),
  );
}

async function run(flags: TeardownFlags, session: Session): Promise<Ended> {
  const { terminal, stack, aws } = session;
  if (stack.protect)
    throw new UsageError(
      `${stack.stackName} is protected: no changes were made. To tear it down anyway, set protect to false in the config, then: ${paste(flags, "teardown")}`,
    );
  const { state, seen, snapshot } = await look(session);
  const remembered = planTeardown(session.world, session.topology.graph, state, seen);
  const { plan: found, unseen, notes } = await strays(session.world, session.inventory, remembered, snapshot);
  const inUse = [...(await sharingProblems(session, found)), ...(await stillServing(session, found))];
  const plan = { ...found, problems: [...inUse, ...found.problems] };
  const part = shownFirst(session, plan);
  terminal.line(`${headline(session)}:`, part);
  if (hasChanges(plan) || plan.problems.length > 0) printPlan(session, plan, part);
  const cost = costOf(session, plan);
  if (hasChanges(plan)) terminal.line(endedCostLine(cost));
  for (const line of [...unlisted(unseen), ...notes]) terminal.line(line);
  if (plan.problems.length > 0) throw new RunError(blockedText(plan, paste(flags, "teardown")));
  const question = `Delete all of this, with its data, from account ${aws.account}?`;
  const asked = session.confirm
    ? () =>
        agreedByProgram(session, {
          ...planReport(session, plan),
          cost: costReport(cost),
          notes: [...unlisted(unseen), ...notes],
        })
    : () => agreedByName(session, question, flags.yes);
  if (hasChanges(plan) && !(await asked())) {
    terminal.line("No changes were made.");
    return { exit: EXIT.failed, outcome: "declined" };
  }
  const { done } = await applyPlan(
    session,
    plan,
    state,
    async (ctx) => {
      const applied = await apply(ctx, plan);
      const report = reportOf(session, plan, applied, {});
      const dealt = dealtWith(plan, report);
      return {
        applied,
        receipt: await sweep({ ...ctx, noWait: false }, session.inventory, dealt, recordedIn(plan, unseen)),
      };
    },
    { noWait: flags.wait === false },
  );
  const report = {
    ...reportOf(session, plan, done.applied, {}),
    receipt: receiptOf(session, seen, plan, done.receipt),
  };
  printReport(terminal, report);
  printReceipt(session, report.receipt, dealtWith(plan, report));
  printInProgress(terminal, report, paste(flags, "teardown"));
  if (flags.json) answerJson(terminal, "teardown", report);
  const whole = isWhole(report) && isClean(report.receipt);
  return { exit: whole ? EXIT.done : EXIT.failed, outcome: whole ? "done" : "partly", report };
}
