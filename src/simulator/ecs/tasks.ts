import type {
  DescribeTasksCommandInput,
  DescribeTasksCommandOutput,
  ListTasksCommandInput,
  ListTasksCommandOutput,
  StopTaskCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-ecs";
import { refuse } from "../errors.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, withoutTags, withTags, type SimTags } from "../tagging.ts";
import { clusterOf, clusters, services, shortName, taskDefinitions, type SimService, type SimTask } from "./records.ts";
import { advance, present } from "./rollout.ts";

function lastStatus({ runningAt, stoppingAt, stoppedAt }: SimTask) {
  if (stoppedAt !== undefined) return "STOPPED";
  if (stoppingAt !== undefined) return "DEACTIVATING";
  return runningAt === undefined ? "PENDING" : "RUNNING";
}

function answerOf(sim: Sim, service: SimService, task: SimTask) {
  const container = taskDefinitions(sim)[task.taskDefinition]?.definition.containerDefinitions?.[0];
  const status = lastStatus(task);
  return {
    taskArn: task.arn,
    clusterArn: sim.arn("ecs", `cluster/${service.cluster}`),
    taskDefinitionArn: task.taskDefinition,
    group: `service:${service.name}`,
    startedBy: task.deploymentId,
    lastStatus: status,
    desiredStatus: task.stoppingAt !== undefined || status === "STOPPED" ? "STOPPED" : "RUNNING",
    healthStatus: task.healthyAt === undefined ? ("UNKNOWN" as const) : ("HEALTHY" as const),
    launchType: "FARGATE" as const,
    createdAt: new Date(task.createdAt),
    enableExecuteCommand: service.settings.enableExecuteCommand ?? false,
    ...(task.runningAt === undefined ? {} : { startedAt: new Date(task.runningAt) }),
    ...(task.stoppedAt === undefined ? {} : { stoppedAt: new Date(task.stoppedAt) }),
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode, stoppedReason: task.stoppedReason }),
    containers: [
      {
        name: container?.name,
        image: container?.image,
        lastStatus: status,
        networkInterfaces: [{ privateIpv4Address: task.address }],
        ...(task.exitCode === undefined ? {} : { exitCode: task.exitCode }),
        ...(task.stopCode === "TaskFailedToStart" ? { reason: task.stoppedReason } : {}),
      },
    ],
  };
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
    const own = servicesIn(sim, input.cluster)
      .filter(({ name }) => input.serviceName === undefined || shortName(input.serviceName) === name)
      .flatMap((service) => {
        const now = present(sim, service);
        return now.tasks.map((task) => answerOf(sim, now, task));
      });
    const found = own.filter(({ desiredStatus }) => desiredStatus === wanted);
    return { taskArns: found.map(({ taskArn }) => taskArn).toReversed() };
  },

  DescribeTasks(input: DescribeTasksCommandInput, sim): Answer<DescribeTasksCommandOutput> {
    const all = servicesIn(sim, input.cluster).flatMap((service) => {
      const now = present(sim, service);
      return now.tasks.map((task) => ({ id: task.id, answer: answerOf(sim, now, task) }));
    });
    const asked = (input.tasks ?? []).map((arn) => ({ arn, found: all.find(({ id }) => id === shortName(arn)) }));
    return {
      tasks: asked.flatMap(({ found }) => (found ? [found.answer] : [])),
      failures: asked.filter(({ found }) => !found).map(({ arn }) => ({ arn, reason: "MISSING" })),
    };
  },

  StopTask(input: StopTaskCommandInput, sim) {
    for (const record of servicesIn(sim, input.cluster)) {
      const service = advance(sim, record);
      const task = service.tasks.find(({ id }) => id === shortName(input.task));
      if (!task) continue;
      task.stoppingAt ??= sim.now;
      task.stopCode = "UserInitiated";
      task.stoppedReason = input.reason ?? "Task stopped by user";
      return { task: answerOf(sim, service, task) };
    }
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
