import type { PutScalingPolicyCommandInput } from "@aws-sdk/client-application-auto-scaling";
import type { SimService } from "../ecs/records.ts";
import { refuse } from "../errors.ts";

type Tracking = NonNullable<PutScalingPolicyCommandInput["TargetTrackingScalingPolicyConfiguration"]>;

const invalid = (message: string): never => refuse("ValidationException", message);

/** Refuses a target tracking configuration of a service that Application Auto Scaling refuses. */
export function checkTracking(tracking: Tracking | undefined, service: Pick<SimService, "settings">): void {
  if (!tracking) return;
  const {
    TargetValue = 0,
    ScaleInCooldown = 0,
    ScaleOutCooldown = 0,
    PredefinedMetricSpecification: metric,
    CustomizedMetricSpecification: customized,
  } = tracking;
  if ((metric === undefined) === (customized === undefined))
    invalid("You must specify either a predefined or a customized metric specification.");
  // Percentages of use lie above nought and at a hundred at the most; a cooldown is not negative.
  if (metric?.PredefinedMetricType?.endsWith("Utilization") && !(TargetValue > 0 && TargetValue <= 100))
    invalid(`Target value must be in the range of (0, 100] for ${metric.PredefinedMetricType}`);
  if (TargetValue <= 0) invalid("Target value must be greater than 0");
  if (ScaleInCooldown < 0 || ScaleOutCooldown < 0) invalid("A cooldown cannot be negative");
  checkLabel(metric, service);
  checkQueries(customized?.Metrics ?? []);
}

/** botocore application-autoscaling, PredefinedMetricSpecification: only of this metric, and only of a group that the service is attached to. */
function checkLabel(metric: Tracking["PredefinedMetricSpecification"], { settings }: Pick<SimService, "settings">) {
  const { PredefinedMetricType: type, ResourceLabel: label } = metric ?? {};
  if (type !== "ALBRequestCountPerTarget") {
    if (label !== undefined) invalid(`A resource label cannot be specified for ${type}.`);
    return;
  }
  const [, group] = /^app\/[^/]+\/[^/]+\/(targetgroup\/[^/]+\/[^/]+)$/.exec(label ?? "") ?? [];
  if (group === undefined) invalid(`Invalid resource label ${label}.`);
  if (!settings.loadBalancers?.some(({ targetGroupArn = "" }) => targetGroupArn.endsWith(`:${group}`)))
    invalid(`The target group ${group} is not attached to the service.`);
}

/** botocore application-autoscaling, TargetTrackingMetricDataQuery. */
function checkQueries(queries: NonNullable<NonNullable<Tracking["CustomizedMetricSpecification"]>["Metrics"]>) {
  const ids = queries.map(({ Id = "" }) => Id);
  for (const { Id = "", Expression, MetricStat } of queries) {
    if (!/^[a-z]\w*$/.test(Id)) invalid(`Invalid id of a metric: ${Id}`);
    if ((Expression === undefined) === (MetricStat === undefined))
      invalid(`The metric ${Id} must have either an expression or a statistic.`);
    for (const [name = ""] of (Expression ?? "").matchAll(/\b[a-z]\w*/g))
      if (!ids.includes(name)) invalid(`The expression of ${Id} refers to ${name}, which is not known.`);
  }
  if (new Set(ids).size < ids.length) invalid("The ids of metrics must be unique.");
  if (queries.length > 0 && queries.filter(({ ReturnData = true }) => ReturnData).length !== 1)
    invalid("Exactly one metric must return data.");
}
