import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  type Deployment,
  type Service,
  type TaskDefinition,
} from "@aws-sdk/client-ecs";
import { absent } from "../aws/errors.ts";
import type { Action } from "./action.ts";
import type { ServiceRef } from "./service-ref.ts";

/** The ECS service; `undefined` if it does not exist. */
export async function serviceOf(ref: ServiceRef): Promise<Service | undefined> {
  const { cluster, service } = ref.names;
  const found = await absent(
    ref.aws.ecs(new DescribeServicesCommand({ cluster, services: [service] })),
    "ClusterNotFoundException",
    "ServiceNotFoundException",
  );
  return found?.services?.find(({ status }) => status !== "INACTIVE");
}

/** `family:revision` of an ARN. */
export const revisionIn = (arn = ""): string => arn.slice(arn.lastIndexOf("/") + 1);

/** The deployment of the service that a deploy action started: the one that it names, or else the first one after it. */
export function deploymentOf(service: Service | undefined, deploy: Action): Deployment | undefined {
  const { deployments = [] } = service ?? {};
  const named = deployments.find(({ id }) => id !== undefined && id === deploy.externalId);
  // If the action names no ECS deployment, it is the first one that it can have started.
  if (named || deploy.externalId?.startsWith("ecs-svc/")) return named;
  return deployments
    .filter(({ createdAt }) => createdAt && createdAt.getTime() >= deploy.startedAt)
    .toSorted((one, other) => (one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0))[0];
}

/** The latest revisions of the stack's family, the newest first. */
export async function latestRevisions(ref: ServiceRef, maxResults: number): Promise<TaskDefinition[]> {
  const { taskFamily: familyPrefix } = ref.names;
  const list = new ListTaskDefinitionsCommand({ familyPrefix, sort: "DESC", maxResults });
  const { taskDefinitionArns = [] } = await ref.aws.ecs(list);
  const described = await Promise.all(
    taskDefinitionArns.map(async (taskDefinition) => {
      // ECS has no specific error code for one that was deleted in the meantime.
      const command = new DescribeTaskDefinitionCommand({ taskDefinition });
      return (await absent(ref.aws.ecs(command), "ClientException"))?.taskDefinition;
    }),
  );
  return described.filter((definition) => definition !== undefined);
}

/** The revision among `revisions` that a deploy action registered: while it ran, and with that image if it is known. */
export function registeredBy(
  deploy: Action,
  image: string | undefined,
  revisions: readonly TaskDefinition[],
): string | undefined {
  const until = deploy.status === "InProgress" ? Number.POSITIVE_INFINITY : deploy.updatedAt;
  const own = revisions.findLast(({ registeredAt, containerDefinitions = [] }) => {
    const at = registeredAt?.getTime() ?? 0;
    const runs = image === undefined || containerDefinitions.some((container) => container.image === image);
    return runs && at >= deploy.startedAt && at <= until;
  });
  return own && `${own.family}:${own.revision}`;
}
