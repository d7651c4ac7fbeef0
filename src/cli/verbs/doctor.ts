import { examine, firstBroken, type Hop } from "../../release/doctor.ts";
import { EXIT, type Exit } from "../exit.ts";
import { effortOf, headline, identityOf, inSession, type Session } from "../session.ts";
import type { CommonFlags, Surroundings } from "../surroundings.ts";
import { paint } from "../terminal.ts";
import { tellWaiting, waitingIn } from "../waiting.ts";

/** Walks the way of a request and of a task through AWS and names the first hop that is broken. Changes nothing. */
export const doctor = (flags: CommonFlags, surroundings: Surroundings): Promise<Exit> =>
  inSession(flags, surroundings, (session) => show(flags, session));

const SIGNS: Readonly<Record<Hop["state"], string>> = {
  ok: paint.green("✓"),
  broken: paint.red("✗"),
  waiting: paint.yellow("…"),
  unknown: paint.yellow("?"),
};

async function show(flags: CommonFlags, session: Session): Promise<Exit> {
  const { terminal } = session;
  const [hops, waiting] = await Promise.all([examine(session), waitingIn(session)]);
  const broken = firstBroken(hops);
  if (flags.json) {
    const answer = {
      ...identityOf(session),
      broken: broken?.name ?? null,
      hops,
      ...waiting.report,
      ...effortOf(session),
    };
    terminal.answer(JSON.stringify(answer, undefined, 2));
  } else {
    terminal.line(`${headline(session)}:`);
    const width = Math.max(...hops.map(({ name }) => name.length));
    for (const { name, state, what } of hops) terminal.line(`${SIGNS[state]} ${name.padEnd(width)}  ${what}`);
    terminal.line();
    if (broken) {
      terminal.line(`${paint.red("The first broken hop:")} ${broken.name}. ${broken.what}`);
      if (broken.fix !== undefined) terminal.line(`${paint.bold("To do:")} ${broken.fix}`);
    } else {
      terminal.line("No hop is broken.");
      const pending = hops.find(({ state }) => state === "waiting");
      if (pending?.fix !== undefined) terminal.line(pending.fix);
    }
    tellWaiting(session, waiting);
  }
  return broken ? EXIT.failed : EXIT.done;
}
