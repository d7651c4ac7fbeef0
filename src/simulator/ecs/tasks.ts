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
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, withoutTags, withTags, type SimTags } from "../tagging.ts";
import { clusterOf, clusters, PAGES, services, shortName, taskDefinitions } from "./records.ts";
import { present } from "./present.ts";
import { advance } from "./rollout.ts";
import { standaloneTasks, startTasks, stopTask } from "./standalone.ts";
import { answerOfServiceTask, answerOfTask } from "./task-answer.ts";

/** The tasks of a cluster, each with its answer. */
function tasksIn(sim: Sim, cluster: string | undefined, serviceName?: string, include: readonly string[] = []) {
  const { name } = clusterOf(sim, cluster);
  const kept = servicesIn(sim, cluster)
    .filter((service) => serviceName === undefined || shortName(serviceName) === service.name)
    .flatMap((service) => {
      const now = present(sim, service);
      return now.tasks.map((task) => ({ id: task.id, answer: answerOfServiceTask(sim, now, task) }));
    });
  const others = serviceName === undefined ? standaloneTasks(sim).filter((task) => task.cluster === name) : [];
  return [...kept, ...others.map((task) => ({ id: task.id, answer: answerOfTask(sim, task, include) }))];
}

const servicesIn = (sim: Sim, cluster: string | undefined) => {
  const { name } = clusterOf(sim, cluster);
  return Object.values(services(sim)).filter((service) => service.cluster === name);
};

/** Changes the tags of what has this ARN. */
function retag(sim: Sim, arn = "", tagsFrom: (tags: SimTags) => SimTags): void {
  if (arn.includes(":task-definition/")) {
    const found = taskDefinitions(sim)[arn] ?? notFound();
    taskDefinitions(sim)[arn] = { ...found, tags: tagsFrom(found.tags) };
    return;
  }
  const all: { arn: string; tags: SimTags }[] = [...Object.values(services(sim)), ...Object.values(clusters(sim))];
  const found = all.find((record) => record.arn === arn) ?? notFound();
  found.tags = tagsFrom(found.tags);
}

const notFound = () => refuse("InvalidParameterException", "The specified resource was not found.");

/** The tasks of services, and the tags of everything. */
export const taskOperations = {
  ListTasks(input: ListTasksCommandInput, sim): Answer<ListTasksCommandOutput> {
    const { cluster, maxResults, nextToken, serviceName, family, startedBy, desiredStatus, ...rest } = input;
    onlyKnown("ListTasks", rest, "launchType");
    // botocore ecs, ListTasks.startedBy: "it must be the only filter that you use"; with a desired status Airflow's EcsRunTaskOperator uses it.
    if (startedBy !== undefined && (serviceName ?? family ?? rest.launchType) !== undefined)
      refuse("InvalidParameterException", "startedBy cannot be combined with another filter.");
    const wanted = desiredStatus ?? "RUNNING";
    const found = tasksIn(sim, cluster, serviceName).filter(
      ({ answer }) =>
        answer.desiredStatus === wanted &&
        (family === undefined || shortName(answer.taskDefinitionArn).split(":")[0] === family) &&
        (startedBy === undefined || answer.startedBy === startedBy),
    );
    const arns = found.map(({ answer }) => answer.taskArn).toReversed();
    const { page, next } = pageOf(arns, { token: nextToken, size: maxResults }, PAGES);
    return { taskArns: page, nextToken: next };
  },

  DescribeTasks(input: DescribeTasksCommandInput, sim): Answer<DescribeTasksCommandOutput> {
    onlyKnown("DescribeTasks", input, "cluster", "tasks", "include");
    const named = input.tasks ?? [];
    if (named.length === 0) refuse("InvalidParameterException", "Tasks cannot be empty.");
    if (named.length > 100) refuse("InvalidParameterException", "Tasks can have at most 100 items.");
    const all = tasksIn(sim, input.cluster, undefined, input.include);
    const asked = named.map((arn) => ({ arn, found: all.find(({ id }) => id === shortName(arn)) }));
    return {
      tasks: asked.flatMap(({ found }) => (found ? [found.answer] : [])),
      failures: asked.filter(({ found }) => !found).map(({ arn }) => ({ arn, reason: "MISSING" })),
    };
  },

  RunTask(input: RunTaskCommandInput, sim): Answer<RunTaskCommandOutput> {
    const { tasks, failures } = startTasks(sim, input);
    return { tasks: tasks.map((task) => answerOfTask(sim, task, ["TAGS"])), failures };
  },

  StopTask(input: StopTaskCommandInput, sim) {
    const { name: cluster } = clusterOf(sim, input.cluster);
    const reason = input.reason ?? "Task stopped by user";
    for (const record of servicesIn(sim, input.cluster)) {
      const service = advance(sim, record);
      const task = service.tasks.find(({ id }) => id === shortName(input.task));
      if (!task) continue;
      task.stoppingAt ??= sim.now;
      task.stopCode = "UserInitiated";
      task.stoppedReason = reason;
      return { task: answerOfServiceTask(sim, service, task) };
    }
    const stopped = stopTask(sim, shortName(input.task), reason);
    if (stopped?.cluster === cluster) return { task: answerOfTask(sim, stopped) };
    return refuse("InvalidParameterException", "The referenced task was not found.");
  },

  TagResource(input: TagResourceCommandInput, sim) {
    const added = tagsOfInput(input.tags, "InvalidParameterException");
    retag(sim, input.resourceArn, (tags) => withTags(tags, added));
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    retag(sim, input.resourceArn, (tags) => withoutTags(tags, input.tagKeys));
    return {};
  },
} satisfies Operations;
