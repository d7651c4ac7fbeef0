import type { NetworkConfiguration } from "@aws-sdk/client-ecs";
import type { ServiceSpec } from "./service-spec.ts";

/* Converts a spec to the input of CreateService and UpdateService. */

export const networkOf = ({ subnetIds, groupIds, assignPublicIp }: ServiceSpec): NetworkConfiguration => ({
  awsvpcConfiguration: {
    subnets: [...subnetIds],
    securityGroups: [...groupIds],
    assignPublicIp: assignPublicIp ? "ENABLED" : "DISABLED",
  },
});

export const rebalancingOf = ({ zoneRebalancing }: ServiceSpec) => (zoneRebalancing ? "ENABLED" : "DISABLED");

export const taskTagsOf = ({ taskTags }: ServiceSpec) => ({
  enableECSManagedTags: taskTags,
  propagateTags: taskTags ? ("SERVICE" as const) : ("NONE" as const),
});

/** ECS rejects a grace period without a load balancer (hashicorp/terraform-provider-aws#31104), even zero (eagletmt/hako#70). */
export const graceOf = ({ loadBalancers, healthCheckGracePeriod }: ServiceSpec) =>
  loadBalancers.length > 0 ? { healthCheckGracePeriodSeconds: healthCheckGracePeriod } : {};
