import { fargateCpus, memorySizes, memorySizesInWords } from "../../config/fargate.ts";
import type { TaskChanges } from "../../release/task/run.ts";
import { isJob, serviceName, type ServiceRef } from "../../release/service-ref.ts";
import { UsageError, type Exit } from "../exit.ts";
import { demandAwake } from "../activity.ts";
import { paste } from "../paste.ts";
import { runToEnd, type RunningFlags } from "../running-task.ts";
import { refFor } from "../services.ts";
import { inChangingSession } from "../session.ts";
import type { CommonFlags, CliContext } from "../context.ts";

/** What a task may be given in the place of what its revision says. */
export interface TaskFlags extends CommonFlags, RunningFlags {
  /** `NAME=VALUE`, each. */
  readonly variable?: readonly string[];
  readonly cpu?: number;
  readonly memory?: number;
}

/** Runs a command in a service's image, network and role, and ends with its exit code. */
export const task = (
  service: string,
  command: readonly string[],
  flags: TaskFlags,
  context: CliContext,
): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "task" }, async (session) => {
    demandAwake(session, "No task was started.");
    const ref = refFor(session, { service }, "task");
    if (command.length === 0 && flags.attach === undefined)
      throw new UsageError(
        `No command given. Put it after two hyphens, such as ${paste(flags, "task", service)} -- npm run migrate. No task was started.`,
      );
    const changes = { ...(command.length === 0 ? {} : { command }), ...changesOf(flags, ref) };
    return runToEnd(session, ref, { command: "task", words: [service] }, changes, flags);
  });

/** Runs a job now. */
export const jobRun = (name: string, flags: TaskFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "job run" }, async (session) => {
    demandAwake(session, "No task was started.");
    const ref = refFor(session, { service: name }, "job");
    if (!isJob(ref)) {
      const jobs = session.refs.filter(isJob).map(serviceName);
      const there = jobs.length === 0 ? "The stack has no jobs." : `Jobs of the stack: ${jobs.join(", ")}.`;
      throw new UsageError(`${name} is not a job. ${there} No task was started.`);
    }
    return runToEnd(session, ref, { command: "job", words: ["run", name] }, changesOf(flags, ref), flags);
  });

function changesOf({ variable = [], cpu, memory }: TaskFlags, { stack }: ServiceRef): TaskChanges {
  const variables = variable.map((text): [string, string] => {
    const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === "") throw new UsageError(`--variable expects NAME=VALUE, not ${text}. No task was started.`);
    return [name, value];
  });
  const units = fargateCpus.find((one) => one === (cpu ?? stack.container.cpu));
  if (cpu !== undefined && units === undefined)
    throw new UsageError(`--cpu must be one of ${fargateCpus.join(", ")}, not ${cpu}. No task was started.`);
  const size = memory ?? stack.container.memory;
  if (units !== undefined && (cpu ?? memory) !== undefined && !memorySizes(units).includes(size))
    throw new UsageError(
      `Fargate supports ${memorySizesInWords(units)} MiB of memory with ${units} CPU units, not ${size}: set --memory too. No task was started.`,
    );
  return { variables: Object.fromEntries(variables), cpu, memory };
}
