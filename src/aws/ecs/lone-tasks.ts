import { ListTasksCommand, StopTaskCommand, type Task } from "@aws-sdk/client-ecs";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { isOwn } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { tagsFrom } from "../tags.ts";

/** Stops the standalone tasks of a family: their security group and cluster cannot be deleted while they run. */
export async function stopTasksOf(aws: Aws, cluster: string, family: string): Promise<void> {
  const running = everyPage(async (nextToken) => {
    const page = await aws.ecs(new ListTasksCommand({ cluster, family, nextToken }));
    return { items: page.taskArns, next: page.nextToken };
  });
  for (const task of (await absent(running, "ClusterNotFoundException")) ?? [])
    // For a task that has stopped in the meantime ECS returns "The referenced task was not found." with this code.
    await absent(
      aws.ecs(new StopTaskCommand({ cluster, task, reason: "The job that it belongs to is being deleted." })),
      "InvalidParameterException",
    );
}

/**
 * Stops those of these tasks that the stack's own one-off commands started: no service keeps them, and they hold the cluster and their security
 * group for as long as they run (ECS API Reference, DeleteCluster: ClusterContainsTasksException).
 */
export async function stopOwnTasks(aws: Aws, cluster: string, tasks: readonly Task[]): Promise<void> {
  for (const { taskArn: task, group = "", tags, desiredStatus } of tasks)
    if (!group.startsWith("service:") && desiredStatus !== "STOPPED" && isOwn(aws, tagsFrom(tags)))
      await absent(
        aws.ecs(new StopTaskCommand({ cluster, task, reason: "What it belongs to is being deleted." })),
        "InvalidParameterException",
      );
}
