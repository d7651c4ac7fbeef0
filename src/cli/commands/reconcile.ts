import { quoted } from "../../aws/command-line.ts";
import { answerJson } from "../answers/answer.ts";
import { isAnyReleased } from "../../aws/facts.ts";
import { setTimeout as pause } from "node:timers/promises";
import type { Finding } from "../../release/finding.ts";
import { serviceOf } from "../../release/revision.ts";
import { apply } from "../../engine/apply.ts";
import { deletedIn, untilUnlisted } from "../../engine/until-unlisted.ts";
import { hasChanges } from "../../engine/action.ts";
import { isAsleep } from "../activity.ts";
import { adoptionsOf } from "../adoptions.ts";
import { applyPlan } from "../apply-plan.ts";
import { agreed, agreedByName, agreedByProgram, takesAway } from "../confirm.ts";
import { costNow } from "../cost.ts";
import { costLine, costReport } from "../cost-text.ts";
import { EXIT, RunError, UsageError, type Exit } from "../exit.ts";
import { explained } from "../failure.ts";
import { findingOf, printAddress } from "../release-end.ts";
import { pruneAfterPlan } from "../old-revisions.ts";
import { outputsOf } from "../outputs-of.ts";
import { approvedPlan, demandSame, type Approved } from "../plan-file/approved.ts";
import { planned } from "../planning.ts";
import { planReport } from "../plan-report.ts";
import { blockedText, printPlan, shownFirst } from "../plan-text.ts";
import { recorded, type Ended } from "../recorded.ts";
import { printFinding } from "../release-text.ts";
import { demandOwnRegion, inEachRegion } from "../regions.ts";
import { isWhole, printInProgress, printReport, reportOf, type Report } from "../report.ts";
import { headline } from "../headline.ts";
import { inChangingSession, type Session } from "../session.ts";
import { paste } from "../paste.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import { duration } from "../words.ts";

export interface ReconcileFlags extends CommonFlags {
  readonly yes?: boolean;
  /** End once all calls are made. */
  readonly wait?: boolean;
  /** Ask AWS for the prices of the estimate. */
  readonly livePrices?: boolean;
  /** Milliseconds between the end of one run and the start of the next. */
  readonly watch?: number;
  /** What exists and is to be taken over: `ID=AWS_ID`. */
  readonly adopt?: readonly string[];
  /** A file of `plan --out`: its plan is applied if it is still what would be planned. */
  readonly plan?: string;
}

/** Creates or updates AWS resources to match the config: once, or again and again. */
export async function reconcile(flags: ReconcileFlags, context: CliContext, verb = "reconcile"): Promise<Exit> {
  const { terminal, stop } = context;
  if (flags.plan !== undefined && (flags.watch !== undefined || flags.adopt !== undefined))
    throw new UsageError(
      `A plan from a file is applied once and as it is, without --watch and --adopt. No changes were made. To apply it: ${paste(flags, "reconcile", quoted(flags.plan))}`,
    );
  for (;;) {
    const exit = await attempt(flags, context, verb);
    if (flags.watch === undefined || stop.aborted) return exit;
    terminal.line(`Next run in ${duration(flags.watch)}. Press Ctrl-C to stop.`);
    // Real time, also where the simulated one jumps: it is the user who waits.
    await pause(flags.watch, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return exit;
  }
}

/** One run. While watching, a run that fails is told and not the end. */
async function attempt(flags: ReconcileFlags, context: CliContext, verb: string): Promise<Exit> {
  const purpose = { verb, locks: true, looks: true, observes: "inventory" } as const;
  const approved = flags.plan === undefined ? undefined : await approvedPlan(flags, context, flags.plan);
  const once = inEachRegion({ flags, context, verb, order: "primaryLast", stops: true }, (own, inRegion) =>
    inChangingSession(own, inRegion, purpose, (session) => recorded(session, verb, () => run(own, session, approved))),
  );
  if (flags.watch === undefined) return once;
  try {
    return await once;
  } catch (error) {
    const { what, advice } = explained(error, flags);
    context.terminal.line(`This run failed: ${what}`, "failure");
    if (advice !== undefined) context.terminal.line(advice, "failure");
    return EXIT.failed;
  }
}

async function run(flags: ReconcileFlags, session: Session, approved: Approved | undefined): Promise<Ended> {
  const { terminal, topology } = session;
  demandOwnRegion(session);
  const { plan, state, notes } = await planned(session, adoptionsOf(flags.adopt, topology.graph));
  if (approved) await demandSame(session, approved, plan, state);
  if (flags.activity === "asleep" && plan.actions.every(({ action }) => action === "create"))
    throw new UsageError(`There is no stack to put to sleep. To create it: ${paste(flags, "reconcile")}`);
  const part = shownFirst(session, plan);
  terminal.line(`${headline(session)}:`, part);
  for (const note of notes) terminal.line(`Note: ${note}`);
  if (hasChanges(plan) || plan.problems.length > 0 || (plan.leftovers ?? []).length > 0) printPlan(session, plan, part);
  const cost = await costNow(session, plan, flags.livePrices);
  if (hasChanges(plan)) terminal.line(costLine(cost));
  if (plan.problems.length > 0) throw new RunError(blockedText(plan, paste(flags, "reconcile")));
  const byName = session.stack.confirm === "name" && takesAway(plan);
  const agree = byName ? agreedByName : agreed;
  // Who applies a plan from a file has seen it, except where the config demands more.
  const yes = flags.yes ?? (approved !== undefined && !byName);
  const asked = session.confirm
    ? () => agreedByProgram(session, { ...planReport(session, plan), cost: costReport(cost), notes })
    : () => flags.target === "local" || agree(session, "Apply this plan?", yes);
  if (hasChanges(plan) && !(await asked())) {
    terminal.line("No changes were made.");
    return { exit: EXIT.failed, outcome: "declined" };
  }
  terminal.line();
  const end = await applyPlan(
    session,
    plan,
    state,
    async (ctx) => {
      const applied = await apply(ctx, plan);
      await untilUnlisted(ctx, deletedIn(applied));
      return applied;
    },
    { noWait: flags.wait === false },
  );
  const report = reportOf(session, plan, end.done, outputsOf(topology.outputs, end.state));
  printReport(terminal, report);
  printInProgress(terminal, report, paste(flags, "status", "--wait"));
  const finding = await whyUnhealthy(session, report);
  if (finding) printFinding(terminal, finding);
  const answer = { ...report, cost: costReport(cost), ...(finding && { finding }) };
  if (flags.json) answerJson(terminal, "reconcile", answer);
  else printNext(session, report);
  const whole = isWhole(report);
  if (whole && flags.wait !== false) await pruneAfterPlan(session, plan);
  return {
    exit: whole ? EXIT.done : EXIT.failed,
    outcome: whole ? "done" : "partly",
    report,
    idle: flags.watch !== undefined && !hasChanges(plan),
  };
}

/** Why the service did not become healthy, where that is what failed. */
async function whyUnhealthy(session: Session, { actions }: Report): Promise<Finding | undefined> {
  const failed = actions.some(({ type, outcome }) => type === "ecs/service" && outcome === "failed");
  return failed && (await serviceOf(session)) ? findingOf(session, {}) : undefined;
}

function printNext(session: Session, { outputs }: Report) {
  const { terminal, facts, flags, stack } = session;
  if (isAsleep(stack)) {
    // Elastic Load Balancing user guide, "HTTP 503: Service unavailable": "the target groups ... have no registered targets".
    terminal.line(`The stack is asleep: requests get 503 responses. To wake it: ${paste(flags, "wake")}`);
    return;
  }
  const url = outputs["application_url"];
  if (typeof url === "string") printAddress(session, url);
  if (!isAnyReleased(facts))
    terminal.line(
      `The service stays at zero tasks until the first release is deployed. To deploy it: ${paste(flags, "deploy")}`,
    );
}
