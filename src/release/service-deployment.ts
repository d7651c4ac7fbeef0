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

/** The ARN of the newest service deployment to this revision (`family:revision`) since then; `undefined` where there is none. */
export async function deploymentTo(ref: ServiceRef, revision: string, since: number): Promise<string | undefined> {
  const { cluster, service } = ref.names;
  const after = new Date(since);
  // The newest first.
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

/** What DescribeServiceRevisions accepts at once. */
const MOST = 20;

/** A service deployment as it stands. */
export async function serviceDeploymentOf(ref: ServiceRef, arn: string): Promise<ServiceDeployment | undefined> {
  const command = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] });
  return (await ref.aws.ecs(command)).serviceDeployments?.[0];
}

/**
 * Asks ECS to roll a service deployment back. Answers ECS's words where it has nothing to go back to. One that is over by now is left as it is
 * (ECS developer guide, "Stopping Amazon ECS service deployments": it takes one that is pending or in progress, or goes back already).
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
