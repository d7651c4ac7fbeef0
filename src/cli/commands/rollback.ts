import { NoSuchRelease, rollback as goBack, rollbackTarget, type Way } from "../../release/rollback.ts";
import type { ServiceRef } from "../../release/service-ref.ts";
import { refFor, type ServiceFlag } from "../services.ts";
import { agreed } from "../confirm.ts";
import { EXIT, UsageError, type Exit } from "../exit.ts";
import { pruneAfter } from "../old-revisions.ts";
import { tellEnd } from "../release-end.ts";
import { endOf, recorded, type Ended } from "../recorded.ts";
import { ReleaseProgress } from "../release-progress.ts";
import { ReportedRelease } from "../reported-release.ts";
import { sourceText } from "../release-text.ts";
import { headline, headlinePart } from "../headline.ts";
import { inChangingSession, type Session } from "../session.ts";
import { paste } from "../paste.ts";
import type { CommonFlags, CliContext } from "../context.ts";

export interface RollbackFlags extends CommonFlags, ServiceFlag {
  readonly yes?: boolean;
}

/** Rolls back to the image of an earlier release, with the settings of today, and follows it until it runs. */
export const rollback = (wanted: string | undefined, flags: RollbackFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "rollback" }, (session) =>
    recorded(session, "rollback", () => run(wanted, flags, session)),
  );

async function run(wanted: string | undefined, flags: RollbackFlags, session: Session): Promise<Ended> {
  const { terminal, clock, stop } = session;
  const ref = refFor(session, flags, "rollback");
  const way = await wayTo(ref, wanted);
  terminal.line(`${headline(session)}:`, headlinePart(session));
  if (way.from === way.to) {
    terminal.line(`The service already runs ${way.to}. To look at the releases: ${paste(session.flags, "releases")}`);
    return endOf(EXIT.done);
  }
  const source = way.release?.source;
  terminal.line(
    `Rolling back from ${way.from} to the image of ${way.to}${source ? `, ${sourceText(source)}` : ""}: ${way.image}.`,
  );
  if (way.kept.length > 0)
    terminal.line(
      `The current settings are kept. ${way.to} had other values of ${way.kept.join(", ")}, so a new revision is registered.`,
    );
  if (!(await agreed(session, "Roll back?", flags.yes))) {
    terminal.line("No changes were made.");
    return { exit: EXIT.failed, outcome: "declined" };
  }
  const startedAt = clock.now();
  const progress = new ReleaseProgress(terminal, flags, () => clock.now());
  const reported = new ReportedRelease(session, progress);
  try {
    await reported.start();
    const end = await session.hold
      .changing(() => goBack(ref, way, reported.tell, stop))
      .finally(() => progress.pause());
    const ended = await tellEnd(session, end, { json: flags.json, startedAt, ref });
    await pruneAfter(session, end, [ref]);
    return ended;
  } catch (error) {
    if (!stop.aborted) throw error;
    terminal.line(`ECS continues the rollback. To see its progress: ${paste(session.flags, "status")}`);
    return endOf(EXIT.failed);
  } finally {
    await reported.end();
  }
}

async function wayTo(ref: ServiceRef, wanted: string | undefined): Promise<Way> {
  try {
    return await rollbackTarget(ref, wanted);
  } catch (error) {
    if (error instanceof NoSuchRelease) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
