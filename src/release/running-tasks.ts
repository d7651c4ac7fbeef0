import { DescribeTasksCommand, ListTasksCommand, type Task } from "@aws-sdk/client-ecs";
import { absent } from "../aws/errors.ts";
import { everyPage } from "../aws/pages.ts";
import type { ServiceRef } from "./service-ref.ts";

/** The tasks that a service keeps running. A page of ListTasks has as many tasks as DescribeTasks accepts: 100. */
export async function runningTasks({
  aws,
  names: { cluster, service: serviceName },
}: Pick<ServiceRef, "aws" | "names">): Promise<Task[]> {
  const found = everyPage(async (nextToken) => {
    const page = await aws.ecs(new ListTasksCommand({ cluster, serviceName, nextToken }));
    const { taskArns: tasks = [] } = page;
    const told = tasks.length === 0 ? undefined : await aws.ecs(new DescribeTasksCommand({ cluster, tasks }));
    return { items: told?.tasks, next: page.nextToken };
  });
  return (await absent(found, "ServiceNotFoundException", "ClusterNotFoundException")) ?? [];
}
