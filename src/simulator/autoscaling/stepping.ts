import type { PutScalingPolicyCommandInput } from "@aws-sdk/client-application-auto-scaling";
import { ecs } from "../ecs/operations.ts";
import { advance } from "../ecs/rollout.ts";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import { serviceAt } from "./clamp.ts";
import { policies, targets } from "./records.ts";

type Stepping = NonNullable<PutScalingPolicyCommandInput["StepScalingPolicyConfiguration"]>;

const invalid = (message: string): never => refuse("ValidationException", message);

/** Refuses steps that break the rules of botocore application-autoscaling, StepAdjustment and StepScalingPolicyConfiguration. */
export function checkStepping(steps: Stepping | undefined): void {
  if (!steps) return;
  const { AdjustmentType: type, StepAdjustments: all = [], MinAdjustmentMagnitude: least, Cooldown = 0 } = steps;
  if (type === undefined) invalid("AdjustmentType must be specified");
  if (all.length === 0) invalid("At least one StepAdjustment must be specified");
  if (least !== undefined && type !== "PercentChangeInCapacity")
    invalid("MinAdjustmentMagnitude is only for PercentChangeInCapacity");
  if (Cooldown < 0) invalid("A cooldown cannot be negative");
  const ranges = all
    .map((step) => ({
      from: step.MetricIntervalLowerBound ?? Number.NEGATIVE_INFINITY,
      to: step.MetricIntervalUpperBound ?? Number.POSITIVE_INFINITY,
      by: step.ScalingAdjustment ?? invalid("ScalingAdjustment must be specified"),
    }))
    .toSorted((one, other) => one.from - other.from);
  for (const [index, { from, to, by }] of ranges.entries()) {
    const next = ranges[index + 1];
    if (!Number.isFinite(from) && !Number.isFinite(to)) invalid("The upper and lower bound cannot both be null");
    if (from >= to) invalid("The upper bound of a step must be greater than its lower bound");
    if (next && next.from !== to) invalid("The ranges of step adjustments cannot overlap or have a gap");
    if (type === "ExactCapacity" && by < 0) invalid("An exact capacity cannot be negative");
  }
  const [first, last] = [ranges[0], ranges.at(-1)];
  if (first && first.from < 0 && Number.isFinite(first.from))
    invalid("There must be a step adjustment with a null lower bound if one has a negative lower bound");
  if (last && last.to > 0 && Number.isFinite(last.to))
    invalid("There must be a step adjustment with a null upper bound if one has a positive upper bound");
}

/**
 * What an alarm does that goes off and names a step policy: moves the desired count by the step for how far the metric is beyond the alarm's
 * threshold, within the bounds of the target (Application Auto Scaling user guide, "How step scaling for Application Auto Scaling works").
 * Suspended activities do not happen (SuspendedState), and none scales in while a deployment is in progress (Amazon ECS developer guide,
 * "Automatically scale your Amazon ECS service": "turns off scale-in processes while Amazon ECS deployments are in progress").
 */
export function stepBy(sim: Sim, policyArn: string, beyond: number): void {
  const policy = Object.values(policies(sim)).find(({ arn }) => arn === policyArn);
  const target = policy && targets(sim)[policy.resourceId];
  if (!policy?.steps || !target) return;
  const { StepAdjustments = [], AdjustmentType, Cooldown: cooldown = 300 } = policy.steps;
  const step = StepAdjustments.find(
    ({ MetricIntervalLowerBound: from, MetricIntervalUpperBound: to }) =>
      beyond >= (from ?? Number.NEGATIVE_INFINITY) && beyond < (to ?? Number.POSITIVE_INFINITY),
  );
  if (!step) return;
  const service = advance(sim, serviceAt(sim, policy.resourceId));
  const { desiredCount: now } = service;
  const { ScalingAdjustment: by = 0 } = step;
  const { at, added } = policy.stepped ?? { at: Number.NEGATIVE_INFINITY, added: 0 };
  const isCooling = sim.now < at + cooldown * 1_000;
  // "Capacity added by the initiating scale-out activity is calculated as part of the desired capacity for the next scale-out activity."
  const more = AdjustmentType === "PercentChangeInCapacity" ? Math.ceil((now * by) / 100) : by;
  const wanted =
    AdjustmentType === "ExactCapacity" ? by : now + (isCooling && more > 0 ? Math.max(0, more - added) : more);
  const desiredCount = Math.min(Math.max(wanted, target.min), target.max);
  const { DynamicScalingInSuspended: noIn, DynamicScalingOutSuspended: noOut } = target.suspended ?? {};
  if (desiredCount === now || (desiredCount > now ? noOut : noIn)) return;
  if (
    desiredCount < now &&
    (isCooling || service.deployments.some(({ rolloutState }) => rolloutState === "IN_PROGRESS"))
  )
    return;
  policy.stepped = { at: sim.now, added: Math.max(0, desiredCount - now) };
  ecs["UpdateService"]?.({ cluster: service.cluster, service: service.name, desiredCount }, sim);
}
