import { answerJson, answerLine } from "../answers/answer.ts";
import { followLog, logLines, type LogLine, type LogQuery } from "../../release/logs.ts";
import { serviceName, type ServiceRef } from "../../release/service-ref.ts";
import { refsFor, type ServiceFlag } from "../services.ts";
import { ACCESS_SINCE, checkAccessFlags, showAccessLogs, type AccessFlags } from "../access-logs.ts";
import { EXIT, RunError, UsageError, type Exit } from "../exit.ts";
import { paste } from "../paste.ts";
import { effortOf, identityOf, inLookingSession, inSession, type Session } from "../session.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import { paint } from "../terminal.ts";

export interface LogsFlags extends CommonFlags, ServiceFlag, AccessFlags {
  readonly build?: boolean;
  readonly follow?: boolean;
  /** JSON line by line, as it is found, instead of one object. */
  readonly jsonl?: boolean;
  /** Milliseconds back from now; if omitted, an hour, or more for access logs. */
  readonly since?: number;
  readonly filter?: string;
}

const HOUR = 3_600_000;

/** Prints the application's log, that of the builds or the access logs, and goes on with what comes where that is wanted. */
export async function logs(given: LogsFlags, context: CliContext): Promise<Exit> {
  checkAccessFlags(given);
  checkJsonFlags(given);
  const flags = { ...given, json: given.json === true || given.jsonl === true };
  const { access, since } = flags;
  // A stack without services of its own can have access logs.
  return access
    ? inLookingSession(flags, context, (session) => showAccessLogs({ ...flags, since: since ?? ACCESS_SINCE }, session))
    : inSession(flags, context, (session) => show(flags, session));
}

/** Refuses one object of what has no end. */
function checkJsonFlags(flags: LogsFlags): void {
  if (!flags.json) return;
  const lines = paste(flags, "logs", ...(flags.follow ? ["--follow"] : []), "--jsonl");
  if (flags.jsonl)
    throw new UsageError(`--json prints one object, and --jsonl one for each line. To print lines: ${lines}`);
  if (flags.follow)
    throw new UsageError(
      `--json prints one object at the end, and --follow has no end. To print a JSON object for each line: ${lines}`,
    );
}

async function show(flags: LogsFlags, session: Session): Promise<Exit> {
  const { terminal, clock, stop, target } = session;
  const query: LogQuery = {
    of: flags.build ? "build" : "application",
    since: clock.now() - (flags.since ?? HOUR),
    filter: flags.filter,
  };
  const chosen = refsFor(session, flags);
  // The builds are those of all services.
  const refs = flags.build ? chosen.slice(0, 1) : chosen;
  const areTold = refs.length > 1;
  const width = Math.max(...refs.map((ref) => serviceName(ref).length));
  const jsonOf = (ref: ServiceRef, { at, from, text }: LogLine) => ({
    at: new Date(at).toISOString(),
    ...(areTold ? { service: serviceName(ref) } : {}),
    from,
    text,
  });
  const tellOf = (ref: ServiceRef) => (line: LogLine) => {
    const { at, from, text } = jsonOf(ref, line);
    const service = areTold ? `${serviceName(ref).padEnd(width)}  ` : "";
    if (flags.jsonl) answerLine(terminal, "logLine", jsonOf(ref, line));
    else terminal.line(`${paint.dim(`${at}  ${service}${from.slice(0, 8)}`)}  ${text}`, "output");
  };
  // In the simulated AWS time stands still between two commands, so that nothing would ever come.
  if (flags.follow && target === "aws") {
    await Promise.all(refs.map((ref) => followLog(ref, query, tellOf(ref), stop)));
    return EXIT.done;
  }
  const found = await Promise.all(refs.map(async (ref) => (await logLines(ref, query)).map((line) => ({ ref, line }))));
  const lines = found.flat().toSorted((one, other) => one.line.at - other.line.at);
  const isOneObject = flags.json === true && !flags.jsonl;
  if (!isOneObject) for (const { ref, line } of lines) tellOf(ref)(line);
  if (lines.length === 0 && !(await session.store.read()))
    throw new RunError(
      `No log lines found, and there is no state ${session.store.where}: the stack has not been created from here. To create it: ${paste(flags, "reconcile")}`,
    );
  if (isOneObject) {
    const answer = {
      ...identityOf(session),
      lines: lines.map(({ ref, line }) => jsonOf(ref, line)),
      ...effortOf(session),
    };
    answerJson(terminal, "logs", answer);
  }
  if (lines.length === 0 && !flags.json) terminal.line("No log lines found. To look further back: --since 24h");
  if (flags.follow && !flags.json)
    terminal.line("The simulated AWS stands still between commands, so there is nothing to follow.");
  return EXIT.done;
}
