import { hasChanges } from "../../engine/action.ts";
import { costNow } from "../cost.ts";
import { costLine, costLines, costReport } from "../cost-text.ts";
import { EXIT, type Exit } from "../exit.ts";
import { planned } from "../planning.ts";
import { planReport } from "../plan-report.ts";
import { planLines, styleOf } from "../plan-text.ts";
import { demandOwnRegion, inEachRegion } from "../regions.ts";
import { headline, inLookingSession, type Session } from "../session.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import { tellWaiting, waitingIfStanding } from "../waiting.ts";

export interface PlanFlags extends CommonFlags {
  readonly check?: boolean;
  readonly full?: boolean;
  /** Ask AWS for the prices of the estimate. */
  readonly livePrices?: boolean;
  /** Show the whole estimate. */
  readonly cost?: boolean;
}

/** Shows what a reconcile would do. Changes nothing, not even the state. */
export const plan = (flags: PlanFlags, context: CliContext): Promise<Exit> =>
  inEachRegion({ flags, context, verb: "plan", order: "primaryLast", stops: false }, (own, inRegion) =>
    inLookingSession(own, inRegion, (session) => show(own, session)),
  );

async function show(flags: PlanFlags, session: Session): Promise<Exit> {
  const { terminal } = session;
  demandOwnRegion(session);
  const { plan: found, notes } = await planned(session);
  const waiting = await waitingIfStanding(session, found);
  const cost = await costNow(session, found, flags.livePrices);
  if (flags.json)
    terminal.answer(
      JSON.stringify({ ...planReport(session, found), cost: costReport(cost), notes, ...waiting.report }, undefined, 2),
    );
  else {
    terminal.line(`${headline(session)}:`);
    for (const note of notes) terminal.line(`Note: ${note}`);
    for (const line of planLines(found, { ...styleOf(session), full: flags.full ?? false })) terminal.line(line);
    terminal.line(costLine(cost));
    if (flags.cost) for (const line of costLines(cost)) terminal.line(line);
    tellWaiting(session, waiting);
  }
  if (found.problems.length > 0) return EXIT.failed;
  return flags.check && hasChanges(found) ? EXIT.changes : EXIT.done;
}
