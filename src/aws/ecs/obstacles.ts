// What blocks deleting a cluster: services, standalone tasks and container instances, including unmanaged ones.
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTasksCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { type Held, type Obstacle } from "../obstacles.ts";
import { tagsFrom } from "../tags.ts";
import { stopOwnTasks } from "./lone-tasks.ts";
import { nameIn } from "./shared.ts";

/** Page size for services: more are not listed by name anyway. DescribeServices accepts ten. */
const SERVICES = 10;
const TASKS = 100;

const GONE = "ClusterNotFoundException";

/** What blocks deleting a cluster (ECS API Reference, DeleteCluster: the `ClusterContains...` errors). */
export const heldCluster = (aws: Aws, cluster: string): Held => ({
  refusal: `ECS cluster ${cluster} cannot be deleted`,
  looks: [() => servicesIn(aws, cluster), () => loneTasksIn(aws, cluster), () => machinesIn(aws, cluster)],
});

async function servicesIn(aws: Aws, cluster: string): Promise<Obstacle[]> {
  const listed = await absent(aws.ecs(new ListServicesCommand({ cluster, maxResults: SERVICES })), GONE);
  const services = listed?.serviceArns ?? [];
  if (services.length === 0) return [];
  const answer = await absent(aws.ecs(new DescribeServicesCommand({ cluster, services, include: ["TAGS"] })), GONE);
  return (answer?.services ?? [])
    .filter(({ status }) => status === "ACTIVE")
    .map(({ serviceName: service = "", tags }) => ({
      what: `ECS service ${service}`,
      tags: tagsFrom(tags),
      how: "is in it",
      remove: awsCommand(["ecs", "delete-service", "--force", "--cluster", cluster, "--service", service], aws),
    }));
}

/** All tasks in a cluster, including those of services. */
export async function tasksIn(aws: Aws, cluster: string): Promise<Task[]> {
  const listed = await absent(aws.ecs(new ListTasksCommand({ cluster })), GONE);
  const tasks = listed?.taskArns?.slice(0, TASKS) ?? [];
  if (tasks.length === 0) return [];
  const answer = await absent(aws.ecs(new DescribeTasksCommand({ cluster, tasks, include: ["TAGS"] })), GONE);
  return (answer?.tasks ?? []).filter(({ desiredStatus }) => desiredStatus !== "STOPPED");
}

async function loneTasksIn(aws: Aws, cluster: string): Promise<Obstacle[]> {
  const tasks = await tasksIn(aws, cluster);
  const lone = tasks.filter(({ group = "" }) => !group.startsWith("service:"));
  await stopOwnTasks(aws, cluster, lone);
  return lone.map((task) => ({ ...taskAs(aws, cluster, task), how: "is running in it" }));
}

/** The name of a task, and the command that stops it: through its service, if it has one. */
export function taskAs(aws: Aws, cluster: string, { group = "", taskArn = "", tags }: Task): Omit<Obstacle, "how"> {
  const [, service] = /^service:(.+)$/.exec(group) ?? [];
  if (service === undefined)
    return {
      what: `task ${nameIn(taskArn)} (${group})`,
      tags: tagsFrom(tags),
      remove: awsCommand(["ecs", "stop-task", "--cluster", cluster, "--task", taskArn], aws),
    };
  return {
    what: `ECS service ${service}`,
    tags: tagsFrom(tags),
    remove: awsCommand(["ecs", "delete-service", "--force", "--cluster", cluster, "--service", service], aws),
  };
}

async function machinesIn(aws: Aws, cluster: string): Promise<Obstacle[]> {
  const { containerInstanceArns = [] } =
    (await absent(aws.ecs(new ListContainerInstancesCommand({ cluster })), GONE)) ?? {};
  return containerInstanceArns.map((arn) => ({
    what: `container instance ${nameIn(arn)}`,
    how: "is registered in it",
    remove: awsCommand(
      ["ecs", "deregister-container-instance", "--force", "--cluster", cluster, "--container-instance", arn],
      aws,
    ),
  }));
}
