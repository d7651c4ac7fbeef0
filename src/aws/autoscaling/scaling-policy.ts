// PutScalingPolicy also creates or overwrites the alarms that AWS has for a policy in the account.
import type { ScalingPolicy as Listed } from "@aws-sdk/client-application-auto-scaling";
import { metricIn, specificationOf, type ScalingMetric } from "./metric.ts";
import { POLICY, putPolicy } from "./policy.ts";
import type { OfTarget } from "./shared.ts";
import { PLACE_FIELDS, targetPartKind } from "./target-part-kind.ts";

export interface ScalingPolicySpec extends OfTarget {
  metric: ScalingMetric;
  /** Percent, or requests in a minute, or messages. */
  target: number;
  /** Seconds. */
  scaleInCooldown: number;
  /** Seconds. */
  scaleOutCooldown: number;
  /** Only scale out, never scale in. */
  disableScaleIn: boolean;
}

export interface ScalingPolicyAttrs {
  arn: string;
}

export const ScalingPolicy = targetPartKind<ScalingPolicySpec, ScalingPolicyAttrs, Listed>({
  ...POLICY,
  type: "autoscaling/scaling-policy",
  fields: {
    ...PLACE_FIELDS,
    metric: {},
    target: {},
    scaleInCooldown: {},
    scaleOutCooldown: {},
    disableScaleIn: {},
  },

  read(aws, { PolicyARN, TargetTrackingScalingPolicyConfiguration: tracking }, { cluster = "", service = "" }) {
    return {
      attrs: { arn: PolicyARN ?? "" },
      spec: {
        metric: metricIn(aws, tracking, { cluster, service }),
        target: tracking?.TargetValue,
        scaleInCooldown: tracking?.ScaleInCooldown,
        scaleOutCooldown: tracking?.ScaleOutCooldown,
        disableScaleIn: tracking && (tracking.DisableScaleIn ?? false),
      },
    };
  },

  put: (aws, spec) =>
    putPolicy(aws, spec, {
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: spec.target,
        ...specificationOf(spec.metric, spec),
        ScaleInCooldown: spec.scaleInCooldown,
        ScaleOutCooldown: spec.scaleOutCooldown,
        DisableScaleIn: spec.disableScaleIn,
      },
    }),
});
