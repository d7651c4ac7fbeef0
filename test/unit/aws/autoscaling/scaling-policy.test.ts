import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  ListTagsForResourceCommand,
  PutScalingPolicyCommand,
  type ScalingPolicy as Described,
} from "@aws-sdk/client-application-auto-scaling";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { ScalingPolicy, type ScalingPolicySpec } from "../../../../src/aws/autoscaling/scaling-policy.ts";
import { awsError } from "../../../support/failing.ts";
import type { Identity } from "../../../../src/aws/owner.ts";
import { ownerTags } from "../../../../src/aws/tags.ts";
import { DEMO } from "../../../support/identities.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const autoScaling = mockClient(ApplicationAutoScalingClient);
beforeEach(() => {
  autoScaling.reset();
  targetOf(DEMO);
});
const sent = () => autoScaling.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const spec: ScalingPolicySpec = {
  name: "cpu",
  cluster: "demo",
  service: "app",
  metric: "ECSServiceAverageCPUUtilization",
  target: 60,
  scaleInCooldown: 300,
  scaleOutCooldown: 60,
  disableScaleIn: false,
};
const ARN = "arn:aws:autoscaling:ap-northeast-1:123456789012:scalingPolicy:1:policyName/cpu";
const SCALED = {
  ServiceNamespace: "ecs" as const,
  ScalableDimension: "ecs:service:DesiredCount" as const,
};
const on = {
  ...SCALED,
  ResourceId: "service/demo/app",
};
const written = {
  ...on,
  PolicyName: "cpu",
  PolicyType: "TargetTrackingScaling" as const,
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 60,
    PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" as const },
    ScaleInCooldown: 300,
    ScaleOutCooldown: 60,
    DisableScaleIn: false,
  },
};
const TARGET = "arn:aws:application-autoscaling:ap-northeast-1:123456789012:scalable-target/1";
/** There is a scalable target, and it is the stack's. */
function targetOf(stack: Identity) {
  const target = { ...on, MinCapacity: 1, MaxCapacity: 2, RoleARN: "r", CreationTime: new Date(0) };
  autoScaling
    .on(DescribeScalableTargetsCommand)
    .resolves({ ScalableTargets: [{ ...target, ScalableTargetARN: TARGET }] });
  autoScaling.on(ListTagsForResourceCommand).resolves({ Tags: { ...ownerTags(stack, "scaling/target") } });
}
const askedForTarget = [
  ["DescribeScalableTargetsCommand", { ...SCALED, ResourceIds: [on.ResourceId] }],
  ["ListTagsForResourceCommand", { ResourceARN: TARGET }],
];
const described: Described = { ...written, PolicyARN: ARN, CreationTime: new Date(0) };
const observed = {
  id: "service/demo/app/cpu",
  spec,
  attrs: { arn: ARN },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
};

describe("autoscaling/scaling-policy", () => {
  it("creates in one call, and reports the service and its own name as its id", async () => {
    autoScaling.on(PutScalingPolicyCommand).resolves({ PolicyARN: ARN, Alarms: [] });
    const told: string[] = [];
    expect(await ScalingPolicy.create(mocked(), spec, making(told))).toEqual({
      id: "service/demo/app/cpu",
      attrs: { arn: ARN },
    });
    expect(told).toEqual(["service/demo/app/cpu"]);
    expect(sent()).toEqual([["PutScalingPolicyCommand", written]]);
  });

  it("puts the same policy again where the answer was lost: it overwrites the one of that name", async () => {
    autoScaling
      .on(PutScalingPolicyCommand)
      .rejectsOnce(awsError("InternalServiceException", "injected", 500))
      .resolves({ PolicyARN: ARN });
    await ScalingPolicy.create(mocked(), spec, making());
    expect(sent()).toEqual([
      ["PutScalingPolicyCommand", written],
      ["PutScalingPolicyCommand", written],
    ]);
  });

  it("waits while CloudWatch cannot be asked, a change crosses or the target is not seen yet, and throws any other refusal", async () => {
    autoScaling
      .on(PutScalingPolicyCommand)
      .rejectsOnce(awsError("FailedResourceAccessException", "Unable to retrieve alarms"))
      .rejectsOnce(awsError("ConcurrentUpdateException", "You already have a pending update to this resource."))
      .rejectsOnce(awsError("ObjectNotFoundException", "No scalable target registered for service namespace: ecs"))
      .rejects(awsError("ValidationException", "Target value must be in range"));
    const told: string[] = [];
    await expect(ScalingPolicy.create(mocked(), spec, making(told))).rejects.toThrow("Target value must be");
    expect(autoScaling.commandCalls(PutScalingPolicyCommand)).toHaveLength(4);
    expect(told).toEqual([]);
  });

  it("observes by recorded id among every page of its service's policies; its name makes it the stack's", async () => {
    autoScaling
      .on(DescribeScalingPoliciesCommand)
      .resolves({ ScalingPolicies: [{ ...described, PolicyName: "memory" }], NextToken: "more" });
    autoScaling.on(DescribeScalingPoliciesCommand, { NextToken: "more" }).resolves({ ScalingPolicies: [described] });
    const declared = { ...spec, name: "x", service: "x" };
    expect(await ScalingPolicy.observe(mocked(), lookFor(declared, "service/demo/app/cpu"))).toEqual(observed);
    expect(sent()).toEqual([
      ["DescribeScalingPoliciesCommand", on],
      ["DescribeScalingPoliciesCommand", { ...on, NextToken: "more" }],
      ...askedForTarget,
    ]);
  });

  it("is another stack's where the scalable target that it hangs on is", async () => {
    autoScaling.on(DescribeScalingPoliciesCommand).resolves({ ScalingPolicies: [described] });
    targetOf({ ...DEMO, name: "dem", environment: "o-test" });
    const owner = "dem/o-test/ap-northeast-1:scaling/target";
    expect(await ScalingPolicy.observe(mocked(), lookFor(spec))).toMatchObject({ owner });
  });

  it("shares the list among all policies of one service", async () => {
    autoScaling
      .on(DescribeScalingPoliciesCommand)
      .resolves({ ScalingPolicies: [described, { ...described, PolicyName: "memory" }] });
    const look = lookFor(spec);
    const aws = mocked();
    expect((await ScalingPolicy.observe(aws, look))?.id).toBe("service/demo/app/cpu");
    const other = await ScalingPolicy.observe(aws, { ...look, spec: { ...spec, name: "memory" } });
    expect(other?.id).toBe("service/demo/app/memory");
    expect(sent()).toEqual([["DescribeScalingPoliciesCommand", on], ...askedForTarget]);
  });

  it("is absent if the list does not have it, and without a name to search by", async () => {
    autoScaling
      .on(DescribeScalingPoliciesCommand)
      .resolvesOnce({ ScalingPolicies: [] })
      .resolvesOnce({ ScalingPolicies: [{ ...described, PolicyName: "cpu-2" }] });
    expect(await ScalingPolicy.observe(mocked(), lookFor(spec, "service/demo/app/cpu"))).toBeUndefined();
    expect(await ScalingPolicy.observe(mocked(), lookFor(spec))).toBeUndefined();
    expect(await ScalingPolicy.observe(mocked(), lookFor({ cluster: "demo", service: "app" }))).toBeUndefined();
    expect(await ScalingPolicy.observe(mocked(), lookFor({ name: "cpu", cluster: "demo" }))).toBeUndefined();
    expect(autoScaling.commandCalls(DescribeScalingPoliciesCommand)).toHaveLength(2);
  });

  it("sees a policy of another shape or metric as drift", async () => {
    const { TargetTrackingScalingPolicyConfiguration: _tracking, ...untracked } = described;
    const requests = { PredefinedMetricType: "ALBRequestCountPerTarget" as const };
    autoScaling
      .on(DescribeScalingPoliciesCommand)
      .resolvesOnce({ ScalingPolicies: [{ ...untracked, PolicyType: "StepScaling" }] })
      .resolvesOnce({
        ScalingPolicies: [
          {
            ...described,
            TargetTrackingScalingPolicyConfiguration: { TargetValue: 60, PredefinedMetricSpecification: requests },
          },
        ],
      });
    const bare = { name: "cpu", cluster: "demo", service: "app" };
    expect((await ScalingPolicy.observe(mocked(), lookFor(spec)))?.spec).toEqual(bare);
    expect((await ScalingPolicy.observe(mocked(), lookFor(spec)))?.spec).toEqual({
      ...bare,
      target: 60,
      disableScaleIn: false,
    });
  });

  it("updates by putting all of it again", async () => {
    autoScaling.on(PutScalingPolicyCommand).resolves({ PolicyARN: ARN });
    await ScalingPolicy.update(mocked(), observed, { ...spec, target: 75 }, new Set(["target"]));
    const TargetTrackingScalingPolicyConfiguration = {
      ...written.TargetTrackingScalingPolicyConfiguration,
      TargetValue: 75,
    };
    expect(sent()).toEqual([["PutScalingPolicyCommand", { ...written, TargetTrackingScalingPolicyConfiguration }]]);
  });

  it("deletes by name, and counts a policy that is gone already under either code as deleted", async () => {
    const gone = "No scaling policy found for service namespace: ecs, policy name: cpu";
    autoScaling
      .on(DeleteScalingPolicyCommand)
      .rejectsOnce(awsError("ConcurrentUpdateException", "You already have a pending update to this resource."))
      .resolvesOnce({})
      .rejectsOnce(awsError("ObjectNotFoundException", gone))
      .rejectsOnce(awsError("ValidationException", gone))
      .rejectsOnce(awsError("ValidationException", "1 validation error detected"));
    for (let time = 0; time < 3; time++)
      await expect(ScalingPolicy.delete(mocked(), observed)).resolves.toBeUndefined();
    await expect(ScalingPolicy.delete(mocked(), observed)).rejects.toThrow("1 validation error detected");
    expect(sent()).toEqual(
      Array.from({ length: 5 }, () => ["DeleteScalingPolicyCommand", { ...on, PolicyName: "cpu" }]),
    );
  });
});
