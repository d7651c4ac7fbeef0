import { DescribeServicesCommand, DescribeTasksCommand, ListTasksCommand, type Task } from "@aws-sdk/client-ecs";
import { absent } from "../aws/errors.ts";
import { isJob, serviceName as nameOf, type ServiceRef } from "./service-ref.ts";

/** A task that accepts ECS Exec, or why there is none. */
export type Entrance =
  | { readonly task: string; readonly container: string; readonly cluster: string }
  | { readonly refused: string };

/**
 * The newest running task that accepts ECS Exec. A task gets the setting from the service when it starts, so tasks older than
 * the setting do not accept it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html.
 */
export async function entrance(ref: ServiceRef): Promise<Entrance> {
  const { aws, names, stack } = ref;
  if (isJob(ref))
    return {
      refused: `${nameOf(ref)} is a job, whose tasks run to completion: exec works only for services.`,
    };
  const { cluster, service: serviceName, container } = names;
  const described = await absent(
    aws.ecs(new DescribeServicesCommand({ cluster, services: [serviceName] })),
    "ClusterNotFoundException",
  );
  const service = described?.services?.find(({ status }) => status === "ACTIVE");
  if (!service) return { refused: `Service ${serviceName} does not exist. To create it: npx fairlead reconcile` };
  if (!stack.service.enableExec)
    return {
      refused:
        "ECS Exec is disabled. Set service.enableExec to true and container.readonlyRootFilesystem to false in stack.config.ts; it works for tasks that start after this has been applied: npx fairlead reconcile",
    };
  if (!service.enableExecuteCommand)
    return { refused: `ECS Exec is not enabled on service ${serviceName} yet. To enable it: npx fairlead reconcile` };
  const { taskArns: tasks = [] } = await aws.ecs(
    new ListTasksCommand({ cluster, serviceName, desiredStatus: "RUNNING" }),
  );
  if (tasks.length === 0) return { refused: `No task of ${serviceName} is running. To see why: npx fairlead status` };
  const { tasks: found = [] } = await aws.ecs(new DescribeTasksCommand({ cluster, tasks: tasks.slice(0, 100) }));
  const newest = found.filter(canBeEntered).toSorted((a, b) => startOf(b) - startOf(a))[0];
  if (newest?.taskArn === undefined)
    return {
      refused:
        "No running task accepts ECS Exec yet: the running tasks started before it was enabled, or are still starting.",
    };
  return { task: newest.taskArn, container, cluster };
}

const canBeEntered = ({ lastStatus, enableExecuteCommand }: Task) =>
  lastStatus === "RUNNING" && enableExecuteCommand === true;

const startOf = ({ startedAt }: Task) => startedAt?.getTime() ?? 0;
