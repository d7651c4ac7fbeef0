import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ListTagsForResourceCommand,
  RegisterScalableTargetCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type ScalableTarget as Described,
  type ScheduledAction,
} from "@aws-sdk/client-application-auto-scaling";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import {
  NOT_SUSPENDED,
  ScalableTarget,
  type ScalableTargetSpec,
} from "../../../../src/aws/autoscaling/scalable-target.ts";
import { awsError } from "../../../support/failing.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { lookFor, making, mocked, tagsIn } from "../../../support/mocked.ts";

const autoScaling = mockClient(ApplicationAutoScalingClient);
const tagging = mockClient(ResourceGroupsTaggingAPIClient);
beforeEach(() => {
  autoScaling.reset();
  tagging.reset();
  autoScaling.on(DescribeScalingPoliciesCommand).resolves({ ScalingPolicies: [] });
  autoScaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions: [] });
});
const sent = () => autoScaling.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const spec: ScalableTargetSpec = {
  cluster: "demo",
  service: "app",
  min: 2,
  max: 6,
  suspended: NOT_SUSPENDED,
  policies: ["cpu"],
  tags,
};
const ID = "service/demo/app";
const ARN = "arn:aws:application-autoscaling:ap-northeast-1:123456789012:scalable-target/1";
const scaled = { ServiceNamespace: "ecs" as const, ScalableDimension: "ecs:service:DesiredCount" as const };
const described: Described = {
  ...scaled,
  ResourceId: ID,
  ScalableTargetARN: ARN,
  MinCapacity: 2,
  MaxCapacity: 6,
  RoleARN: "arn:aws:iam::123456789012:role/scaling",
  CreationTime: new Date(0),
};
const observed = {
  id: ID,
  spec,
  attrs: { resourceId: ID, arn: ARN },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
  unmanaged: [],
};

describe("autoscaling/scalable-target", () => {
  it("registers bounds and tags in one call, and the service is its id", async () => {
    autoScaling.on(RegisterScalableTargetCommand).resolves({ ScalableTargetARN: ARN });
    const told: string[] = [];
    expect(await ScalableTarget.create(mocked(), spec, making(told))).toEqual({
      id: ID,
      attrs: { resourceId: ID, arn: ARN },
    });
    expect(told).toEqual([ID]);
    expect(sent()).toEqual([
      [
        "RegisterScalableTargetCommand",
        { ...scaled, ResourceId: ID, MinCapacity: 2, MaxCapacity: 6, SuspendedState: NOT_SUSPENDED, Tags: tags },
      ],
    ]);
  });

  it("waits for the service, for the role and for a change that crosses, and throws any other refusal", async () => {
    autoScaling
      .on(RegisterScalableTargetCommand)
      .rejectsOnce(awsError("ValidationException", "ECS service doesn't exist: service/demo/app"))
      .rejectsOnce(awsError("ValidationException", "Unable to assume IAM role: arn:aws:iam::123456789012:role/scaling"))
      .rejectsOnce(awsError("ConcurrentUpdateException", "You already have a pending update to this resource."))
      .rejects(awsError("ValidationException", "Minimum capacity cannot be greater than maximum capacity"));
    const told: string[] = [];
    await expect(ScalableTarget.create(mocked(), spec, making(told))).rejects.toThrow("Minimum capacity");
    expect(autoScaling.commandCalls(RegisterScalableTargetCommand)).toHaveLength(4);
    expect(told).toEqual([]);
  });

  it("reports policies and schedules that are not the stack's, and what is suspended", async () => {
    const SuspendedState = { ScheduledScalingSuspended: true };
    autoScaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [{ ...described, SuspendedState }] });
    autoScaling.on(ListTagsForResourceCommand).resolves({ Tags: tags });
    const policy = (PolicyName: string) => ({
      ...described,
      PolicyName,
      PolicyARN: "",
      PolicyType: "StepScaling" as const,
    });
    autoScaling.on(DescribeScalingPoliciesCommand).resolves({ ScalingPolicies: [policy("cpu"), policy("by-hand")] });
    const action = {
      ...described,
      ScheduledActionName: "night",
      ScheduledActionARN: "",
      Schedule: "cron(0 20 * * ? *)",
    };
    autoScaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions: [action] });
    const seen = await ScalableTarget.observe(mocked(), lookFor(spec, ID));
    expect(seen?.unmanaged).toEqual(["scaling policy by-hand", "scheduled action night (cron(0 20 * * ? *))"]);
    expect(seen?.spec.suspended).toEqual({ ...NOT_SUSPENDED, ...SuspendedState });
  });

  it("lifts a suspension without moving the bounds", async () => {
    autoScaling.on(RegisterScalableTargetCommand).resolves({});
    await ScalableTarget.update(mocked(), observed, spec, new Set(["suspended"]));
    expect(sent()).toEqual([
      ["RegisterScalableTargetCommand", { ...scaled, ResourceId: ID, SuspendedState: NOT_SUSPENDED }],
    ]);
  });

  it("observes by known id before the declared names, with the tags that hang on its ARN", async () => {
    autoScaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [described] });
    autoScaling.on(ListTagsForResourceCommand).resolves({ Tags: tags });
    expect(await ScalableTarget.observe(mocked(), lookFor({ ...spec, service: "other" }, ID))).toEqual(observed);
    expect(sent()).toEqual([
      ["DescribeScheduledActionsCommand", { ...scaled, ResourceId: ID, NextToken: undefined }],
      ["DescribeScalableTargetsCommand", { ...scaled, ResourceIds: [ID] }],
      ["ListTagsForResourceCommand", { ResourceARN: ARN }],
      ["DescribeScalingPoliciesCommand", { ...scaled, ResourceId: ID, NextToken: undefined }],
    ]);
  });

  it("shares one call among all targets that are observed together", async () => {
    const other = { ...described, ResourceId: "service/demo/other", ScalableTargetARN: `${ARN}2` };
    autoScaling.on(DescribeScalableTargetsCommand).resolves({ ScalableTargets: [other, described] });
    autoScaling.on(ListTagsForResourceCommand).resolves({});
    const look = lookFor(spec);
    const aws = mocked();
    const seen = await Promise.all([
      ScalableTarget.observe(aws, look),
      ScalableTarget.observe(aws, { ...look, spec: { ...spec, service: "other" } }),
    ]);
    expect(seen.map((target) => [target?.attrs.arn, target?.owner])).toEqual([
      [ARN, undefined],
      [`${ARN}2`, undefined],
    ]);
    expect(autoScaling.commandCalls(DescribeScalableTargetsCommand).map((call) => call.args[0].input)).toEqual([
      { ...scaled, ResourceIds: [ID, "service/demo/other"] },
    ]);
  });

  it.each([
    ["shares the account's scheduled actions, where one page has them", undefined, [{ ServiceNamespace: "ecs" }]],
    [
      "asks for each one's scheduled actions, where the account has more than a page of them",
      "more",
      [
        { ServiceNamespace: "ecs" },
        { ...scaled, ResourceId: ID, NextToken: undefined },
        { ...scaled, ResourceId: "service/demo/other", NextToken: undefined },
      ],
    ],
  ])("%s", async (_what, NextToken, asked) => {
    const [other, theirs] = ["service/demo/other", "service/default/theirs"];
    autoScaling.on(DescribeScalableTargetsCommand).resolves({
      ScalableTargets: [described, { ...described, ResourceId: other, ScalableTargetARN: `${ARN}2` }],
    });
    autoScaling.on(ListTagsForResourceCommand).resolves({});
    const action = (ResourceId: string, name: string) =>
      ({ ...scaled, ResourceId, ScheduledActionName: name, Schedule: "cron(0 22 * * ? *)" }) as ScheduledAction;
    const page = [action(other, "night"), action(theirs, "theirs"), action(ID, "day")];
    autoScaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions: page, NextToken });
    for (const ResourceId of [ID, other])
      autoScaling
        .on(DescribeScheduledActionsCommand, { ResourceId })
        .resolves({ ScheduledActions: page.filter((one) => one.ResourceId === ResourceId) });
    const snapshot = new Snapshot();
    const seen = await Promise.all(
      [ID, other].map((id) => ScalableTarget.observe(mocked(), { ...lookFor(spec, id), snapshot })),
    );
    expect(seen.map((target) => target?.unmanaged)).toEqual([
      ["scheduled action day (cron(0 22 * * ? *))"],
      ["scheduled action night (cron(0 22 * * ? *))"],
    ]);
    expect(autoScaling.commandCalls(DescribeScheduledActionsCommand).map(({ args }) => args[0].input)).toEqual(asked);
  });

  it("is absent by an empty list, where it went between the calls, and without a name", async () => {
    autoScaling
      .on(DescribeScalableTargetsCommand)
      .resolvesOnce({ ScalableTargets: [] })
      .resolvesOnce({ ScalableTargets: [described] });
    autoScaling.on(ListTagsForResourceCommand).rejects(awsError("ResourceNotFoundException", "gone"));
    expect(await ScalableTarget.observe(mocked(), lookFor(spec, ID))).toBeUndefined();
    expect(autoScaling.commandCalls(ListTagsForResourceCommand)).toHaveLength(0);
    expect(await ScalableTarget.observe(mocked(), lookFor(spec))).toBeUndefined();
    expect(autoScaling.commandCalls(ListTagsForResourceCommand)).toHaveLength(1);
    expect(await ScalableTarget.observe(mocked(), lookFor({ cluster: "demo" }))).toBeUndefined();
    expect(autoScaling.commandCalls(DescribeScalableTargetsCommand)).toHaveLength(2);
  });

  it("registers both bounds again where one has changed, and leaves the tags out", async () => {
    autoScaling.on(RegisterScalableTargetCommand).resolves({});
    const wanted = { ...spec, max: 9 };
    for (const field of ["min", "max"] as const)
      await ScalableTarget.update(mocked(), observed, wanted, new Set([field]));
    const again = ["RegisterScalableTargetCommand", { ...scaled, ResourceId: ID, MinCapacity: 2, MaxCapacity: 9 }];
    expect(sent()).toEqual([again, again]);
  });

  it("updates tags by ARN without moving the bounds", async () => {
    autoScaling.on(TagResourceCommand).resolves({});
    autoScaling.on(UntagResourceCommand).resolves({});
    const bearing = { ...observed, spec: { ...spec, tags: { ...tags, old: "1" } } };
    await ScalableTarget.update(mocked(), bearing, { ...spec, tags: { ...tags, team: "b" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["TagResourceCommand", { ResourceARN: ARN, Tags: { team: "b" } }],
      ["UntagResourceCommand", { ResourceARN: ARN, TagKeys: ["old"] }],
    ]);
  });

  it("deregisters, and counts a target that is gone already under either code as deleted", async () => {
    const gone = "No scalable target found for service namespace: ecs, resource ID: service/demo/app";
    autoScaling
      .on(DeregisterScalableTargetCommand)
      .rejectsOnce(awsError("ConcurrentUpdateException", "You already have a pending update to this resource."))
      .resolvesOnce({})
      .rejectsOnce(awsError("ObjectNotFoundException", gone))
      .rejectsOnce(awsError("ValidationException", gone))
      .rejectsOnce(awsError("ValidationException", "1 validation error detected"));
    for (let time = 0; time < 3; time++)
      await expect(ScalableTarget.delete(mocked(), observed)).resolves.toBeUndefined();
    await expect(ScalableTarget.delete(mocked(), observed)).rejects.toThrow("1 validation error detected");
    expect(sent()).toEqual(
      Array.from({ length: 5 }, () => ["DeregisterScalableTargetCommand", { ...scaled, ResourceId: ID }]),
    );
  });

  it("never registers again after a lost answer: AWS refuses the tags of a target that is there", async () => {
    autoScaling
      .on(RegisterScalableTargetCommand)
      .rejects(Object.assign(new Error("injected"), { name: "InternalFailure", $metadata: { httpStatusCode: 500 } }));
    const told: string[] = [];
    await expect(ScalableTarget.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(autoScaling.commandCalls(RegisterScalableTargetCommand)).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it("asks for those of the stack's services alone, where the tagging API tells which there are", async () => {
    const arns = Array.from({ length: 60 }, (_, number) => `demo-test-cluster/app-${number}`);
    const services = arns.map((id) => ({ ResourceARN: `arn:aws:ecs:ap-northeast-1:123456789012:service/${id}` }));
    tagging.on(GetResourcesCommand).resolvesOnce({ ResourceTagMappingList: services }).resolves({});
    autoScaling.on(DescribeScalableTargetsCommand).resolves({});
    expect(await ScalableTarget.list?.(mocked(), [])).toEqual([]);
    const asked = autoScaling.commandCalls(DescribeScalableTargetsCommand).map(({ args }) => args[0].input.ResourceIds);
    expect(asked.map((ids) => ids?.length)).toEqual([50, 10]);
    expect(asked.flat()).toEqual(arns.map((id) => `service/${id}`).toSorted());
  });

  it("lists what the stack owns: every page, by tags, what went meanwhile left out", async () => {
    const on = (service: string) => ({
      ...described,
      ResourceId: `service/${service}`,
      ScalableTargetARN: `${ARN}-${service}`,
    });
    const bearing = (service: string, stack: string) =>
      autoScaling
        .on(ListTagsForResourceCommand, { ResourceARN: `${ARN}-${service}` })
        .resolves({ Tags: tagsIn(stack) });
    tagging.on(GetResourcesCommand).rejects(awsError("AccessDeniedException", "no", 403));
    autoScaling
      .on(DescribeScalableTargetsCommand)
      .resolvesOnce({ ScalableTargets: [on("demo/app"), on("demo-test-2-cluster/app")], NextToken: "more" })
      .resolvesOnce({ ScalableTargets: [on("demo-test-cluster/app"), on("demo-test-cluster/gone")] });
    autoScaling.on(ListTagsForResourceCommand).rejects(awsError("ResourceNotFoundException", "doesn't exist"));
    bearing("demo-test-2-cluster/app", "demo-test-2");
    bearing("demo-test-cluster/app", "demo-test");
    expect(await ScalableTarget.list?.(mocked(), ["service/demo-test-cluster/gone"])).toEqual([
      { id: "service/demo-test-cluster/app", owner: "demo/test/ap-northeast-1:network/it" },
    ]);
    expect(sent().slice(0, 2)).toEqual([
      ["DescribeScalableTargetsCommand", { ServiceNamespace: "ecs", NextToken: undefined }],
      ["DescribeScalableTargetsCommand", { ServiceNamespace: "ecs", NextToken: "more" }],
    ]);
    expect(autoScaling.commandCalls(ListTagsForResourceCommand)).toHaveLength(3);
  });
});
