import type { ContainerDefinition, RunTaskCommandInput, TaskOverride } from "@aws-sdk/client-ecs";
import { pulled } from "../ecr/records.ts";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { outcomeOf, type CommandOutcome } from "./commands.ts";
import { fateOf, missingImage, resolvedImages } from "./fates.ts";
import { placeOf } from "./interfaces.ts";
import { clusterOf, taskDefinitions, type SimTask, type SimTaskDefinition } from "./records.ts";
import { checkRun, type Placement } from "./run-task.ts";
import { refusedStart } from "./task-roles.ts";

/** A task without a service: the request, and the results of its containers once they run. */
export interface SimStandaloneTask extends SimTask {
  cluster: string;
  group: string;
  capacity: Placement["capacity"];
  platformVersion: string;
  overrides: TaskOverride;
  /** As they were when it was made: its revision may be deleted while it runs. */
  containers: ContainerDefinition[];
  cpu: string | undefined;
  memory: string | undefined;
  exec: boolean;
  tags: SimTags;
  outcomes: Record<string, CommandOutcome>;
  /** The request that created it, to recognize repeats with the same token. */
  token?: string;
  request?: string;
  /** Before that nothing tells of it. */
  visibleAt: number;
}

/** Such a task at a moment: what follows from its record. */
export interface TaskView extends SimStandaloneTask {
  /** When the last of its containers ended. */
  endedAt?: number;
  /** The containers that have ended, with when, and with which code: none where it never started. */
  ends: Record<string, { at: number; code: number }>;
}

/** Milliseconds until it is placed, until it runs, and from its containers' end until its network interface is gone and it has stopped. */
const PLACED = 8_000;
const START = 25_000;
const DETACH = 15_000;
/** "Currently, stopped tasks appear in the returned results for at least one hour" (botocore ecs, DescribeTasks). */
const TOLD = 3_600_000;
/** How long a token counts: 24 hours, or the task's life and an hour, whichever is less (ECS API Reference, "Ensuring idempotency"). */
const TOKEN = 86_400_000;

const table = (sim: Sim) => sim.table<SimStandaloneTask>("ecs.tasks");
/** Those that have stopped: they are told of, and hold nothing. */
const former = (sim: Sim) => sim.table<SimStandaloneTask>("~ecs.tasks");

/** What RunTask answers instead of starting a task, the next so many times: what a test of a lack of capacity writes. */
export const placementFailures = (sim: Sim) => sim.global<{ reason: string; times: number }>("~ecs.placement");

/** The containers of a task, with what it overrides. */
const overridden = (
  revision: SimTaskDefinition | undefined,
  { containerOverrides = [] }: TaskOverride,
): ContainerDefinition[] =>
  (revision?.definition.containerDefinitions ?? []).map((container) => {
    const { command, environment = [] } = containerOverrides.find(({ name }) => name === container.name) ?? {};
    const names = environment.map(({ name }) => name);
    const kept = (container.environment ?? []).filter(({ name }) => !names.includes(name));
    return { ...container, ...(command ? { command } : {}), environment: [...kept, ...environment] };
  });

/** A task as it is by now. */
function now(sim: Sim, task: SimStandaloneTask): TaskView {
  const view: TaskView = { ...structuredClone(task), ends: {} };
  const startsAt = view.createdAt + START;
  const { stoppingAt: stopAt = Number.POSITIVE_INFINITY } = view;
  const neverStarts = view.stopCode === "TaskFailedToStart" || stopAt <= startsAt;
  if (neverStarts) {
    view.endedAt = Math.min(stopAt, startsAt);
    if (stopAt < startsAt) Object.assign(view, USER, { stoppedReason: view.stopReason });
  } else if (startsAt <= sim.now) {
    view.runningAt = startsAt;
    const { containers } = view;
    const endsAt = ({ name = "" }: ContainerDefinition) => {
      const outcome = view.outcomes[name];
      return outcome && "exit" in outcome && outcome.exit !== "never" ? startsAt + outcome.after : Infinity;
    };
    const essential = containers.filter((container) => container.essential !== false);
    const byItself = Math.min(...essential.map(endsAt));
    const asked = Math.min(byItself, stopAt);
    for (const container of containers) {
      const { name = "", linuxParameters, stopTimeout = TIMING.taskStop } = container;
      const own = endsAt(container);
      const outcome = view.outcomes[name];
      // A process with number 1 does not end by SIGTERM unless it wants to (`docker run --init`; kill(2)): it is killed once its time is up.
      const grace = linuxParameters?.initProcessEnabled
        ? { at: asked + 1_000, code: 143 }
        : { at: asked + stopTimeout * 1_000, code: 137 };
      const isOwn = own <= asked && outcome && "exit" in outcome && outcome.exit !== "never";
      const end = isOwn ? { at: own, code: outcome.exit } : grace;
      if (end.at <= sim.now) view.ends[name] = end;
    }
    const all = containers.every(({ name = "" }) => name in view.ends);
    if (all) view.endedAt = Math.max(...Object.values(view.ends).map(({ at }) => at));
    if (asked <= sim.now) {
      view.stoppingAt = asked;
      if (byItself <= stopAt) Object.assign(view, EXITED);
      else Object.assign(view, USER, { stoppedReason: view.stopReason });
    } else delete view.stoppingAt;
  }
  const { endedAt = Infinity } = view;
  if (endedAt > sim.now) delete view.endedAt;
  if (endedAt + DETACH <= sim.now) view.stoppedAt = endedAt + DETACH;
  if (view.endedAt === undefined && view.stopCode === "TaskFailedToStart") {
    delete view.stopCode;
    delete view.stoppedReason;
  }
  return view;
}

const USER = { stopCode: "UserInitiated" } as const;
const EXITED = { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" } as const;

/** What ECS tells of its state (ECS developer guide, "Amazon ECS task lifecycle"). */
export function statusOf(sim: Sim, { createdAt, runningAt, stoppingAt, endedAt, stoppedAt }: TaskView): string {
  if (stoppedAt !== undefined) return "STOPPED";
  if (endedAt !== undefined) return "DEPROVISIONING";
  if (stoppingAt !== undefined) return "STOPPING";
  if (runningAt !== undefined) return "RUNNING";
  return createdAt + PLACED <= sim.now ? "PENDING" : "PROVISIONING";
}

/** The tasks of no service that ECS still tells of. */
export const standaloneTasks = (sim: Sim): TaskView[] =>
  [...Object.values(table(sim)), ...Object.values(former(sim))]
    .filter(({ visibleAt }) => visibleAt <= sim.now)
    .map((task) => now(sim, task))
    .filter(({ stoppedAt = sim.now }) => stoppedAt + TOLD > sim.now);

/** Those of them that have not stopped, seen or not. */
export const runningTasks = (sim: Sim): TaskView[] =>
  Object.values(table(sim))
    .map((task) => now(sim, task))
    .filter(({ stoppedAt }) => stoppedAt === undefined);

/** Puts tasks that have stopped with those that hold nothing any more, and forgets those that nothing tells of. */
export function sweepTasks(sim: Sim): void {
  for (const [id, task] of Object.entries(table(sim))) {
    if (now(sim, task).stoppedAt === undefined) continue;
    former(sim)[id] = task;
    delete table(sim)[id];
  }
  for (const [id, task] of Object.entries(former(sim)))
    if ((now(sim, task).stoppedAt ?? 0) + TOLD <= sim.now) delete former(sim)[id];
}

/** Starts tasks, or returns those of an earlier request that this one repeats. */
export function startTasks(
  sim: Sim,
  input: RunTaskCommandInput,
): { tasks: TaskView[]; failures: { reason: string }[] } {
  const cluster = clusterOf(sim, input.cluster);
  const { clientToken: token, ...said } = input;
  const request = JSON.stringify(Object.entries(said).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const before = repeated(sim, cluster.name, token);
  if (before.length > 0) {
    if (before.every((task) => task.request === request)) return { tasks: before, failures: [] };
    const arns = before.map(({ arn }) => arn).join(", ");
    return refuse("ConflictException", `The client token is already in use with a different RunTask request: ${arns}`);
  }
  const placement = checkRun(sim, input, cluster);
  const shortage = Object.values(placementFailures(sim)).find(({ times }) => times > 0);
  if (shortage) {
    shortage.times--;
    return { tasks: [], failures: [{ reason: shortage.reason }] };
  }
  const made = Array.from({ length: input.count ?? 1 }, () => started(sim, input, cluster.name, placement));
  for (const task of made) {
    if (token !== undefined) Object.assign(task, { token, request });
    table(sim)[task.id] = task;
  }
  return { tasks: made.map((task) => now(sim, task)), failures: [] };
}

const repeated = (sim: Sim, cluster: string, token: string | undefined): TaskView[] =>
  [...Object.values(table(sim)), ...Object.values(former(sim))]
    .filter((task) => token !== undefined && task.token === token && task.cluster === cluster)
    .map((task) => now(sim, task))
    .filter(({ createdAt, stoppedAt = sim.now }) => sim.now < Math.min(createdAt + TOKEN, stoppedAt + TOLD));

function started(sim: Sim, input: RunTaskCommandInput, cluster: string, placement: Placement): SimStandaloneTask {
  const { revision, capacity, tags } = placement;
  const { overrides = {} } = input;
  const id = sim.world.hex(32);
  const images = resolvedImages(sim, revision);
  const task: SimStandaloneTask = {
    id,
    arn: sim.arn("ecs", `task/${cluster}/${id}`),
    cluster,
    group: input.group ?? `family:${revision.family}`,
    deploymentId: input.startedBy ?? "",
    taskDefinition: revision.arn,
    ...placeOf(sim, input.networkConfiguration, Object.keys(table(sim)).length),
    createdAt: sim.now,
    visibleAt: sim.now + Math.floor(sim.world.random() * TIMING.listLag * 1_000),
    images,
    capacity,
    platformVersion: input.platformVersion ?? "LATEST",
    overrides,
    containers: overridden(revision, overrides),
    cpu: overrides.cpu ?? revision.definition.cpu,
    memory: overrides.memory ?? revision.definition.memory,
    exec: input.enableExecuteCommand ?? false,
    tags,
    outcomes: outcomesOf(sim, revision, images, overrides),
  };
  const refused = refusedTask(sim, revision, task);
  return refused === undefined ? task : { ...task, stopCode: "TaskFailedToStart", stoppedReason: refused };
}

/** What each container comes to: one that is given a command, and the first essential one; the others run until they are stopped. */
function outcomesOf(
  sim: Sim,
  revision: SimTaskDefinition,
  images: Readonly<Record<string, string>>,
  overrides: TaskOverride,
): Record<string, CommandOutcome> {
  const given = overrides.containerOverrides?.filter(({ command }) => command?.length).map(({ name }) => name) ?? [];
  const containers = overridden(revision, overrides);
  const first = containers.find(({ essential }) => essential !== false)?.name;
  const fate = given.length === 0 ? fateOf(sim, revision, images) : undefined;
  return Object.fromEntries(
    containers.map(({ name = "", image = "", ...container }): [string, CommandOutcome] => {
      if (fate?.end === "exits" && fate.container === name)
        return [name, { exit: 1, after: 5_000, lines: [`Error: ${fate.words}`] }];
      const contents = pulled(sim, images[name] ?? image)?.contents;
      return name === first || given.includes(name)
        ? [name, contents ? outcomeOf(sim, { name, image, ...container }, contents) : { exit: "never", lines: [] }]
        : [name, { exit: "never", lines: [] }];
    }),
  );
}

/** Why a task does not start, in ECS's words (jenkinsci/amazon-ecs-plugin#258 has those of a program that is not there). */
function refusedTask(sim: Sim, revision: SimTaskDefinition, task: SimStandaloneTask): string | undefined {
  const { images = {}, overrides, outcomes } = task;
  const { executionRoleArn = revision.definition.executionRoleArn, taskRoleArn = revision.definition.taskRoleArn } =
    overrides;
  const definition = { ...revision.definition, executionRoleArn, taskRoleArn };
  const refused = refusedStart(sim, { ...revision, definition }, images, task);
  if (refused !== undefined) return refused;
  const image = missingImage(sim, images);
  if (image !== undefined)
    return `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`;
  for (const outcome of Object.values(outcomes))
    if ("missing" in outcome)
      return (
        "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: " +
        `OCI runtime create failed: runc create failed: unable to start container process: exec: "${outcome.missing}": executable file not found in $PATH: unknown`
      );
  return undefined;
}

/** Stops a task without a service; `undefined` if there is none with that id. "Any tags associated with the task will be deleted." */
export function stopTask(sim: Sim, id: string, reason: string): TaskView | undefined {
  const task = table(sim)[id];
  const ended = former(sim)[id];
  if (!task) return ended && now(sim, ended);
  const view = now(sim, task);
  if (view.endedAt === undefined && task.stoppingAt === undefined) {
    task.stoppingAt = sim.now;
    task.stopReason = reason;
  }
  task.tags = {};
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
