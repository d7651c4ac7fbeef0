import { DescribeTasksCommand, ListTasksCommand } from "@aws-sdk/client-ecs";
import { absent } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import type { ServiceRef } from "../service-ref.ts";

/** The private addresses of the service's tasks. A page of ListTasks has as many tasks as DescribeTasks accepts: 100. */
export async function addressesOfTasks({
  aws,
  names: { cluster, service: serviceName },
}: ServiceRef): Promise<string[]> {
  const found = everyPage(async (nextToken) => {
    const page = await aws.ecs(new ListTasksCommand({ cluster, serviceName, nextToken }));
    const { taskArns: tasks = [] } = page;
    const told = tasks.length === 0 ? undefined : await aws.ecs(new DescribeTasksCommand({ cluster, tasks }));
    const containers = told?.tasks?.flatMap((task) => task.containers ?? []);
    const interfaces = containers?.flatMap(({ networkInterfaces }) => networkInterfaces ?? []);
    return { items: interfaces?.flatMap((one) => one.privateIpv4Address ?? []), next: page.nextToken };
  });
  return (await absent(found, "ServiceNotFoundException", "ClusterNotFoundException")) ?? [];
}
