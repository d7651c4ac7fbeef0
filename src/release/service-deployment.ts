import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  type ServiceDeployment,
} from "@aws-sdk/client-ecs";
import { absent, hasCode, messageOf } from "../aws/errors.ts";
import { revisionIn } from "./revision.ts";
import type { ServiceRef } from "./service-ref.ts";

/** The ARN of the newest service deployment of this revision (`family:revision`) since then; `undefined` if there is none. */
export async function deploymentTo(ref: ServiceRef, revision: string, since: number): Promise<string | undefined> {
  const { cluster, service } = ref.names;
  const after = new Date(since);
  // Newest first.
  const listed = await absent(
    ref.aws.ecs(new ListServiceDeploymentsCommand({ cluster, service, createdAt: { after } })),
    "ClusterNotFoundException",
    "ServiceNotFoundException",
  );
  const found = listed?.serviceDeployments ?? [];
  const serviceRevisionArns = [
    ...new Set(found.flatMap(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? [])),
  ];
  if (serviceRevisionArns.length === 0) return undefined;
  const { serviceRevisions = [] } = await ref.aws.ecs(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: serviceRevisionArns.slice(0, MOST) }),
  );
  const targets = serviceRevisions
    .filter(({ taskDefinition }) => revisionIn(taskDefinition) === revision)
    .map(({ serviceRevisionArn }) => serviceRevisionArn);
  return found.find(({ targetServiceRevisionArn }) => targets.includes(targetServiceRevisionArn))?.serviceDeploymentArn;
}

/** The maximum number of ARNs for DescribeServiceRevisions. */
const MOST = 20;

/** The current state of a service deployment. */
export async function serviceDeploymentOf(ref: ServiceRef, arn: string): Promise<ServiceDeployment | undefined> {
  const command = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] });
  return (await ref.aws.ecs(command)).serviceDeployments?.[0];
}

/**
 * Asks ECS to roll back a service deployment. Returns ECS's message if there is nothing to roll back to. A finished deployment is left unchanged
 * (ECS developer guide, "Stopping Amazon ECS service deployments": only pending, in progress or rolling back deployments can be stopped).
 */
export async function rollBackDeployment(ref: ServiceRef, serviceDeploymentArn: string): Promise<string | undefined> {
  try {
    await ref.aws.ecs(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: "ROLLBACK" }));
    return undefined;
  } catch (error) {
    if (hasCode(error, "InvalidParameterException")) return messageOf(error);
    if (hasCode(error, "ConflictException", "ServiceDeploymentNotFoundException")) return undefined;
    throw error;
  }
}
