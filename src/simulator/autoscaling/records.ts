import type {
  PutScalingPolicyCommandInput,
  PutScheduledActionCommandInput,
  SuspendedState,
} from "@aws-sdk/client-application-auto-scaling";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

export interface SimScalableTarget {
  resourceId: string;
  arn: string;
  min: number;
  max: number;
  suspended?: SuspendedState;
  createdAt: number;
  tags: SimTags;
}

export interface SimScalingPolicy {
  name: string;
  resourceId: string;
  arn: string;
  createdAt: number;
  tracking: PutScalingPolicyCommandInput["TargetTrackingScalingPolicyConfiguration"];
  steps?: PutScalingPolicyCommandInput["StepScalingPolicyConfiguration"];
  /** When it last changed the count, and by how many tasks more. */
  stepped?: { at: number; added: number };
}

export interface SimScheduledAction {
  name: string;
  resourceId: string;
  arn: string;
  schedule: string;
  timezone?: string | undefined;
  action: PutScheduledActionCommandInput["ScalableTargetAction"];
  /** In milliseconds since the epoch. */
  startTime?: number | undefined;
  endTime?: number | undefined;
  createdAt: number;
  /** When it runs next; omitted if it does not run again. */
  nextAt?: number | undefined;
}

export const targets = (sim: Sim) => sim.table<SimScalableTarget>("autoscaling.targets");
export const policies = (sim: Sim) => sim.table<SimScalingPolicy>("autoscaling.policies");
export const schedules = (sim: Sim) => sim.table<SimScheduledAction>("autoscaling.schedules");

export const PAGES = { usual: 50, code: "ValidationException", badToken: "InvalidNextTokenException" };

export const RUNNING = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

export const DIMENSION = "ecs:service:DesiredCount";

/**
 * "If you specify a scalable dimension, you must also specify a resource ID" (botocore application-autoscaling,
 * DescribeScalingPolicies.ScalableDimension, DescribeScheduledActions.ScalableDimension).
 */
export function checkDimension(input: { ScalableDimension?: string | undefined; ResourceId?: string | undefined }) {
  if (input.ScalableDimension !== undefined && input.ResourceId === undefined)
    refuse("ValidationException", "ResourceId must be specified when ScalableDimension is specified");
}

export const targetOf = (
  sim: Sim,
  resourceId: string | undefined,
  code = "ObjectNotFoundException",
): SimScalableTarget =>
  targets(sim)[resourceId ?? ""] ??
  refuse(
    code,
    `No scalable target found for service namespace: ecs, resource ID: ${resourceId}, scalable dimension: ${DIMENSION}`,
  );

/** The key of a policy or a schedule in its table. */
export const policyKey = (resourceId = "", name = "") => `${resourceId}/${name}`;
