import {
  DescribeServicesCommand,
  ListClustersCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type Service as EcsService,
} from "@aws-sdk/client-ecs";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { namedAfter } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { tagChanges, tagListLower, type Tags } from "../tags.ts";

/** ECS's messages for "not yet", all with the same code. */
export const refusedWith = (says: string, budget = 120): NotYet => ({
  code: "InvalidParameterException",
  says,
  budget,
});

/**
 * terraform-provider-aws, internal/service/ecs/service.go, retries both CreateService and UpdateService on the first two: IAM and the load
 * balancer are eventually consistent. The third is the same for the service-linked role, which UpdateService needs for a new target
 * group or subnet too. The others wrap what EC2 said to ECS of a new subnet or group, or of ECS's own rate.
 */
export const UPDATE_NOT_YET: readonly NotYet[] = [
  refusedWith("verify that the ECS service role being passed has the proper permissions"),
  refusedWith("does not have an associated load balancer"),
  refusedWith("Unable to assume the service linked role"),
  refusedWith("(ErrorCode: InvalidSubnetID.NotFound)", 300),
  refusedWith("(ErrorCode: InvalidGroup.NotFound)", 300),
  refusedWith("(ErrorCode: Throttling)"),
];

/** The clusters that may be this stack's, by name. */
export async function clusterNames(aws: Aws): Promise<string[]> {
  const arns = await everyPage(async (nextToken) => {
    const page = await aws.ecs(new ListClustersCommand({ nextToken }));
    return { items: page.clusterArns, next: page.nextToken };
  });
  return arns.map(nameIn).filter((name) => namedAfter(aws.stack, name));
}

/** The last part of an ARN. */
export const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

/**
 * A service as ECS describes it, with tags and events, or `undefined` if it or its cluster no longer exists. Concurrent callers
 * for services of one cluster share one call.
 */
export async function describedService(
  aws: Aws,
  snapshot: Snapshot,
  cluster: string,
  name: string,
): Promise<EcsService | undefined> {
  const service = await snapshot.batch(`ecs/service ${cluster}`, name, 10, async (services) => {
    const answer = await absent(
      aws.ecs(new DescribeServicesCommand({ cluster, services, include: ["TAGS"] })),
      "ClusterNotFoundException",
    );
    return new Map((answer?.services ?? []).map((found) => [found.serviceName ?? "", found]));
  });
  // A deleted service stays visible for a while.
  return service?.status === "INACTIVE" ? undefined : service;
}

/** Writes and removes tags so that the resource has `desired`. */
export async function changeTags(aws: Aws, resourceArn: string, desired: Tags, observed: Tags): Promise<void> {
  const { write, remove } = tagChanges(desired, observed);
  if (Object.keys(write).length > 0) await aws.ecs(new TagResourceCommand({ resourceArn, tags: tagListLower(write) }));
  if (remove.length > 0) await aws.ecs(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
}
