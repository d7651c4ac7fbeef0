// A step policy does nothing by itself: an alarm of the stack's own names it among its actions, and Application Auto Scaling then changes the
// count by the step that fits how far beyond the alarm's threshold the metric is.
import type {
  AdjustmentType,
  MetricAggregationType,
  ScalingPolicy as Listed,
  StepAdjustment,
} from "@aws-sdk/client-application-auto-scaling";
import { POLICY, putPolicy } from "./policy.ts";
import type { OfTarget } from "./shared.ts";
import { PLACE_FIELDS, targetPartKind } from "./target-part-kind.ts";

export interface StepPolicySpec extends OfTarget {
  /** What `by` of a step means: a number of tasks more or fewer, or the number of tasks itself. */
  adjustment: AdjustmentType;
  steps: readonly Step[];
  /** Seconds in which what a scale-out has added counts as part of the next one, and no scale-in follows another. */
  cooldown: number;
  /** How the metric's values of a period become one. */
  aggregation: MetricAggregationType;
}

/** What is done where the metric is so far from the alarm's threshold: from `from`, and to below `to`. */
export interface Step {
  readonly from?: number;
  readonly to?: number;
  readonly by: number;
}

export interface StepPolicyAttrs {
  arn: string;
}

/** Whether an alarm's action is a scaling policy (Service Authorization Reference, "Amazon EC2 Auto Scaling": `autoscaling`, for ECS too). */
export const isPolicyArn = (arn: string): boolean => /^arn:[^:]+:autoscaling:[^:]*:[^:]*:scalingPolicy:/.test(arn);

export const StepPolicy = targetPartKind<StepPolicySpec, StepPolicyAttrs, Listed>({
  ...POLICY,
  type: "autoscaling/step-policy",
  fields: {
    ...PLACE_FIELDS,
    adjustment: {},
    steps: {},
    cooldown: {},
    aggregation: {},
  },

  read: (_aws, { PolicyARN, StepScalingPolicyConfiguration: stepping }) => ({
    attrs: { arn: PolicyARN ?? "" },
    spec: {
      adjustment: stepping?.AdjustmentType,
      steps: stepping?.StepAdjustments?.map(stepIn),
      // botocore application-autoscaling, StepScalingPolicyConfiguration: what is meant where nothing is said.
      cooldown: stepping && (stepping.Cooldown ?? 300),
      aggregation: stepping && (stepping.MetricAggregationType ?? "Average"),
    },
  }),

  put: (aws, spec) =>
    putPolicy(aws, spec, {
      PolicyType: "StepScaling",
      StepScalingPolicyConfiguration: {
        AdjustmentType: spec.adjustment,
        StepAdjustments: spec.steps.map(({ from, to, by }) => ({
          ...(from === undefined ? {} : { MetricIntervalLowerBound: from }),
          ...(to === undefined ? {} : { MetricIntervalUpperBound: to }),
          ScalingAdjustment: by,
        })),
        Cooldown: spec.cooldown,
        MetricAggregationType: spec.aggregation,
      },
    }),
});

const stepIn = ({
  MetricIntervalLowerBound: from,
  MetricIntervalUpperBound: to,
  ScalingAdjustment: by = 0,
}: StepAdjustment) => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  by,
});
