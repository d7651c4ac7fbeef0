import { ListTasksCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";

/** Stops the tasks of a family that no service keeps: they hold their security group and their cluster for as long as they run. */
export async function stopTasksOf(aws: Aws, cluster: string, family: string): Promise<void> {
  const running = everyPage(async (nextToken) => {
    const page = await aws.ecs(new ListTasksCommand({ cluster, family, nextToken }));
    return { items: page.taskArns, next: page.nextToken };
  });
  for (const task of (await absent(running, "ClusterNotFoundException")) ?? [])
    // Of one that has gone meanwhile ECS says "The referenced task was not found." with this code.
    await absent(
      aws.ecs(new StopTaskCommand({ cluster, task, reason: "The job that it belongs to is being deleted." })),
      "InvalidParameterException",
    );
}
