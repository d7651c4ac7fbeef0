import { followLog, logLines, type LogLine, type LogQuery } from "../../release/logs.ts";
import { EXIT, type Exit } from "../exit.ts";
import { inSession, type Session } from "../session.ts";
import type { CommonFlags, Surroundings } from "../surroundings.ts";
import { paint } from "../terminal.ts";

export interface LogsFlags extends CommonFlags {
  readonly build?: boolean;
  readonly follow?: boolean;
  /** Milliseconds back from now. */
  readonly since: number;
  readonly filter?: string;
}

/** Prints the application's log, or that of the builds, and goes on with what comes where that is wanted. */
export const logs = (flags: LogsFlags, surroundings: Surroundings): Promise<Exit> =>
  inSession(flags, surroundings, (session) => show(flags, session));

async function show(flags: LogsFlags, session: Session): Promise<Exit> {
  const { terminal, clock, stop, target } = session;
  const query: LogQuery = {
    of: flags.build ? "build" : "application",
    since: clock.now() - flags.since,
    filter: flags.filter,
  };
  const tell = ({ at, from, text }: LogLine) => {
    const time = new Date(at).toISOString();
    if (flags.json) terminal.answer(JSON.stringify({ at: time, from, text }));
    else terminal.line(`${paint.dim(`${time}  ${from.slice(0, 8)}`)}  ${text}`);
  };
  // In the simulated AWS time stands still between two commands, so that nothing would ever come.
  if (flags.follow && target === "aws") {
    await followLog(session, query, tell, stop);
    return EXIT.done;
  }
  const lines = await logLines(session, query);
  for (const line of lines) tell(line);
  if (lines.length === 0 && !flags.json) terminal.line("No lines. --since 24h looks further back.");
  if (flags.follow && !flags.json)
    terminal.line("The simulated AWS rests between commands: there is nothing to follow.");
  return EXIT.done;
}
