import { StepPolicy } from "../../src/aws/autoscaling/step-policy.ts";
import { Alarm } from "../../src/aws/cloudwatch/alarm.ts";
import type { MetricMath } from "../../src/aws/cloudwatch/metric.ts";
import type { Names } from "../../src/config/naming.ts";
import type { ScalingSettings } from "../../src/config/stack.ts";
import type { AnyHandle, Input, Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import { queueMetrics, serviceMetrics } from "./metrics.ts";

export interface IdleScalingProps {
  readonly names: Pick<Names, "cluster" | "service" | "scalingPolicies">;
  readonly service: { readonly name: Output<string> };
  readonly target: AnyHandle;
  /** The queue's name. */
  readonly queue: Output<string>;
  readonly settings: Pick<ScalingSettings, "scaleInCooldown">;
}

const MINUTE = 60;
/** Longer than a task needs to start and Container Insights to count it, both in minutes: until then the alarm may still be on. */
const STARTING = 300;

/** Minutes: an alarm looks back a day at the most (CloudWatch API Reference, PutMetricAlarm: `EvaluationPeriods`). */
const LONGEST = 1_440;

/**
 * Waiting messages of a service that wants no task. With the desired count and not the running one, which follows it minutes later: the alarm is
 * off as soon as the first task is on its way.
 */
export const WAITING = "IF(FILL(desired, 0) > 0, 0, waiting)";

/**
 * Tasks without anything to do. CloudWatch has "in flight" and "delayed" only while there are such messages, and nothing at all of a queue that is
 * not in use, which then counts neither as empty nor as full (SQS developer guide, "Available CloudWatch metrics for Amazon SQS").
 */
export const IDLE = "IF(waiting + FILL(inflight, 0) + FILL(delayed, 0) > 0, 0, FILL(desired, 0))";

/**
 * Starts the first task of a service at zero, and stops all of them once its queue is empty. Target tracking does neither: it scales in proportion
 * to the running tasks and rounds up, and its policies for CPU and memory have no data without tasks and never find a task too many at the last one
 * (Application Auto Scaling user guide, "How target tracking scaling for Application Auto Scaling works": it does not scale on insufficient data, and
 * scales in only if all of its policies want to). A step policy beside them is not blocked by that (the same page, "Multiple scaling policies").
 */
export function idleScaling(scope: Scope, { names, service, target, queue, settings }: IdleScalingProps): void {
  const { messages, inFlight, delayed } = queueMetrics(queue);
  const desired = serviceMetrics(names).desired("Average");
  const waiting = messages("Maximum");
  const step = (id: string, name: string, how: Step) =>
    scope.add(
      `scaling/${id}-policy`,
      StepPolicy,
      {
        name,
        cluster: names.cluster,
        service: service.name,
        adjustment: how.adjustment,
        steps: [{ from: 0, by: how.by }],
        cooldown: how.cooldown,
        aggregation: "Maximum",
      },
      { after: [target] },
    );
  const alarm = (
    id: string,
    description: string,
    watches: Input<MetricMath>,
    minutes: number,
    policyArn: Output<string>,
  ) =>
    scope.add(`scaling/${id}-alarm`, Alarm, {
      name: scope.name(id),
      region: undefined,
      description,
      watches,
      comparison: "GreaterThanThreshold",
      threshold: 0,
      periods: minutes,
      datapoints: minutes,
      missingData: "notBreaching",
      actions: [policyArn],
      okActions: [],
    });
  // A number of tasks more, so that it can never take away those that target tracking has added since.
  const first = step("from-zero", names.scalingPolicies.fromZero, {
    adjustment: "ChangeInCapacity",
    by: 1,
    cooldown: STARTING,
  });
  const last = step("to-zero", names.scalingPolicies.toZero, { adjustment: "ExactCapacity", by: 0, cooldown: MINUTE });
  alarm(
    "from-zero",
    "Starts the first task: messages wait, and the service has no task.",
    { expression: WAITING, metrics: { waiting, desired } },
    1,
    first.arn,
  );
  const minutes = Math.min(Math.max(1, Math.ceil(settings.scaleInCooldown / MINUTE)), LONGEST);
  alarm(
    "to-zero",
    `Stops all tasks: the queue has been empty for ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
    { expression: IDLE, metrics: { waiting, inflight: inFlight("Maximum"), delayed: delayed("Maximum"), desired } },
    minutes,
    last.arn,
  );
}

interface Step {
  readonly adjustment: "ChangeInCapacity" | "ExactCapacity";
  readonly by: number;
  readonly cooldown: number;
}
