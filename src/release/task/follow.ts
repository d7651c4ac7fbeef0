import { DescribeTasksCommand, type Task } from "@aws-sdk/client-ecs";
import { StreamReader } from "../logs.ts";
import type { ServiceRef } from "../service-ref.ts";
import type { LogPlace } from "./launch.ts";

/** What happens while a task is followed; times are milliseconds since the epoch. */
export type TaskEvent =
  | { readonly event: "status"; readonly status: string; readonly at: number }
  | { readonly event: "log"; readonly text: string; readonly at: number };

/** How a task ended. */
export interface TaskEnd {
  /** Of its main container; if omitted: it never ran, or ECS no longer reports the task. */
  readonly exitCode?: number;
  /** The last known task; omitted if ECS returned none. */
  readonly task?: Task;
  /** It was stopped because its time was up. */
  readonly isLate?: true;
}

/** A task was followed for as long as it may take; it goes on. */
export class TimeIsUp extends Error {
  override readonly name = "TimeIsUp";
}

/** A task that is in progress. */
export interface Followed {
  /** Its ARN. */
  readonly task: string;
  readonly container: string;
  readonly log: LogPlace | undefined;
  /** When it has taken as long as it may, in milliseconds since the epoch. */
  readonly until?: number;
}

/** Milliseconds between two looks, for the first minute and afterwards. */
const PAUSE = 2_000;
const LATER = 5_000;
const FIRST = 60_000;
/**
 * For how long a task that was just started may be unknown (botocore ecs, RunTask: "the result of an API command you run that affects your
 * Amazon ECS resources might not be immediately visible to all subsequent commands you run").
 */
const UNSEEN = 60_000;
/** Looks at the log after the container has ended, until two in a row find nothing. */
const LAST_LOOKS = 5;

/** Follows a task until its main container has ended, or throws `TimeIsUp`. Rejects with the signal's reason where that is aborted; the task goes on then. */
export async function followTask(
  ref: ServiceRef,
  { task: arn, container, log, until = Number.POSITIVE_INFINITY }: Followed,
  tell: (event: TaskEvent) => void,
  signal: AbortSignal,
): Promise<TaskEnd> {
  const { aws, clock, names } = ref;
  const id = arn.slice(arn.lastIndexOf("/") + 1);
  const reader = log && new StreamReader(ref, log.group, `${log.start}${id}`);
  const read = async (): Promise<number> => {
    const lines = (await reader?.next()) ?? [];
    for (const { at, text } of lines) tell({ event: "log", text, at });
    return lines.length;
  };
  const readToEnd = async () => {
    for (let look = 0, quiet = 0; look < LAST_LOOKS && quiet < 2; look++) {
      await clock.sleep(PAUSE, signal);
      quiet = (await read()) === 0 ? quiet + 1 : 0;
    }
  };
  const startedAt = clock.now();
  let status = "";
  let last: Task | undefined;
  for (;;) {
    const { tasks = [] } = await aws.ecs(new DescribeTasksCommand({ cluster: names.cluster, tasks: [arn] }));
    const [now] = tasks;
    if (!now && (last || clock.now() - startedAt > UNSEEN)) return last ? { task: last } : {};
    last = now ?? last;
    if (now?.lastStatus !== undefined && now.lastStatus !== status) {
      status = now.lastStatus;
      tell({ event: "status", status, at: clock.now() });
    }
    if (now?.startedAt) await read();
    const exitCode = now?.containers?.find(({ name }) => name === container)?.exitCode;
    if (now && (exitCode !== undefined || now.lastStatus === "STOPPED")) {
      if (exitCode !== undefined) await readToEnd();
      return { task: now, ...(exitCode === undefined ? {} : { exitCode }) };
    }
    if (clock.now() >= until) throw new TimeIsUp();
    await clock.sleep(clock.now() - startedAt < FIRST ? PAUSE : LATER, signal);
  }
}
