import { approve as answer, NoPendingApproval, pendingApproval } from "../../release/approval.ts";
import { EXIT, RunError, type Exit } from "../exit.ts";
import { followToEnd, tellDetached, tellEnd } from "../following.ts";
import { recordedExit } from "../recorded.ts";
import { approvalLines } from "../release-text.ts";
import { headline, identityOf, inChangingSession, type Session } from "../session.ts";
import type { CommonFlags, CliContext } from "../context.ts";

export interface AnswerFlags extends CommonFlags {
  /** What is written down beside the answer. */
  readonly reason?: string;
  /** Do not follow the release any further. */
  readonly detach?: boolean;
}

/** Approves the release that waits, showing what it is, and follows it. */
export const approve = (flags: AnswerFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "approve" }, (session) =>
    recordedExit(session, "approve", () => run(flags, session, true)),
  );

/** Rejects the release that waits. */
export const reject = (flags: AnswerFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "reject" }, (session) =>
    recordedExit(session, "reject", () => run(flags, session, false)),
  );

async function run(flags: AnswerFlags, session: Session, approved: boolean): Promise<Exit> {
  const { terminal, clock } = session;
  const startedAt = clock.now();
  const subject = await pendingApproval(session);
  terminal.line(`${headline(session)}:`);
  for (const line of subject ? approvalLines(subject) : []) terminal.line(line);
  try {
    const given = { approved, reason: flags.reason ?? "", ...(subject ? { subject } : {}) };
    await session.hold.changing(() => answer(session, given));
  } catch (error) {
    if (error instanceof NoPendingApproval) throw new RunError(error.message, { cause: error });
    throw error;
  }
  terminal.line(approved ? "Approved." : "Rejected.");
  const executionId = subject?.executionId;
  if (approved && executionId !== undefined && !flags.detach) {
    const end = await followToEnd(session, executionId, false);
    return end ? tellEnd(session, end, { executionId: end.executionId, json: flags.json, startedAt }) : EXIT.failed;
  }
  if (approved && executionId !== undefined) tellDetached(session, executionId);
  if (flags.json) terminal.answer(JSON.stringify({ ...identityOf(session), executionId, approved }, undefined, 2));
  return EXIT.done;
}
