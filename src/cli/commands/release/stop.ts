import { answerJson } from "../../answers/answer.ts";
import { NothingToStop, stoppable, stopRelease, type Stoppable, type Stopped } from "../../../release/stop.ts";
import { agreed } from "../../confirm.ts";
import { EXIT, RunError, UsageError, type Exit } from "../../exit.ts";
import { paste } from "../../paste.ts";
import { endOf, recorded, type Ended } from "../../recorded.ts";
import { ReleaseProgress } from "../../release-progress.ts";
import { headline } from "../../headline.ts";
import { effortOf, identityOf, inChangingSession, type Session } from "../../session.ts";
import type { CommonFlags, CliContext } from "../../context.ts";
import { whoAmI } from "../../../../state/holder.ts";

export interface ReleaseStopFlags extends CommonFlags {
  readonly yes?: boolean;
  /** Lets the current build finish. */
  readonly finish?: boolean;
  readonly reason?: string;
}

/** Stops a release, and rolls its deployment back where that has begun. */
export const releaseStop = (id: string, flags: ReleaseStopFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "release stop" }, (session) =>
    recorded(session, "release stop", () => run(id, flags, session)),
  );

async function run(wanted: string, flags: ReleaseStopFlags, session: Session): Promise<Ended> {
  const { terminal, clock, stop: signal } = session;
  const release = await meant(session, wanted);
  const { executionId, ending, action } = release;
  // A release that was stopped before may have left a deployment behind: that run may have died.
  if (ending !== "running" && ending !== "stopped") throw new RunError(whyNot(session, release));
  const { finish = false } = flags;
  if (finish && action && action.category !== "Build" && action.category !== "Source")
    throw new UsageError(
      action.category === "Approval"
        ? `--finish would wait for the approval. To abandon the approval instead: ${paste(flags, "release", "stop", executionId)}`
        : `--finish would complete the deployment. To roll it back instead: ${paste(flags, "release", "stop", executionId)}`,
    );
  terminal.line(`${headline(session)}:`);
  terminal.line(`Release ${executionId} ${doingOf(release, finish)}`);
  if (!(await agreed(session, "Stop it?", flags.yes))) {
    terminal.line("No changes were made.");
    return { exit: EXIT.failed, outcome: "declined" };
  }
  const reason = flags.reason ?? `Stopped by ${whoAmI()} with fairlead release stop.`;
  const progress = new ReleaseProgress(terminal, flags, () => clock.now());
  const changing = <T>(work: () => Promise<T>) => session.hold.changing(work, true);
  try {
    const how = { reason, finish, signal, changing, refs: session.refs };
    const stopped = await stopRelease(session, release, how, progress.tell).finally(() => progress.pause());
    return endOf(tellStopped(session, release, stopped));
  } catch (error) {
    if (!signal.aborted) throw error;
    terminal.line(
      `AWS goes on with it. ${paste(flags, "release", "stop", executionId)} does what is left, and ${paste(flags, "status")} shows what runs.`,
    );
    return endOf(EXIT.failed);
  }
}

async function meant(session: Session, wanted: string): Promise<Stoppable> {
  try {
    return await stoppable(session, wanted);
  } catch (error) {
    if (error instanceof NothingToStop)
      throw new UsageError(`${error.message} To look at them: ${paste(session.flags, "releases")}`, { cause: error });
    throw error;
  }
}

function whyNot({ flags }: Session, { executionId, ending }: Stoppable): string {
  const next = ending === "live" ? ` ${paste(flags, "rollback")} goes back to the release before it.` : "";
  return `Release ${executionId} is no longer in progress: it is ${ending}.${next}`;
}

/** What the release does, and what becomes of that. */
function doingOf({ ending, action }: Stoppable, finish: boolean): string {
  if (ending === "stopped") return "was stopped before; a deployment it left behind is rolled back.";
  if (!action) return "is between two stages and goes no further.";
  switch (action.category) {
    case "Approval":
      return "is waiting for approval, which is abandoned: nothing was deployed.";
    case "Deploy":
      return "is being deployed: CodePipeline abandons it, and ECS rolls the service back to the previous revision.";
    default:
      return finish
        ? `is in ${action.stage}, which is allowed to finish: nothing starts after it.`
        : `is in ${action.stage}, which is abandoned: a running build continues without effect, and is billed.`;
  }
}

function tellStopped(session: Session, { executionId }: Stoppable, stopped: Stopped): Exit {
  const { terminal, flags } = session;
  const { ending, deployment, why, runs } = stopped;
  const now = runs === undefined ? "There is no service." : `The service runs ${runs}.`;
  terminal.line(
    `${SENTENCES[deployment](executionId, ending)} ${now}${why === undefined ? "" : ` ECS says: ${why}`}`,
    "result",
  );
  if (deployment === "completed") terminal.line(`${paste(flags, "rollback")} goes back to the release before it.`);
  if (deployment === "failed")
    terminal.line(
      `${paste(flags, "rollback")} deploys an earlier release, ${paste(flags, "doctor")} says what is wrong.`,
    );
  if (flags.json) {
    const release = { executionId, ending, deployment, why: why ?? null, runs: runs ?? null };
    answerJson(terminal, "stopped", { ...identityOf(session), release, ...effortOf(session) });
  }
  return deployment === "none" || deployment === "rolled-back" ? EXIT.done : EXIT.failed;
}

const SENTENCES: Readonly<Record<Stopped["deployment"], (id: string, ending: string) => string>> = {
  none: (id, ending) => `Release ${id} is ${ending}; nothing of it was deployed.`,
  "rolled-back": (id, ending) => `Release ${id} is ${ending}, and ECS has rolled its deployment back.`,
  completed: (id) => `Release ${id} could not be stopped: ECS had already completed its deployment.`,
  failed: (id, ending) => `Release ${id} is ${ending}, but its deployment could not be rolled back.`,
};
