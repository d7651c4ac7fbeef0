import type { RunTaskCommandInput } from "@aws-sdk/client-ecs";
import { securityGroupOf, subnetOf } from "../ec2/records.ts";
import { pulled } from "../ecr/records.ts";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Sim } from "../sim.ts";
import { tagsOfInput } from "../tagging.ts";
import { fateOf, missingImage, resolvedImages } from "./fates.ts";
import { refusedStart } from "./task-roles.ts";
import { placeOf } from "./interfaces.ts";
import { clusterOf, taskDefinitionOf, taskDefinitions, type SimTask } from "./records.ts";

/** A task that no service keeps. */
export interface SimStandaloneTask extends SimTask {
  cluster: string;
  group: string;
  startedBy?: string;
  clientToken?: string;
}

/** Milliseconds until it runs, until a container that exits has, until it has stopped, and for how long ECS tells of it afterwards. */
const START = 25_000;
const EXITS = 5_000;
const STOP = 30_000;
const TOLD = 3_600_000;

const table = (sim: Sim) => sim.table<SimStandaloneTask>("ecs.tasks");

/** A task as it is by now; it follows from its record. */
function now(sim: Sim, task: SimStandaloneTask): SimStandaloneTask {
  const seen = structuredClone(task);
  const fate = seen.fate ?? { end: "good" };
  const startsAt = seen.createdAt + START;
  if (seen.stoppingAt === undefined && seen.stopCode === "TaskFailedToStart")
    seen.stoppedAt = Math.min(sim.now, startsAt);
  else if (startsAt <= sim.now) seen.runningAt = startsAt;
  if (seen.runningAt !== undefined && fate.end === "exits" && seen.runningAt + EXITS <= sim.now) {
    seen.stoppedAt = seen.runningAt + EXITS;
    seen.stopCode = "EssentialContainerExited";
    seen.stoppedReason = "Essential container in task exited";
    seen.exitCode = 1;
  }
  if (seen.stoppingAt !== undefined && seen.stoppingAt + STOP <= sim.now) seen.stoppedAt ??= seen.stoppingAt + STOP;
  return seen;
}

/** The tasks of no service that ECS still tells of. */
export const standaloneTasks = (sim: Sim): SimStandaloneTask[] =>
  Object.values(table(sim))
    .map((task) => now(sim, task))
    .filter(({ stoppedAt = sim.now }) => stoppedAt + TOLD > sim.now);

/** Those of them that have not stopped. */
export const runningTasks = (sim: Sim): SimStandaloneTask[] =>
  standaloneTasks(sim).filter(({ stoppedAt }) => stoppedAt === undefined);

/** Starts tasks (ECS API Reference, RunTask: at most ten, idempotent by client token; failures come with a 200). */
export function startTasks(sim: Sim, input: RunTaskCommandInput): SimStandaloneTask[] {
  const { cluster, taskDefinition, count = 1, networkConfiguration, clientToken, ...rest } = input;
  const known = [
    "launchType",
    "platformVersion",
    "group",
    "startedBy",
    "tags",
    "propagateTags",
    "enableECSManagedTags",
  ];
  onlyKnown("RunTask", rest, ...known);
  const { name } = clusterOf(sim, cluster);
  if (count < 1 || count > 10) refuse("InvalidParameterException", "count should be between 1 and 10.");
  const before = Object.values(table(sim)).filter(
    (task) => clientToken !== undefined && task.clientToken === clientToken,
  );
  if (before.length > 0) return before.map((task) => now(sim, task));
  const revision = taskDefinitionOf(sim, taskDefinition);
  if (!revision.active) refuse("ClientException", "TaskDefinition is inactive");
  const vpc = networkConfiguration?.awsvpcConfiguration;
  if (!vpc)
    refuse(
      "InvalidParameterException",
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
  for (const id of vpc.subnets ?? []) subnetOf(sim, id);
  for (const id of vpc.securityGroups ?? []) securityGroupOf(sim, id);
  tagsOfInput(input.tags, "InvalidParameterException");
  const images = resolvedImages(sim, revision);
  const missing = missingImage(sim, images);
  const refused =
    refusedStart(sim, revision, images) ??
    (missing === undefined ? undefined : `CannotPullContainerError: failed to resolve ref ${missing}: not found`);
  return Array.from({ length: count }, () => {
    const id = sim.world.hex(32);
    const task: SimStandaloneTask = {
      id,
      arn: sim.arn("ecs", `task/${name}/${id}`),
      cluster: name,
      group: input.group ?? `family:${revision.family}`,
      deploymentId: input.startedBy ?? "",
      taskDefinition: revision.arn,
      ...placeOf(sim, networkConfiguration, Object.keys(table(sim)).length),
      createdAt: sim.now,
      images,
      fate: fateOf(sim, revision, images),
      ...(clientToken === undefined ? {} : { clientToken }),
      ...(refused === undefined ? {} : { stopCode: "TaskFailedToStart" as const, stoppedReason: refused }),
    };
    table(sim)[id] = task;
    return now(sim, task);
  });
}

/** Asks a task of no service to stop; `undefined` where there is none of that id. */
export function stopTask(sim: Sim, id: string, reason: string): SimStandaloneTask | undefined {
  const task = table(sim)[id];
  if (!task) return undefined;
  task.stoppingAt ??= sim.now;
  task.stopCode = "UserInitiated";
  task.stoppedReason = reason;
  return now(sim, task);
}

/** The digest that a task's container was pulled by. */
export const digestOf = (sim: Sim, task: SimTask, container: string | undefined): string | undefined =>
  task.images?.[container ?? ""]?.split("@")[1] ??
  pulled(
    sim,
    taskDefinitions(sim)[task.taskDefinition]?.definition.containerDefinitions?.find(({ name }) => name === container)
      ?.image ?? "",
  )?.digest;
