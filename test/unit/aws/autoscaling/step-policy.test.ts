import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { isPolicyArn, StepPolicy, type StepPolicySpec } from "../../../../src/aws/autoscaling/step-policy.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const autoScaling = mockClient(ApplicationAutoScalingClient);
beforeEach(() => autoScaling.reset());

const spec: StepPolicySpec = {
  name: "from-zero",
  cluster: "demo",
  service: "app",
  adjustment: "ChangeInCapacity",
  steps: [{ from: 0, by: 1 }],
  cooldown: 300,
  aggregation: "Maximum",
};
const ARN =
  "arn:aws:autoscaling:ap-northeast-1:123456789012:scalingPolicy:1:resource/ecs/service/demo/app:policyName/from-zero";
const ON = {
  ServiceNamespace: "ecs" as const,
  ScalableDimension: "ecs:service:DesiredCount" as const,
  ResourceId: "service/demo/app",
  PolicyName: "from-zero",
};

describe("autoscaling/step-policy", () => {
  it("creates in one call, without a bound that is not set, and knows the ARN that an alarm calls", async () => {
    autoScaling.on(PutScalingPolicyCommand).resolves({ PolicyARN: ARN, Alarms: [] });
    const made = await StepPolicy.create(mocked(), spec, making());
    expect(made).toEqual({ id: "service/demo/app/from-zero", attrs: { arn: ARN } });
    expect(autoScaling.commandCalls(PutScalingPolicyCommand).map(({ args: [{ input }] }) => input)).toEqual([
      {
        ...ON,
        PolicyType: "StepScaling",
        StepScalingPolicyConfiguration: {
          AdjustmentType: "ChangeInCapacity",
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
          Cooldown: 300,
          MetricAggregationType: "Maximum",
        },
      },
    ]);
    expect(isPolicyArn(ARN)).toBe(true);
    expect(isPolicyArn("arn:aws:sns:ap-northeast-1:123456789012:alarms")).toBe(false);
  });

  it("has nothing in common with a policy of another type of that name", async () => {
    autoScaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [] });
    autoScaling.on(DescribeScalingPoliciesCommand).resolves({
      ScalingPolicies: [
        {
          ...ON,
          PolicyARN: ARN,
          PolicyType: "TargetTrackingScaling",
          TargetTrackingScalingPolicyConfiguration: { TargetValue: 1 },
          CreationTime: new Date(0),
        },
      ],
    });
    const found = await StepPolicy.observe(mocked(), lookFor(spec));
    expect(found?.spec).toMatchObject({ adjustment: undefined, steps: undefined, cooldown: undefined });
  });
});
