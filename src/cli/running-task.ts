import { answerLine, type Answer } from "./answers/answer.ts";
import { causeOf } from "../release/task/cause.ts";
import { followTask, TimeIsUp, type Followed, type TaskEnd, type TaskEvent } from "../release/task/follow.ts";
import { launchOf, NothingToRun, type Launch } from "../release/task/launch.ts";
import { runTask, stopTask, type TaskChanges } from "../release/task/run.ts";
import type { Finding } from "../release/finding.ts";
import { serviceName, type ServiceRef } from "../release/service-ref.ts";
import { whoAmI } from "../../state/holder.ts";
import { awsCommand } from "../aws/command-line.ts";
import { EXIT, exitOfContainer, RunError, type Exit } from "./exit.ts";
import { leaves } from "./following.ts";
import { paste } from "./paste.ts";
import { printFinding, withCommands } from "./release-text.ts";
import { headline } from "./headline.ts";
import { effortOf, identityOf, type Session } from "./session.ts";
import { paint } from "./terminal.ts";
import { duration } from "./words.ts";

/** What commands that run a task have in common. */
export interface RunningFlags {
  /** Return once the task has been started: either of the two flags. */
  readonly wait?: boolean;
  readonly detach?: boolean;
  /** Follow a task that runs already: its id or ARN. */
  readonly attach?: string;
  /** Milliseconds after which the task is stopped. */
  readonly timeout?: number;
}

/** How a command is called again for the same service: `task`, `web`. */
export interface Called {
  readonly command: string;
  readonly words: readonly string[];
}

/** Runs a task of a service, or follows one, to the exit code of its container. */
export async function runToEnd(
  session: Session,
  ref: ServiceRef,
  called: Called,
  changes: TaskChanges,
  flags: RunningFlags,
): Promise<Exit> {
  const { terminal, clock, hex } = session;
  terminal.line(`${headline(session)}:`);
  const launch = await launchFor(session, ref);
  const startedAt = clock.now();
  if (flags.attach !== undefined) {
    const arn = `arn:${ref.aws.partition}:ecs:${ref.aws.region}:${ref.aws.account}:task/${ref.names.cluster}/${idOf(flags.attach)}`;
    return watched(session, ref, called, launch, arn, flags, startedAt);
  }
  const started = await runTask(ref, launch, { ...changes, by: whoAmI(), token: hex(32) });
  if ("refused" in started) {
    terminal.line(`ECS did not start a task of ${launch.revision}: ${started.refused}`, "failure");
    return told(session, { finding: await causeOf(ref, launch, started) });
  }
  const { task } = started;
  const what = changes.command === undefined ? "" : `: ${changes.command.join(" ")}`;
  terminal.line(`Task ${idOf(task)} of revision ${launch.revision}${what}`);
  event(session, { event: "started", task, revision: launch.revision, at: clock.now() });
  if (!leaves(flags)) return watched(session, ref, called, launch, task, flags, startedAt);
  terminal.line(`It keeps running. ${goingOn(session, ref, called, task)}`);
  if (!session.flags.json) terminal.answer(idOf(task));
  return EXIT.done;
}

const idOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

async function launchFor(session: Session, ref: ServiceRef): Promise<Launch> {
  try {
    const launch = await launchOf(ref);
    const name = serviceName(ref);
    if (session.facts.released[name] === false)
      throw new RunError(
        `${name} has not been released, so there is no image to run. No task was started. To deploy it: ${paste(session.flags, "deploy")}`,
      );
    return launch;
  } catch (error) {
    if (error instanceof NothingToRun) throw new RunError(`No task was started. ${error.message}`, { cause: error });
    throw error;
  }
}

async function watched(
  session: Session,
  ref: ServiceRef,
  called: Called,
  launch: Launch,
  task: string,
  flags: RunningFlags,
  startedAt: number,
): Promise<Exit> {
  const { terminal, clock } = session;
  const { container, log } = launch;
  if (!log)
    terminal.line(`The container ${container} does not write to CloudWatch Logs, so its lines cannot be shown here.`);
  const end = await followed(session, ref, called, { task, container, log }, flags, startedAt);
  if (!end) return EXIT.failed;
  const { exitCode } = end;
  if (exitCode === undefined) {
    const isStopped = end.task?.stopCode === "UserInitiated";
    const why = end.task?.stoppedReason ?? "ECS no longer reports it; it keeps stopped tasks for about an hour";
    terminal.line(`Task ${idOf(task)} ended without an exit code: ${why}`, "failure");
    const finding = end.task && !isStopped ? await causeOf(ref, launch, { task: end.task }) : undefined;
    return told(session, { task, end, ...(finding ? { finding } : {}) });
  }
  const code = exitCode === 0 ? paint.green("exit code 0") : paint.red(`exit code ${exitCode}`);
  const failure = exitCode === 0 ? undefined : "failure";
  terminal.line(`The container ${container} ended with ${code} after ${duration(clock.now() - startedAt)}.`, failure);
  const { stopCode, stoppedReason = "" } = end.task ?? {};
  if (stopCode !== undefined && stopCode !== "EssentialContainerExited") terminal.line(stoppedReason, "failure");
  const killed = end.task?.containers?.some(({ reason = "" }) => reason.includes("OutOfMemory"));
  const finding = killed && end.task ? await causeOf(ref, launch, { task: end.task }) : undefined;
  return told(session, { task, end, ...(finding ? { finding } : {}) });
}

/** Follows a task, through an interrupt and a time that is up; `undefined` where it is left to itself. */
async function followed(
  session: Session,
  ref: ServiceRef,
  called: Called,
  running: Followed,
  { timeout }: RunningFlags,
  startedAt: number,
): Promise<TaskEnd | undefined> {
  const { terminal, stop } = session;
  const tell = teller(session, startedAt);
  let isLate = false;
  try {
    const until = timeout === undefined ? {} : { until: startedAt + timeout };
    return await followTask(ref, { ...running, ...until }, tell, stop);
  } catch (error) {
    isLate = error instanceof TimeIsUp;
    if (!isLate && !stop.aborted) throw error;
  }
  const id = idOf(running.task);
  if (isLate)
    terminal.line(`Task ${id} has reached its --timeout of ${duration(timeout ?? 0)}. Stopping it.`, "failure");
  else if (!(await toStop(session, id))) {
    terminal.line(`Task ${id} keeps running. ${goingOn(session, ref, called, running.task)}`);
    return undefined;
  }
  await stopTask(ref, running.task, whoAmI());
  const end = await followTask(ref, running, tell, new AbortController().signal);
  return isLate ? { ...end, isLate } : end;
}

/** Whether the person wants the task stopped. Where there is nobody to ask, it goes on: half of a migration is worse than one unwatched. */
async function toStop({ terminal }: Session, id: string): Promise<boolean> {
  if (!terminal.asks) return false;
  const choices = [
    { value: "leave", label: "Leave it running" },
    { value: "stop", label: "Stop it" },
  ];
  return (await terminal.choose(`Task ${id} is still running.`, choices, new AbortController().signal)) === "stop";
}

function goingOn(
  { flags, aws }: Session,
  { names: { cluster } }: ServiceRef,
  { command, words }: Called,
  task: string,
) {
  const stop = awsCommand(["ecs", "stop-task", "--cluster", cluster, "--task", idOf(task)], aws);
  return `To follow it: ${paste(flags, command, ...words, "--attach", idOf(task))}. To stop it: ${stop}`;
}

/** Tells the events: the container's lines as they are, what becomes of the task in between. */
function teller(session: Session, startedAt: number): (one: TaskEvent) => void {
  const { terminal } = session;
  return (one) => {
    event(session, one);
    if (one.event === "log") terminal.line(one.text, "output");
    else
      terminal.line(
        paint.dim(`${duration(Math.max(0, one.at - startedAt)).padStart(12)}  ${one.status.toLowerCase()}`),
      );
  };
}

type AtNumber<One> = One extends { readonly at: string } ? Omit<One, "at"> & { readonly at: number } : never;
type Told = AtNumber<Answer<"taskEvent">>;

/** For programs: one JSON object a line. */
function event({ flags, terminal }: Session, one: Told) {
  if (flags.json) answerLine(terminal, "taskEvent", { ...one, at: new Date(one.at).toISOString() });
}

function told(
  session: Session,
  { task, end, ...why }: { readonly task?: string; readonly end?: TaskEnd; readonly finding?: Finding },
): Exit {
  const { terminal, clock, flags } = session;
  const finding = why.finding && withCommands(why.finding, flags);
  if (finding) printFinding(terminal, finding);
  const { exitCode, isLate = false, task: seen } = end ?? {};
  event(session, {
    event: "ended",
    at: clock.now(),
    ...identityOf(session),
    task: task ?? null,
    exitCode: exitCode ?? null,
    stopCode: seen?.stopCode ?? null,
    stoppedReason: seen?.stoppedReason ?? null,
    isLate,
    finding: finding ?? null,
    ...effortOf(session),
  });
  return exitCode === undefined || isLate ? EXIT.failed : exitOfContainer(exitCode);
}
