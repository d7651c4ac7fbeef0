import { quoted } from "../../aws/command-line.ts";
import { answerView } from "../answer-view.ts";
import { answerJson } from "../answers/answer.ts";
import { hasChanges } from "../../engine/action.ts";
import { costNow } from "../cost.ts";
import { costLine, costLines, costReport } from "../cost-text.ts";
import { EXIT, UsageError, type Exit } from "../exit.ts";
import { paste } from "../paste.ts";
import { plannedRegion } from "../plan-file/digests.ts";
import { demandWritable, writePlanFile, type PlanFile, type PlannedRegion } from "../plan-file/format.ts";
import { planned } from "../planning.ts";
import { planMarkdown, type MarkdownPlan } from "../plan-markdown.ts";
import { planReport } from "../plan-report.ts";
import { blockedText, planLines, styleOf } from "../plan-text.ts";
import { demandOwnRegion, inEachRegion } from "../regions.ts";
import { headline } from "../headline.ts";
import { inObservingSession, type Session } from "../session.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import type { PlanData, RegionView } from "../../page/data.ts";
import { planFile } from "../../page/files.tsx";
import { planView } from "../plan-view.ts";
import { regionView } from "../stack-view.ts";
import { tellWaiting, waitingIfStanding } from "../waiting.ts";
import { writePage } from "../write-page.ts";

export interface PlanFlags extends CommonFlags {
  /** The file that the plan is written to, for `reconcile FILE`. */
  readonly out?: string;
  readonly check?: boolean;
  readonly full?: boolean;
  /** Ask AWS for the prices of the estimate. */
  readonly livePrices?: boolean;
  /** Answer with a comment for a pull request. */
  readonly markdown?: boolean;
  /** The file that the plan is written to as a page. */
  readonly html?: string;
  /** No flag for users: answer with what the console shows. */
  readonly view?: boolean;
  /** Show the whole estimate. */
  readonly cost?: boolean;
}

/** Shows what a reconcile would do. Changes nothing, not even the state. */
export async function plan(flags: PlanFlags, context: CliContext): Promise<Exit> {
  const { out, html } = flags;
  if (flags.json && flags.markdown)
    throw new UsageError("--json and --markdown are two answers: run once for each. No changes were made.");
  if (out !== undefined) await demandWritable(context, out);
  if (html !== undefined) await demandWritable(context, html, "--html");
  const file: Drafted = { regions: [], markdown: [], pages: [], views: [] };
  const exit = await inEachRegion(
    { flags, context, verb: "plan", order: "primaryLast", stops: false },
    (own, inRegion) => inObservingSession(own, inRegion, "inventory", (session) => show(own, session, file)),
  );
  if (flags.markdown) context.terminal.answer(planMarkdown(file.markdown, paste(flags, "plan")));
  if (flags.view && file.views.length > 0) answerView(context.terminal, file.views);
  if (html !== undefined && file.pages.length > 0) await writePage(context, html, planFile(file.pages));
  if (out === undefined) {
    const isForPeople = !flags.json && !flags.markdown;
    if (isForPeople && file.hasChanges && exit !== EXIT.failed)
      context.terminal.line(`To apply it: ${paste(flags, "reconcile")}`);
    return exit;
  }
  if (exit === EXIT.failed || !file.head) {
    context.terminal.error(`The plan was not written to ${out}, because it cannot be applied: see the errors above.`);
    return exit;
  }
  await writePlanFile(context, out, { ...file.head, regions: file.regions });
  context.terminal.line(`Written to ${out}. To apply exactly this plan: ${paste(flags, "reconcile", quoted(out))}`);
  return exit;
}

/** What was planned so far, for the files, the comment and the last line. */
interface Drafted {
  /** In any of the regions. */
  hasChanges?: boolean;
  head?: Pick<PlanFile, "stack" | "env" | "target" | "salt">;
  readonly regions: PlannedRegion[];
  readonly markdown: MarkdownPlan[];
  readonly pages: PlanData[];
  readonly views: RegionView[];
}

async function show(flags: PlanFlags, session: Session, file: Drafted): Promise<Exit> {
  const { terminal, stack, target } = session;
  demandOwnRegion(session);
  const { plan: found, state, notes } = await planned(session);
  if (flags.out !== undefined) {
    file.head ??= { stack: stack.name, env: stack.environment, target, salt: session.hex(32) };
    file.regions.push(await plannedRegion(session, found, state, file.head.salt));
  }
  file.hasChanges ||= hasChanges(found);
  const waiting = await waitingIfStanding(session, found);
  const cost = await costNow(session, found, flags.livePrices);
  const answer = { ...planReport(session, found), cost: costReport(cost), notes, ...waiting.report };
  const viewed = { plan: found, answer, cost, waiting };
  if (flags.html !== undefined) file.pages.push(await planView(session, viewed));
  if (flags.view) file.views.push(await regionView(session, viewed));
  else if (flags.json) answerJson(terminal, "plan", answer);
  else if (flags.markdown)
    file.markdown.push({
      stack: `${stack.name} ${stack.environment}`,
      headline: headline(session),
      plan: found,
      style: { own: styleOf(session).own, full: flags.full ?? false },
      costLine: costLine(cost),
      costLines: flags.cost ? costLines(cost) : [],
      notes,
      waiting: waiting.lines,
    });
  else {
    terminal.line(`${headline(session)}:`);
    for (const note of notes) terminal.line(`Note: ${note}`);
    for (const line of planLines(found, { ...styleOf(session), full: flags.full ?? false })) terminal.line(line);
    terminal.line(costLine(cost));
    if (flags.cost) for (const line of costLines(cost)) terminal.line(line);
    tellWaiting(session, waiting);
    if (found.problems.length > 0) terminal.line(blockedText(found, paste(flags, "plan")));
  }
  if (found.problems.length > 0) return EXIT.failed;
  return flags.check && hasChanges(found) ? EXIT.changes : EXIT.done;
}
