import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ListTagsForResourceCommand,
  RegisterScalableTargetCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  CodePipelineClient,
  ListPipelineExecutionsCommand,
  type PipelineExecutionStatus,
} from "@aws-sdk/client-codepipeline";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, it } from "vitest";
import {
  NOT_SUSPENDED,
  ScalableTarget,
  type ScalableTargetSpec,
} from "../../../../src/aws/autoscaling/scalable-target.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, mocked } from "../../../support/mocked.ts";

const ID = "service/demo/app";
const ARN = "arn:aws:application-autoscaling:ap-northeast-1:123456789012:scalable-target/1";
const TAG = "fairlead:release-min";
const scaled = { ServiceNamespace: "ecs" as const, ScalableDimension: "ecs:service:DesiredCount" as const };
const spec: ScalableTargetSpec = {
  cluster: "demo",
  service: "app",
  min: 2,
  max: 6,
  suspended: NOT_SUSPENDED,
  policies: [],
  scheduled: [
    { name: "nights-start", min: 1, max: 5 },
    { name: "nights-end", min: 2, max: 6 },
  ],
  tags: { team: "a" },
};

const autoScaling = mockClient(ApplicationAutoScalingClient);
const codePipeline = mockClient(CodePipelineClient);
beforeEach(() => {
  autoScaling.reset();
  codePipeline.reset();
  autoScaling.on(DescribeScalingPoliciesCommand).resolves({ ScalingPolicies: [] });
  autoScaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions: [] });
  autoScaling.on(RegisterScalableTargetCommand).resolves({});
  autoScaling.on(UntagResourceCommand).resolves({});
});

/** The target as it is observed while its minimum is `min` and its tag says `raised`. */
async function seen(min: number, raised: string, status?: PipelineExecutionStatus, wanted = spec) {
  autoScaling.on(DescribeScalableTargetsCommand).resolves({
    ScalableTargets: [
      {
        ...scaled,
        ResourceId: ID,
        ScalableTargetARN: ARN,
        MinCapacity: min,
        MaxCapacity: 5,
        RoleARN: "arn:aws:iam::123456789012:role/scaling",
        CreationTime: new Date(0),
      },
    ],
  });
  autoScaling.on(ListTagsForResourceCommand).resolves({ Tags: { team: "a", [TAG]: raised } });
  const listed = codePipeline.on(ListPipelineExecutionsCommand, {
    pipelineName: "demo-test-pipeline",
    maxResults: 100,
  });
  if (status) listed.resolves({ pipelineExecutionSummaries: [{ pipelineExecutionId: "one", status }] });
  else listed.rejects(awsError("PipelineNotFoundException", "The account does not have a pipeline with that name"));
  const found = await ScalableTarget.observe(mocked(), lookFor(wanted, ID));
  if (!found) throw new Error("It was not found.");
  return found;
}

it.each<PipelineExecutionStatus>(["InProgress", "Stopping"])(
  "has the minimum before a release that is %s, and says so",
  async (status) => {
    const { spec: found, unmanaged, drifted } = await seen(4, "one/2/4", status);
    expect([found.min, found.tags, drifted]).toEqual([2, { team: "a" }, undefined]);
    expect(unmanaged).toEqual(["minimum 4 instead of 2 until release one is deployed"]);
  },
);

it("has the minimum that a window or someone has set during a release", async () => {
  const { spec: found, unmanaged, drifted } = await seen(3, "one/2/4", "InProgress");
  expect([found.min, found.tags, drifted, unmanaged]).toEqual([3, { team: "a" }, undefined, []]);
});

it.each<[string, PipelineExecutionStatus | undefined]>([
  ["has failed", "Failed"],
  ["was stopped", "Stopped"],
  ["had a pipeline that is gone", undefined],
])("gives back the minimum of the window in which a release %s", async (_how, status) => {
  const found = await seen(4, "one/1/4", status);
  expect(found.drifted?.map(({ path, old, new: wanted }) => [path, old, wanted])).toEqual([
    ["min", 4, 1],
    [`tags.${TAG}`, "one/1/4", undefined],
  ]);
  await ScalableTarget.update(mocked(), found, spec, new Set(["min", "tags"]));
  const [registered] = autoScaling.commandCalls(RegisterScalableTargetCommand);
  expect(registered?.args[0].input).toEqual({ ...scaled, ResourceId: ID, MinCapacity: 1 });
  const [untagged] = autoScaling.commandCalls(UntagResourceCommand);
  expect(untagged?.args[0].input).toEqual({ ResourceARN: ARN, TagKeys: [TAG] });
});

it("gives the configured minimum where the one before the release is none of the config any more", async () => {
  const wanted = { ...spec, min: 3, scheduled: [] };
  const found = await seen(4, "one/2/4", "Failed", wanted);
  expect([found.spec.min, found.drifted?.map(({ path }) => path)]).toEqual([4, [`tags.${TAG}`]]);
  await ScalableTarget.update(mocked(), found, wanted, new Set(["min", "tags"]));
  const [registered] = autoScaling.commandCalls(RegisterScalableTargetCommand);
  expect(registered?.args[0].input).toEqual({ ...scaled, ResourceId: ID, MinCapacity: 3, MaxCapacity: 6 });
});
