import type { PolicyDocument } from "../../src/aws/policy.ts";
import type { Scope } from "../scope.ts";
import { allow, oneOrAll, policy, runsAction } from "./allow.ts";

/** Names of what raises the minimum of services reads and writes. */
export interface WarmReach {
  readonly buildLogGroup: string;
  readonly artifactBucket: string;
  readonly cluster: string;
  /** The names of the services in ECS. */
  readonly ecsServices: readonly string[];
}

/**
 * Moves the bounds of the stack's own scalable targets, whose ids AWS makes. Service Authorization Reference, "Actions, resources, and condition keys for
 * AWS Application Auto Scaling": describing knows no resource, the others are judged on the target, with its tags.
 */
export function warmPolicy(scope: Scope, reach: WarmReach): Record<string, PolicyDocument> {
  const owner = Object.entries(scope.stackTags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]);
  return policy("warm", [
    ...runsAction(scope, reach.buildLogGroup, reach.artifactBucket),
    allow("FindBounds", ["application-autoscaling:DescribeScalableTargets"], "*"),
    allow(
      "MoveBounds",
      ["ListTagsForResource", "RegisterScalableTarget", "TagResource", "UntagResource"].map(
        (action) => `application-autoscaling:${action}`,
      ),
      scope.arn("application-autoscaling", "scalable-target/*"),
      { StringEquals: Object.fromEntries(owner) },
    ),
    // Amazon ECS developer guide, "IAM permissions required for Amazon ECS service auto scaling": who registers a service needs both.
    allow(
      "Services",
      ["ecs:DescribeServices", "ecs:UpdateService"],
      oneOrAll(reach.ecsServices.map((service) => scope.arn("ecs", `service/${reach.cluster}/${service}`))),
    ),
  ]);
}
