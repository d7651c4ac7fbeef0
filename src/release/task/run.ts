import { RunTaskCommand, StopTaskCommand, type TaskOverride } from "@aws-sdk/client-ecs";
import { absent } from "../../aws/errors.ts";
import { ownerTags, tagListLower } from "../../aws/tags.ts";
import { idIn, serviceName, type ServiceRef } from "../service-ref.ts";
import type { Launch } from "./launch.ts";

/** What is different in a task from what its revision says. */
export interface TaskChanges {
  /** Overrides the image's command; if omitted: the revision's command. */
  readonly command?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** CPU units and MiB of the task. */
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
}

/** Who runs a task, and what tells this run from every other: the same token never starts a second one. */
export interface TaskRun extends TaskChanges {
  readonly by: string;
  /** Random, 32 characters. */
  readonly token: string;
}

/** A task that ECS took, or why it did not: RunTask tells a lack of capacity as a failure, with a status of 200. */
export type Started = { readonly task: string } | { readonly refused: string };

/**
 * Runs a task. After a lost answer the call is sent again with the same token, and ECS answers the task that it made (ECS API Reference,
 * "Ensuring idempotency").
 */
export async function runTask(ref: ServiceRef, launch: Launch, run: TaskRun): Promise<Started> {
  const id = idIn(ref, "compute/task");
  const tags = { Name: `${ref.names.taskFamily}-task`, ...ref.stack.tags, ...ownerTags(ref.aws.owner, id) };
  const { tasks = [], failures = [] } = await ref.aws.ecs(
    new RunTaskCommand({
      ...launch.runs,
      count: 1,
      clientToken: run.token,
      startedBy: startedBy(run.by),
      enableECSManagedTags: true,
      tags: tagListLower(tags),
      overrides: overridesOf(launch, run),
    }),
  );
  const [task] = tasks;
  if (task?.taskArn !== undefined) return { task: task.taskArn };
  const [{ reason = "ECS gave no reason", detail } = {}] = failures;
  return { refused: detail === undefined ? reason : `${reason}: ${detail}` };
}

/** ECS's own reference says 128 characters, earlier editions and other tools 36: letters, numbers, hyphens, slashes, underscores. */
const startedBy = (by: string): string => `fairlead/${by.replaceAll(/[^\w/-]+/g, "-")}`.slice(0, 36);

function overridesOf({ container }: Launch, { command, variables = {}, cpu, memory }: TaskChanges): TaskOverride {
  const environment = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const own = {
    ...(command === undefined ? {} : { command: [...command] }),
    ...(environment.length === 0 ? {} : { environment }),
  };
  return {
    ...(Object.keys(own).length === 0 ? {} : { containerOverrides: [{ name: container, ...own }] }),
    ...(cpu === undefined ? {} : { cpu: String(cpu) }),
    ...(memory === undefined ? {} : { memory: String(memory) }),
  };
}

/** Asks a task to stop; one that has gone meanwhile is left as it is. */
export async function stopTask(
  { aws, names: { cluster }, ...ref }: ServiceRef,
  task: string,
  by: string,
): Promise<void> {
  const reason = `Stopped by ${by} with fairlead (${serviceName(ref)}).`;
  // ECS says "The referenced task was not found." with this code.
  await absent(aws.ecs(new StopTaskCommand({ cluster, task, reason })), "InvalidParameterException");
}
