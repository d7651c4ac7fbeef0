import { DescribeTasksCommand, ListTasksCommand, type Task } from "@aws-sdk/client-ecs";
import { absent } from "../aws/errors.ts";
import { everyPage } from "../aws/pages.ts";
import type { ServiceRef } from "./service-ref.ts";

/** DescribeTasks accepts no more than this (ECS API Reference). */
const AT_ONCE = 100;

/**
 * The newest task of a family that ECS still reports, for about an hour after its end (botocore ecs, ListTasks: "Recently stopped tasks might
 * appear in the returned results").
 */
export async function newestRun({ aws, names: { cluster } }: ServiceRef, family: string): Promise<Task | undefined> {
  const listed = (desiredStatus: "RUNNING" | "STOPPED") =>
    everyPage(async (nextToken) => {
      const page = await aws.ecs(new ListTasksCommand({ cluster, family, desiredStatus, nextToken }));
      return { items: page.taskArns, next: page.nextToken };
    });
  const reading = Promise.all([listed("RUNNING"), listed("STOPPED")]);
  const arns = ((await absent(reading, "ClusterNotFoundException")) ?? []).flat();
  const found: Task[] = [];
  for (let from = 0; from < arns.length; from += AT_ONCE) {
    const answer = await aws.ecs(new DescribeTasksCommand({ cluster, tasks: arns.slice(from, from + AT_ONCE) }));
    found.push(...(answer.tasks ?? []));
  }
  return found.toSorted((one, other) => timeOf(other) - timeOf(one))[0];
}

const timeOf = ({ createdAt }: Task) => createdAt?.getTime() ?? 0;

/** How a task ended: with the exit code of its main container, or before that started. */
export function endOf(task: Task, container: string): { readonly exitCode: number | undefined; readonly why: string } {
  const main = task.containers?.find(({ name }) => name === container);
  return { exitCode: main?.exitCode, why: main?.reason ?? task.stoppedReason ?? "ECS gave no reason" };
}
