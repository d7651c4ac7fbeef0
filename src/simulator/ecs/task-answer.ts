import type { Sim } from "../sim.ts";
import { lowerTagList } from "../tagging.ts";
import { interfaceOf } from "./interfaces.ts";
import { shortName, taskDefinitions, type SimService, type SimTask } from "./records.ts";
import { digestOf, statusOf, type TaskView } from "./standalone.ts";

function statusOfServiceTask({ runningAt, stoppingAt, stoppedAt }: SimTask) {
  if (stoppedAt !== undefined) return "STOPPED";
  if (stoppingAt !== undefined) return "DEACTIVATING";
  return runningAt === undefined ? "PENDING" : "RUNNING";
}

const dates = (times: Readonly<Record<string, number | undefined>>) =>
  Object.fromEntries(
    Object.entries(times).flatMap(([name, at]) => (at === undefined ? [] : [[name, new Date(at)] as const])),
  );

/** What ECS tells of every task. */
function shared(sim: Sim, task: SimTask, cluster: string, lastStatus: string) {
  const { cpu, memory } = taskDefinitions(sim)[task.taskDefinition]?.definition ?? {};
  return {
    taskArn: task.arn,
    clusterArn: sim.arn("ecs", `cluster/${cluster}`),
    taskDefinitionArn: task.taskDefinition,
    startedBy: task.deploymentId,
    lastStatus,
    desiredStatus: task.stoppingAt !== undefined || lastStatus === "STOPPED" ? "STOPPED" : "RUNNING",
    launchType: "FARGATE" as const,
    platformFamily: "Linux",
    cpu,
    memory,
    ...dates({ createdAt: task.createdAt, startedAt: task.runningAt, stoppedAt: task.stoppedAt }),
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode, stoppedReason: task.stoppedReason }),
    attachments: interfaceOf(sim, task).map(({ id, subnetId, privateIp, description }) => ({
      id: shortName(description),
      type: "ElasticNetworkInterface",
      status: "ATTACHED",
      details: Object.entries({ subnetId, networkInterfaceId: id, privateIPv4Address: privateIp }).map(
        ([name, value]) => ({ name, value }),
      ),
    })),
  };
}

function containerAnswer(
  sim: Sim,
  task: SimTask,
  { name, image }: { name?: string | undefined; image?: string | undefined },
  lastStatus: string,
  exitCode: number | undefined,
) {
  const imageDigest = task.runningAt === undefined ? undefined : digestOf(sim, task, name);
  return {
    name,
    image,
    lastStatus,
    networkInterfaces: [{ privateIpv4Address: task.address }],
    ...(imageDigest === undefined ? {} : { imageDigest }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(task.stopCode === "TaskFailedToStart" ? { reason: task.stoppedReason } : {}),
  };
}

/** A task of a service. */
export function answerOfServiceTask(sim: Sim, { cluster, name, settings }: SimService, task: SimTask) {
  const status = statusOfServiceTask(task);
  const containers = taskDefinitions(sim)[task.taskDefinition]?.definition.containerDefinitions ?? [];
  return {
    ...shared(sim, task, cluster, status),
    group: `service:${name}`,
    healthStatus: task.healthyAt === undefined ? ("UNKNOWN" as const) : ("HEALTHY" as const),
    enableExecuteCommand: settings.enableExecuteCommand ?? false,
    containers: containers.map((container, index) =>
      containerAnswer(sim, task, container, status, index > 0 ? undefined : task.exitCode),
    ),
  };
}

/** A task of no service. */
export function answerOfTask(sim: Sim, task: TaskView, include: readonly string[] = []) {
  const status = statusOf(sim, task);
  const { overrides, capacity, cpu, memory, ends } = task;
  const common = shared(sim, task, task.cluster, status);
  // A task that did not start is told of as stopping too, before it has.
  const isStopped = common.desiredStatus === "STOPPED" || task.endedAt !== undefined;
  return {
    ...common,
    cpu,
    memory,
    desiredStatus: isStopped ? "STOPPED" : "RUNNING",
    group: task.group,
    healthStatus: "UNKNOWN" as const,
    ...capacity,
    platformVersion: task.platformVersion,
    enableExecuteCommand: task.exec,
    overrides,
    ...dates({
      stoppingAt: task.stoppingAt,
      executionStoppedAt: task.endedAt,
      pullStartedAt: task.runningAt === undefined ? undefined : task.runningAt - 8_000,
      pullStoppedAt: task.runningAt === undefined ? undefined : task.runningAt - 2_000,
    }),
    ...(include.includes("TAGS") ? { tags: lowerTagList(task.tags) } : {}),
    containers: task.containers.map((container) => {
      const end = ends[container.name ?? ""];
      return containerAnswer(sim, task, container, end ? "STOPPED" : status, end?.code);
    }),
  };
}
