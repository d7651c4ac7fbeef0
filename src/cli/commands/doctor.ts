import { answerJson } from "../answers/answer.ts";
import { examine, firstBroken, type Hop } from "../../release/doctor.ts";
import { serviceName } from "../../release/service-ref.ts";
import { asleepNotes } from "../activity.ts";
import { withCommands } from "../release-text.ts";
import { refsFor, type ServiceFlag } from "../services.ts";
import { EXIT, type Exit } from "../exit.ts";
import { headline } from "../headline.ts";
import { effortOf, identityOf, inSession, type Session } from "../session.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import { paint } from "../terminal.ts";
import { tellWaiting, waitingIn } from "../waiting.ts";

export type DoctorFlags = CommonFlags & ServiceFlag;

/** Walks the way of a request and of a task through AWS and names the first hop that is broken. Changes nothing. */
export const doctor = (flags: DoctorFlags, context: CliContext): Promise<Exit> =>
  inSession(flags, context, (session) => show(flags, session));

const SIGNS: Readonly<Record<Hop["state"], string>> = {
  ok: paint.green("✓"),
  broken: paint.red("✗"),
  waiting: paint.yellow("…"),
  unknown: paint.yellow("?"),
};

/** Every hop after the load balancer would be called broken. */
function tellAsleep(session: Session, asleep: string): Exit {
  const { terminal, flags } = session;
  if (flags.json) {
    const answer = { ...identityOf(session), broken: "asleep", hops: [], ...effortOf(session) };
    answerJson(terminal, "doctor", answer);
  } else {
    terminal.line(`${headline(session)}:`);
    terminal.line(asleep);
  }
  return EXIT.failed;
}

async function show(flags: DoctorFlags, session: Session): Promise<Exit> {
  const { terminal } = session;
  const [asleep] = asleepNotes(session);
  if (asleep !== undefined) return tellAsleep(session, asleep);
  const refs = refsFor(session, flags);
  const [found, waiting] = await Promise.all([
    Promise.all(
      refs.map(async (ref) => ({
        service: serviceName(ref),
        hops: (await examine(ref)).map((hop) => withCommands(hop, flags)),
      })),
    ),
    waitingIn(session),
  ]);
  const hops = found.flatMap((one) => one.hops);
  const broken = firstBroken(hops);
  if (flags.json) {
    const answer = {
      ...identityOf(session),
      broken: broken?.name ?? null,
      ...(found.length > 1
        ? { services: found.map((one) => ({ ...one, broken: firstBroken(one.hops)?.name ?? null })) }
        : { hops }),
      ...waiting.report,
      ...effortOf(session),
    };
    answerJson(terminal, "doctor", answer);
  } else {
    terminal.line(`${headline(session)}:`);
    const width = Math.max(...hops.map(({ name }) => name.length));
    for (const one of found) {
      if (found.length > 1) terminal.line(`${one.service}:`);
      for (const { name, state, what } of one.hops) terminal.line(`${SIGNS[state]} ${name.padEnd(width)}  ${what}`);
    }
    terminal.line();
    if (broken) {
      const of = found.length > 1 ? `${found.find((one) => one.hops.includes(broken))?.service}: ` : "";
      terminal.line(`${paint.red("First failed check:")} ${of}${broken.name}. ${broken.what}`);
      if (broken.fix !== undefined) terminal.line(`${paint.bold("To do:")} ${broken.fix}`);
    } else {
      const pending = hops.find(({ state }) => state === "waiting");
      terminal.line(pending === undefined ? "All checks passed." : "No check failed.");
      if (pending?.fix !== undefined) terminal.line(pending.fix);
    }
    tellWaiting(session, waiting);
  }
  return broken ? EXIT.failed : EXIT.done;
}
