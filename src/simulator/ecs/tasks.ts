import type {
  DescribeTasksCommandInput,
  DescribeTasksCommandOutput,
  ListTasksCommandInput,
  ListTasksCommandOutput,
  RunTaskCommandInput,
  RunTaskCommandOutput,
  StopTaskCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-ecs";
import { refuse } from "../errors.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, withoutTags, withTags, type SimTags } from "../tagging.ts";
import { clusterOf, clusters, services, shortName, taskDefinitions, type SimService, type SimTask } from "./records.ts";
import { interfaceOf } from "./interfaces.ts";
import { advance, present } from "./rollout.ts";
import { digestOf, standaloneTasks, startTasks, stopTask } from "./standalone.ts";

function lastStatus({ runningAt, stoppingAt, stoppedAt }: SimTask) {
  if (stoppedAt !== undefined) return "STOPPED";
  if (stoppingAt !== undefined) return "DEACTIVATING";
  return runningAt === undefined ? "PENDING" : "RUNNING";
}

/** What a task belongs to. */
interface Belongs {
  readonly cluster: string;
  readonly group: string;
  readonly exec?: boolean | undefined;
}

const ofService = ({ cluster, name, settings }: SimService): Belongs => ({
  cluster,
  group: `service:${name}`,
  exec: settings.enableExecuteCommand,
});

function answerOf(sim: Sim, { cluster, group, exec = false }: Belongs, task: SimTask) {
  const containers = taskDefinitions(sim)[task.taskDefinition]?.definition.containerDefinitions ?? [];
  const status = lastStatus(task);
  return {
    taskArn: task.arn,
    clusterArn: sim.arn("ecs", `cluster/${cluster}`),
    taskDefinitionArn: task.taskDefinition,
    group,
    startedBy: task.deploymentId,
    lastStatus: status,
    desiredStatus: task.stoppingAt !== undefined || status === "STOPPED" ? "STOPPED" : "RUNNING",
    healthStatus: task.healthyAt === undefined ? ("UNKNOWN" as const) : ("HEALTHY" as const),
    launchType: "FARGATE" as const,
    createdAt: new Date(task.createdAt),
    enableExecuteCommand: exec,
    ...(task.runningAt === undefined ? {} : { startedAt: new Date(task.runningAt) }),
    ...(task.stoppedAt === undefined ? {} : { stoppedAt: new Date(task.stoppedAt) }),
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode, stoppedReason: task.stoppedReason }),
    attachments: interfaceOf(sim, task).map(({ id, subnetId, privateIp, description }) => ({
      id: shortName(description),
      type: "ElasticNetworkInterface",
      status: "ATTACHED",
      details: Object.entries({ subnetId, networkInterfaceId: id, privateIPv4Address: privateIp }).map(
        ([name, value]) => ({ name, value }),
      ),
    })),
    containers: containers.map(({ name, image }, index) => {
      const imageDigest = task.runningAt === undefined ? undefined : digestOf(sim, task, name);
      return {
        name,
        image,
        lastStatus: status,
        networkInterfaces: [{ privateIpv4Address: task.address }],
        ...(imageDigest === undefined ? {} : { imageDigest }),
        ...(task.exitCode === undefined || index > 0 ? {} : { exitCode: task.exitCode }),
        ...(task.stopCode === "TaskFailedToStart" ? { reason: task.stoppedReason } : {}),
      };
    }),
  };
}

/** The tasks of a cluster, each with its answer. */
function tasksIn(sim: Sim, cluster: string | undefined, serviceName?: string) {
  const { name } = clusterOf(sim, cluster);
  const kept = servicesIn(sim, cluster)
    .filter((service) => serviceName === undefined || shortName(serviceName) === service.name)
    .flatMap((service) => {
      const now = present(sim, service);
      return now.tasks.map((task) => ({ id: task.id, answer: answerOf(sim, ofService(now), task) }));
    });
  const others = serviceName === undefined ? standaloneTasks(sim).filter((task) => task.cluster === name) : [];
  return [...kept, ...others.map((task) => ({ id: task.id, answer: answerOf(sim, task, task) }))];
}

const servicesIn = (sim: Sim, cluster: string | undefined) => {
  const { name } = clusterOf(sim, cluster);
  return Object.values(services(sim)).filter((service) => service.cluster === name);
};

function recordOf(sim: Sim, arn = ""): { tags: SimTags } {
  if (arn.includes(":task-definition/")) return taskDefinitions(sim)[arn] ?? notFound();
  const all: { arn: string; tags: SimTags }[] = [...Object.values(services(sim)), ...Object.values(clusters(sim))];
  return all.find((record) => record.arn === arn) ?? notFound();
}

const notFound = () => refuse("InvalidParameterException", "The specified resource was not found.");

/** The tasks of services, and the tags of everything. */
export const taskOperations = {
  ListTasks(input: ListTasksCommandInput, sim): Answer<ListTasksCommandOutput> {
    const wanted = input.desiredStatus ?? "RUNNING";
    const found = tasksIn(sim, input.cluster, input.serviceName).filter(
      ({ answer }) =>
        answer.desiredStatus === wanted &&
        (input.family === undefined || shortName(answer.taskDefinitionArn).split(":")[0] === input.family) &&
        (input.startedBy === undefined || answer.startedBy === input.startedBy),
    );
    return { taskArns: found.map(({ answer }) => answer.taskArn).toReversed() };
  },

  DescribeTasks(input: DescribeTasksCommandInput, sim): Answer<DescribeTasksCommandOutput> {
    const all = tasksIn(sim, input.cluster);
    const asked = (input.tasks ?? []).map((arn) => ({ arn, found: all.find(({ id }) => id === shortName(arn)) }));
    return {
      tasks: asked.flatMap(({ found }) => (found ? [found.answer] : [])),
      failures: asked.filter(({ found }) => !found).map(({ arn }) => ({ arn, reason: "MISSING" })),
    };
  },

  RunTask(input: RunTaskCommandInput, sim): Answer<RunTaskCommandOutput> {
    return { tasks: startTasks(sim, input).map((task) => answerOf(sim, task, task)), failures: [] };
  },

  StopTask(input: StopTaskCommandInput, sim) {
    const reason = input.reason ?? "Task stopped by user";
    for (const record of servicesIn(sim, input.cluster)) {
      const service = advance(sim, record);
      const task = service.tasks.find(({ id }) => id === shortName(input.task));
      if (!task) continue;
      task.stoppingAt ??= sim.now;
      task.stopCode = "UserInitiated";
      task.stoppedReason = reason;
      return { task: answerOf(sim, ofService(service), task) };
    }
    const stopped = stopTask(sim, shortName(input.task), reason);
    if (stopped) return { task: answerOf(sim, stopped, stopped) };
    return refuse("InvalidParameterException", "The referenced task was not found.");
  },

  TagResource(input: TagResourceCommandInput, sim) {
    const record = recordOf(sim, input.resourceArn);
    record.tags = withTags(record.tags, tagsOfInput(input.tags, "InvalidParameterException"));
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    const record = recordOf(sim, input.resourceArn);
    record.tags = withoutTags(record.tags, input.tagKeys);
    return {};
  },
} satisfies Operations;
