import { isAnyReleased } from "../aws/facts.ts";
import { markRunning } from "../release/deployed.ts";
import { awaitsFirstRelease, enableSchedule } from "../release/enable.ts";
import type { ApprovalSubject, ReleaseEvent } from "../release/events.ts";
import { follow, type Followed } from "../release/follow.ts";
import { raise } from "../release/raise.ts";
import { successorOf, stopDuplicates } from "../release/duplicates.ts";
import { isJob, serviceName, waitsForMessages, type ServiceRef } from "../release/service-ref.ts";
import { waitsForPerson, type Situation, type Wait } from "../release/situation.ts";
import { isAsleep } from "./activity.ts";
import { ReleaseProgress } from "./release-progress.ts";
import { ReportedRelease } from "./reported-release.ts";
import { tellComparison } from "./comparison-text.ts";
import { twinLine } from "./release-text.ts";
import type { Session } from "./session.ts";
import { paste } from "./paste.ts";

/** Whether what a command starts is left to go on by itself: `--no-wait`, or `--detach`, which says the same. */
export const leaves = ({
  wait = true,
  detach = false,
}: {
  readonly wait?: boolean;
  readonly detach?: boolean;
}): boolean => detach || !wait;

/** Ends the following of a release that goes on without us. */
class LeftAlone extends Error {
  override readonly name = "LeftAlone";
}

/**
 * Follows a release to its end and tells the user how it ended, and why where it failed. A service that has waited at zero tasks for this
 * release gets its tasks.
 */
export async function followToEnd(
  session: Session,
  executionId: string,
  approving: boolean,
): Promise<FollowedRelease | undefined> {
  const end = await followOne(session, executionId, approving);
  if (end?.ending !== "superseded" && end?.ending !== "stopped") return end;
  const heir = await successorOf(session, executionId);
  if (heir === undefined) return end;
  session.terminal.line(
    `Following release ${heir} of the same source instead: a duplicate or late S3 event had started both.`,
  );
  return followToEnd(session, heir, approving);
}

/** A release that was followed to its end: the one that was begun, or the one that overtook it with the same source. */
export type FollowedRelease = Followed & { readonly executionId: string };

async function followOne(
  session: Session,
  executionId: string,
  approving: boolean,
): Promise<FollowedRelease | undefined> {
  const { clock, hold, stop, target, terminal } = session;
  const isLocal = target === "local";
  const leaving = new AbortController();
  const signal = AbortSignal.any([stop, leaving.signal]);
  const progress = new ReleaseProgress(terminal, session.flags, () => clock.now());
  const reported = new ReportedRelease(session, progress, executionId);
  const compared = new Set<string>();
  let waitsForAnswer = false;
  const tell = (event: ReleaseEvent) => {
    if (event.event === "stage") waitsForAnswer = false;
    if (event.event === "approval" || (event.event === "waits" && waitsForPerson(event.situation, event.wait)))
      waitsForAnswer = true;
    reported.tell(event);
  };
  const onApproval = async (subject: ApprovalSubject, answered: AbortSignal) => {
    if (approving) return "Approved" as const;
    if (!compared.has(subject.token)) await tellComparison(session, subject, progress.note);
    compared.add(subject.token);
    // The simulated world is given back at the question, so that another terminal can answer it.
    const answer =
      isLocal && terminal.asks
        ? await hold.waiting((changed) => asked(session, AbortSignal.any([answered, changed])))
        : await asked(session, answered);
    if (answer === undefined && isLocal) leaving.abort(new LeftAlone());
    return answer;
  };
  const onWait = async (wait: Wait, situation: Situation) => {
    if (!isLocal || !waitsForPerson(situation, wait)) return;
    // On the simulated clock a person would take no time at all.
    if (terminal.asks) await hold.waiting((changed) => until(AbortSignal.any([changed, stop])));
    else leaving.abort(new LeftAlone());
  };
  try {
    await reported.start();
    const end = await follow(session, executionId, tell, {
      signal,
      onApproval,
      onWait,
      asksAlone: isLocal,
      changing: (work) => hold.changing(work, true),
      refs: session.refs.filter((ref) => !isJob(ref)),
    });
    if (end.ending !== "live") return { ...end, executionId };
    return await hold.changing(async () => {
      const raised = await raiseAll(session, end, tell, signal);
      await enableSchedules(session);
      await keepRunning(session);
      // An event may have come while the tasks started. One that comes later still is found by the next release.
      for (const twin of await stopDuplicates(session, executionId))
        tell({ event: "twin", executionId: twin, at: clock.now() });
      return { ...raised, executionId };
    }, true);
  } catch (error) {
    if (!signal.aborted) throw error;
    const how = waitsForAnswer ? "It is waiting, as shown above." : "It continues by itself.";
    terminal.line(
      `Release ${executionId} is not affected. ${how} To follow it again: ${paste(session.flags, "deploy", "--attach", executionId)}`,
      "result",
    );
    return undefined;
  } finally {
    progress.pause();
    await reported.end();
  }
}

/** Gives each service at zero tasks, which has waited for its first release, its tasks; answers how the release has ended then. */
async function raiseAll(
  { refs: all, terminal, flags }: Session,
  end: Followed,
  tell: (event: ReleaseEvent) => void,
  signal: AbortSignal,
): Promise<Followed> {
  const refs = all.filter((ref) => !isJob(ref));
  const deployed = refs.filter(
    (ref) => end.services === undefined || end.services.some(({ service }) => service === serviceName(ref)),
  );
  // At the same time: each takes as long as its tasks need to start.
  const tellOf = (ref: ServiceRef) => (event: ReleaseEvent) => {
    const isTold = refs.length > 1 && (event.event === "tasks" || event.event === "service");
    tell(isTold ? { ...event, service: serviceName(ref) } : event);
  };
  const raised = await Promise.all(deployed.map(async (ref) => ({ ref, end: await raise(ref, tellOf(ref), signal) })));
  // Windows are created after the first release, since they would start tasks without an image.
  if (raised.some(({ ref, end: after }) => after && Object.keys(ref.stack.scaling.schedule).length > 0)) {
    const setting = raised.some(({ ref }) => ref.stack.schedule) ? "schedule" : "scaling.schedule";
    terminal.line(`${setting} does not apply yet. To set it up: ${paste(flags, "reconcile")}`);
  }
  for (const { ref, end: after } of raised)
    if (after && waitsForMessages(ref))
      terminal.line(
        `${serviceName(ref)} keeps its tasks without messages for now. To set its scaling to zero up: ${paste(flags, "reconcile")}`,
      );
  const services = end.services?.map((own) => {
    const after = raised.find(({ ref }) => serviceName(ref) === own.service)?.end;
    if (!after) return own;
    return { ...own, ending: after.ending === "live" ? ("live" as const) : ("failed" as const), why: after.why };
  });
  const ends = raised.flatMap((one) => one.end ?? []);
  const last = ends.find(({ ending }) => ending !== "live") ?? ends[0] ?? end;
  return { ...last, ...(services ? { services } : {}) };
}

/** Enables the schedules of jobs that have waited for this release, their first one. */
async function enableSchedules({ refs, facts, stack, terminal }: Session): Promise<void> {
  // A stack that sleeps enables them when it wakes.
  if (isAsleep(stack)) return;
  await Promise.all(
    refs.map(async (ref) => {
      if ((await isWaitingJob(ref, facts)) && (await enableSchedule(ref)))
        terminal.line(`The schedule of the job ${serviceName(ref)} is enabled: it has its first image.`);
    }),
  );
}

const isWaitingJob = async (ref: ServiceRef, { released }: Session["facts"]): Promise<boolean> =>
  isJob(ref) && awaitsFirstRelease(ref, released[serviceName(ref)] ?? false);

/** Resolves when the signal is aborted. */
const until = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Keeps the image that runs out of the reach of the repository's lifecycle policy; a release is not failed by it. */
async function keepRunning(session: Session): Promise<void> {
  for (const ref of session.refs) await keepRunningOf(session, ref);
}

/**
 * The same before a release: the image of a job whose first release did not end stays untagged, since that is how the release that
 * continues it knows that it must enable the schedule.
 */
export async function keepRunningBefore(session: Session): Promise<void> {
  for (const ref of session.refs) if (!(await isWaitingJob(ref, session.facts))) await keepRunningOf(session, ref);
}

async function keepRunningOf({ terminal }: Session, ref: ServiceRef): Promise<void> {
  try {
    await markRunning(ref);
  } catch (error) {
    terminal.line(
      `The running image could not be tagged as deployed in repository ${ref.names.repository}, so the lifecycle policy may expire it: ${(error as Error).message}`,
    );
  }
}

/** Stops the duplicates of a release that nobody follows on, and tells how to: the first one leaves the service at zero tasks. */
export async function leave(session: Session, executionId: string): Promise<void> {
  const { terminal, flags, facts } = session;
  // Who follows a release stops duplicates as they come: who does not, those that have come.
  for (const twin of await session.hold.changing(() => stopDuplicates(session, executionId)))
    terminal.line(twinLine(twin));
  terminal.line(`To follow it: ${paste(flags, "deploy", "--attach", executionId)}`);
  if (!isAnyReleased(facts))
    terminal.line(
      `This is the first release: the service stays at zero tasks until that command has followed it to the end, or until you run ${paste(flags, "reconcile")} afterwards.`,
    );
}

/**
 * Asks the person at the terminal; `undefined` where there is none, or where they leave it to another, and `again` where what
 * was asked about has changed meanwhile.
 */
async function asked(
  { terminal, flags }: Session,
  changed: AbortSignal,
): Promise<"Approved" | "Rejected" | "again" | undefined> {
  if (!terminal.asks) {
    terminal.line(
      `Waiting for approval. From any terminal: ${paste(flags, "approve")}, or ${paste(flags, "reject", "--reason", "WHY")}`,
      "result",
    );
    return undefined;
  }
  const answer = await terminal.choose("Deploy this image?", ANSWERS, changed);
  if (changed.aborted) return "again";
  return answer === "Approved" || answer === "Rejected" ? answer : undefined;
}

const ANSWERS = [
  { value: "Approved", label: "Approve" },
  { value: "Rejected", label: "Reject" },
  { value: "later", label: "Decide later" },
] as const;
