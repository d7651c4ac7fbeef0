import { answerJson } from "../answers/answer.ts";
import { approve as answer, NoPendingApproval, pendingApproval } from "../../release/approval.ts";
import type { ApprovalSubject } from "../../release/events.ts";
import { EXIT, RunError, type Exit } from "../exit.ts";
import { followToEnd, leaves, leave } from "../following.ts";
import { pruneAfter } from "../old-revisions.ts";
import { tellEnd } from "../release-end.ts";
import { paste } from "../paste.ts";
import { recordedExit, type Ended } from "../recorded.ts";
import { tellComparison } from "../comparison-text.ts";
import { approvalLines } from "../release-text.ts";
import { headline } from "../headline.ts";
import { identityOf, inChangingSession, type Session } from "../session.ts";
import type { CommonFlags, CliContext } from "../context.ts";

export interface AnswerFlags extends CommonFlags {
  /** What is written down beside the answer. */
  readonly reason?: string;
  /** Do not follow the release any further: either of the two flags. */
  readonly wait?: boolean;
  readonly detach?: boolean;
}

/** Approves the release that waits, showing what it is, and follows it. `wanted`: its execution id or the beginning; another one is refused. */
export const approve = (wanted: string | undefined, flags: AnswerFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "approve" }, (session) =>
    recordedExit(session, "approve", () => run(flags, session, { approved: true, wanted })),
  );

/** Rejects the release that waits, or only `wanted`. */
export const reject = (wanted: string | undefined, flags: AnswerFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "reject" }, (session) =>
    recordedExit(session, "reject", () => run(flags, session, { approved: false, wanted })),
  );

interface Answered {
  readonly approved: boolean;
  readonly wanted: string | undefined;
}

async function run(flags: AnswerFlags, session: Session, given: Answered): Promise<Exit | Ended> {
  const { terminal, clock } = session;
  const { approved } = given;
  const startedAt = clock.now();
  const { executionId } = await answered(session, { ...given, reason: flags.reason ?? "" });
  terminal.line(approved ? "Approved." : "Rejected.", "result");
  if (approved && !leaves(flags)) {
    const end = await followToEnd(session, executionId, false);
    if (!end) return EXIT.failed;
    const ended = await tellEnd(session, end, { executionId: end.executionId, json: flags.json, startedAt });
    await pruneAfter(session, end);
    return ended;
  }
  if (approved) await leave(session, executionId);
  else terminal.line(`To release something else: ${paste(session.flags, "deploy")}`);
  if (flags.json) answerJson(terminal, "answered", { ...identityOf(session), executionId, approved });
  return EXIT.done;
}

/** Shows the pending approval and answers it. The lock is taken for the answer alone: a look that finds nothing keeps no run out. */
async function answered(
  session: Session,
  { wanted, ...given }: Answered & { readonly reason: string },
): Promise<ApprovalSubject> {
  try {
    const subject = await pendingApproval(session);
    // Between the look at one release and the answer, another one may have come to wait.
    if (wanted !== undefined && !isNamed(subject, wanted))
      throw new RunError(
        `Release ${wanted === "" ? '""' : wanted} does not wait for an approval; ${subject.executionId} does. Nothing was ${given.approved ? "approved" : "rejected"}. To look at both: ${paste(session.flags, "releases")}`,
      );
    session.terminal.line(`${headline(session)}:`);
    for (const line of approvalLines(subject)) session.terminal.line(line);
    await tellComparison(session, subject, (line) => session.terminal.line(line));
    await session.hold.changing(() => answer(session, { ...given, subject }));
    return subject;
  } catch (error) {
    if (error instanceof NoPendingApproval)
      throw new RunError(`${error.message} To look at the releases: ${paste(session.flags, "releases")}`, {
        cause: error,
      });
    throw error;
  }
}

/** Whether `wanted` is the release's id or its beginning. An empty word, such as of a variable that is not set, names none. */
const isNamed = ({ executionId }: ApprovalSubject, wanted: string): boolean =>
  wanted !== "" && executionId.startsWith(wanted);
