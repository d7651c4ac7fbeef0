import { NoSuchRelease, rollback as goBack, wayBack, type Way } from "../../release/rollback.ts";
import { agreed } from "../confirm.ts";
import { EXIT, UsageError, type Exit } from "../exit.ts";
import { tellEnd } from "../following.ts";
import { endOf, recorded, type Ended } from "../recorded.ts";
import { releaseTeller, sourceText } from "../release-text.ts";
import { headline, inChangingSession, type Session } from "../session.ts";
import type { CommonFlags, Surroundings } from "../surroundings.ts";

export interface RollbackFlags extends CommonFlags {
  readonly yes?: boolean;
}

/** Lets the service run an earlier release again, and follows it until it does. */
export const rollback = (wanted: string | undefined, flags: RollbackFlags, surroundings: Surroundings): Promise<Exit> =>
  inChangingSession(flags, surroundings, { verb: "rollback" }, (session) =>
    recorded(session, "rollback", () => run(wanted, flags, session)),
  );

async function run(wanted: string | undefined, flags: RollbackFlags, session: Session): Promise<Ended> {
  const { terminal, clock, stop } = session;
  const way = await wayTo(session, wanted);
  terminal.line(`${headline(session)}:`);
  if (way.from === way.to) {
    terminal.line(`The service runs ${way.to} already.`);
    return endOf(EXIT.done);
  }
  const source = way.release?.source;
  terminal.line(`Back from ${way.from} to ${way.to}${source ? `, ${sourceText(source)}` : ""}.`);
  if (!(await agreed(session, "Go back to it?", flags.yes))) {
    terminal.line("Nothing was touched.");
    return { exit: EXIT.failed, outcome: "declined" };
  }
  const startedAt = clock.now();
  try {
    const end = await goBack(session, way, releaseTeller(terminal, startedAt), stop);
    return endOf(await tellEnd(session, end, { json: flags.json, startedAt }));
  } catch (error) {
    if (!stop.aborted) throw error;
    terminal.line("ECS goes on with it; status shows how far it is.");
    return endOf(EXIT.failed);
  }
}

async function wayTo(session: Session, wanted: string | undefined): Promise<Way> {
  try {
    return await wayBack(session, wanted);
  } catch (error) {
    if (error instanceof NoSuchRelease) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
