import { DescribeTaskDefinitionCommand, type ContainerDefinition, type RunTaskCommandInput } from "@aws-sdk/client-ecs";
import { GetScheduleCommand } from "@aws-sdk/client-scheduler";
import type { Service, TaskDefinition } from "@aws-sdk/client-ecs";
import { absent } from "../../aws/errors.ts";
import { revisionIn, serviceOf } from "../revision.ts";
import { isJob, serviceName, type ServiceRef } from "../service-ref.ts";
import { ownContainer } from "../own-container.ts";

/** Where a container's lines are. */
export interface LogPlace {
  readonly group: string;
  /** What its streams begin with: `prefix/container/`. */
  readonly start: string;
}

/** What a one-off task is run with, as the service that it is of runs now. */
export interface Launch {
  /** `family:revision`. */
  readonly revision: string;
  readonly definition: TaskDefinition;
  readonly container: string;
  /** If omitted: the container's log driver is another one than `awslogs`. */
  readonly log?: LogPlace;
  readonly runs: Pick<
    RunTaskCommandInput,
    | "capacityProviderStrategy"
    | "cluster"
    | "launchType"
    | "networkConfiguration"
    | "platformVersion"
    | "taskDefinition"
  >;
}

/** Why a service has nothing that a task could be run with: a sentence. */
export class NothingToRun extends Error {
  override readonly name = "NothingToRun";
}

/** What a task of this service, or a run of this job, is run with. Throws `NothingToRun`. */
export async function launchOf(ref: ServiceRef): Promise<Launch> {
  const runs = isJob(ref) ? await ofSchedule(ref) : await ofService(ref);
  const { taskDefinition } = runs;
  const described = await absent(ref.aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition })), "ClientException");
  const definition = described?.taskDefinition;
  if (definition?.taskDefinitionArn === undefined)
    throw new NothingToRun(
      `Task definition ${revisionIn(taskDefinition)} does not exist. To create it: npx fairlead reconcile`,
    );
  const main = ownContainer(ref, definition.containerDefinitions);
  const log = main && placeOf(main);
  return {
    revision: revisionIn(definition.taskDefinitionArn),
    definition,
    container: main?.name ?? ref.names.container,
    // The revision that was described, whatever is registered meanwhile.
    runs: { ...runs, taskDefinition: definition.taskDefinitionArn },
    ...(log ? { log } : {}),
  };
}

/** The name of a container's stream (ECS developer guide, "Example Amazon ECS task definition: Route logs to CloudWatch"): `prefix/container/task`. */
function placeOf({ name = "", logConfiguration }: ContainerDefinition): LogPlace | undefined {
  const { "awslogs-group": group, "awslogs-stream-prefix": prefix } = logConfiguration?.options ?? {};
  const isThere = logConfiguration?.logDriver === "awslogs" && group !== undefined && prefix !== undefined;
  return isThere ? { group, start: `${prefix}/${name}/` } : undefined;
}

async function ofService(ref: ServiceRef): Promise<Launch["runs"]> {
  const service = await serviceOf(ref);
  if (service?.status !== "ACTIVE")
    throw new NothingToRun(`Service ${ref.names.service} does not exist. To create it: npx fairlead reconcile`);
  const { capacityProviderStrategy: strategy = [], launchType, networkConfiguration, platformVersion } = service;
  return {
    cluster: ref.names.cluster,
    taskDefinition: deployedIn(service),
    networkConfiguration,
    ...(strategy.length > 0 ? { capacityProviderStrategy: strategy } : { launchType: launchType ?? "FARGATE" }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
  };
}

/** The revision that the service's tasks run: that of the newest deployment that came through, and else of the only one that there is. */
function deployedIn({ deployments = [], taskDefinition }: Service): string | undefined {
  const through = deployments
    .filter(({ rolloutState }) => rolloutState === "COMPLETED")
    .toSorted((one, other) => (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0));
  const [newest = deployments.find(({ status }) => status === "PRIMARY")] = through;
  return newest?.taskDefinition ?? taskDefinition;
}

/** As the schedule runs it: the newest revision of its family, in the schedule's network. */
async function ofSchedule({ aws, names, ...ref }: ServiceRef): Promise<Launch["runs"]> {
  const reading = aws.scheduler(new GetScheduleCommand({ Name: names.schedule }));
  const { EcsParameters: task } = (await absent(reading, "ResourceNotFoundException"))?.Target ?? {};
  if (!task)
    throw new NothingToRun(
      `Schedule ${names.schedule} of job ${serviceName(ref)} does not exist. To create it: npx fairlead reconcile`,
    );
  const { AssignPublicIp, SecurityGroups, Subnets } = task.NetworkConfiguration?.awsvpcConfiguration ?? {};
  const strategy = (task.CapacityProviderStrategy ?? []).map(({ capacityProvider, base, weight }) => ({
    capacityProvider,
    base,
    weight,
  }));
  return {
    cluster: names.cluster,
    taskDefinition: task.TaskDefinitionArn ?? names.taskFamily,
    networkConfiguration: {
      awsvpcConfiguration: { subnets: Subnets, securityGroups: SecurityGroups, assignPublicIp: AssignPublicIp },
    },
    ...(strategy.length > 0 ? { capacityProviderStrategy: strategy } : { launchType: task.LaunchType ?? "FARGATE" }),
    ...(task.PlatformVersion === undefined ? {} : { platformVersion: task.PlatformVersion }),
  };
}
