import { explain } from "../aws/advice.ts";
import type { Aws } from "../aws/aws.ts";
import { Pipeline } from "../aws/codepipeline/pipeline.ts";
import { hasCode } from "../aws/errors.ts";
import type { Plan } from "../engine/action.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import { withRollback } from "../release/rolling-back.ts";
import { situationOf, type Situation } from "../release/situation.ts";
import type { Session } from "./session.ts";
import { paint } from "./terminal.ts";
import { situationLines, situationReport } from "./wait-text.ts";

/** What the pipeline keeps waiting, as far as it could be asked. */
export interface Waiting {
  readonly lines: readonly string[];
  readonly report: ReturnType<typeof situationReport>;
}

const NOTHING: Waiting = { lines: [], report: { waits: [], frozen: [] } };

/** Asks the pipeline what waits in it; one call, and while it deploys one more for each service. Whoever may not ask is told so, and told the rest. */
export async function waitingIn(session: Session, snapshot?: Snapshot): Promise<Waiting> {
  let situation: Situation | undefined;
  try {
    const found = await situationOf(session, snapshot);
    situation = found && (await withRollback(session.refs, found));
  } catch (error) {
    if (!hasCode(error, "AccessDenied", "AccessDeniedException")) throw error;
    return { ...NOTHING, lines: [`Could not read the state of the pipeline: ${explain(error).what}`] };
  }
  if (!situation) return NOTHING;
  return { lines: situationLines(situation, session.flags), report: situationReport(situation) };
}

/** The same for a stack that was just looked at: where there is no pipeline, nobody is asked. */
export const waitingIfStanding = (session: Session, { actions }: Pick<Plan<Aws>, "actions">): Promise<Waiting> =>
  actions.some(({ kind, observed }) => kind.type === Pipeline.type && observed !== undefined)
    ? waitingIn(session, session.snapshot)
    : Promise.resolve(NOTHING);

/** Prints it below what a command says. */
export function tellWaiting({ terminal }: Pick<Session, "terminal">, { lines }: Waiting): void {
  if (lines.length === 0) return;
  terminal.line();
  for (const line of lines) terminal.line(line.startsWith(" ") ? line : `${paint.yellow("!")} ${line}`);
}
