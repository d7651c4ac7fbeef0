import type { Run } from "../../state/state.ts";
import { whoAmI } from "../../state/holder.ts";
import { EXIT, type Exit } from "./exit.ts";
import { explained } from "./failure.ts";
import { remember } from "./remember.ts";
import type { Report } from "./report.ts";
import { effortOf, type Session } from "./session.ts";

/** What a run came to. */
export interface Ended {
  readonly exit: Exit;
  readonly outcome: Run["outcome"];
  /** Left out where nothing was carried out. */
  readonly report?: Report;
  /** Why it failed, where it ended without an error. */
  readonly error?: string;
  /** The release that it was about: a pipeline execution's id. */
  readonly release?: string;
  /** Not worth remembering: one of many looks that found nothing to do. */
  readonly idle?: boolean;
}

/** Does the work of a run, and adds to the history who did it and what it came to. */
export async function recorded(session: Session, verb: string, work: () => Promise<Ended>): Promise<Exit> {
  let ended: Ended;
  try {
    ended = await work();
  } catch (error) {
    await record(session, verb, { outcome: "failed", error: explained(error, session.flags).what });
    throw error;
  }
  const { exit, idle = false } = ended;
  if (!idle) await record(session, verb, ended);
  return exit;
}

/** The same for a command that carries no plan out: its exit code says what it came to. */
export const recordedExit = (session: Session, verb: string, work: () => Promise<Exit | Ended>): Promise<Exit> =>
  recorded(session, verb, async () => {
    const end = await work();
    return typeof end === "object" ? end : endOf(end);
  });

/** What a run came to by its exit code alone. */
export const endOf = (exit: Exit): Ended => ({ exit, outcome: exit === EXIT.done ? "done" : "failed" });

function record(
  session: Session,
  verb: string,
  { outcome, error, release, report }: Omit<Ended, "exit">,
): Promise<void> {
  const { connection, target } = session;
  const actions = (report?.actions ?? []).filter(({ outcome: end }) => end !== "unchanged");
  return remember(session, {
    when: new Date(connection.startedAt).toISOString(),
    who: whoAmI(),
    verb,
    target,
    outcome,
    ...(error === undefined ? {} : { error }),
    ...(release === undefined ? {} : { release }),
    summary: { ...report?.summary },
    actions,
    ...(report === undefined || report.chain.length === 0 ? {} : { chain: chainOf(report, connection.startedAt) }),
    calls: Object.fromEntries([...connection.calls].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    seconds: effortOf(session).seconds,
  });
}

/** The critical path, in milliseconds after the run's start. */
const chainOf = ({ chain }: Report, since: number): NonNullable<Run["chain"]> =>
  chain.map((step) => ({ ...step, from: step.from - since, to: step.to - since }));
