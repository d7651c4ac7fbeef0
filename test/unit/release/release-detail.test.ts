import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { BatchGetBuildsCommand, CodeBuildClient } from "@aws-sdk/client-codebuild";
import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type ActionExecutionDetail,
} from "@aws-sdk/client-codepipeline";
import { DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  type Deployment,
} from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { releaseDetail } from "../../../src/release/release-detail.ts";
import { NoSuchRelease } from "../../../src/release/rollback.ts";
import { NAMES } from "../../support/delivery.ts";
import { mocked } from "../../support/mocked.ts";
import { siteOn } from "./autopsy-support.ts";

const pipeline = mockClient(CodePipelineClient);
const builds = mockClient(CodeBuildClient);
const logs = mockClient(CloudWatchLogsClient);
const ecs = mockClient(ECSClient);
const elb = mockClient(ElasticLoadBalancingV2Client);
const ecr = mockClient(ECRClient);
const s3 = mockClient(S3Client);

const ID = "0a1b2c3d-0000-4000-8000-000000000001";
const OLDER = "0a1b2c3d-0000-4000-8000-000000000002";
const REPOSITORY = `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/${NAMES.repository}`;
const at = (second: number) => new Date(1_000_000 + second * 1_000);
const arnOf = (revision: number) => `arn:aws:ecs:ap-northeast-1:123456789012:task-definition/ground:${revision}`;
const gone = Object.assign(new Error("The specified log group does not exist."), { name: "ResourceNotFoundException" });

const did = (stageName: string, start: number, more: Partial<ActionExecutionDetail> = {}): ActionExecutionDetail => ({
  pipelineExecutionId: ID,
  stageName,
  actionName: stageName.toLowerCase(),
  status: "Succeeded",
  startTime: at(start),
  lastUpdateTime: at(start + 30),
  input: { actionTypeId: { category: stageName as "Build", owner: "AWS", provider: "AWS", version: "1" } },
  ...more,
});
const BUILD = did("Build", 10, { output: { executionResult: { externalExecutionId: "build:1" } } });
const deployment = (revision: number, more: Partial<Deployment> = {}): Deployment => ({
  id: `ecs-svc/${revision}`,
  taskDefinition: arnOf(revision),
  createdAt: at(60 + revision),
  runningCount: 2,
  pendingCount: 0,
  desiredCount: 2,
  failedTasks: 0,
  rolloutState: "COMPLETED",
  ...more,
});

interface Says {
  readonly status?: "InProgress" | "Succeeded" | "Failed";
  /** In start order. */
  readonly actions?: readonly ActionExecutionDetail[];
  readonly deployments?: readonly Deployment[];
  readonly log?: readonly string[];
}

/** A release on the mocked clients, with an older one before it; and the site that it is on. */
function standing({ status = "Succeeded", actions = [BUILD], deployments = [], log = [] }: Says) {
  const sourceRevisions = [{ actionName: "source", revisionId: "version-2" }];
  pipeline.on(ListPipelineExecutionsCommand).resolves({
    pipelineExecutionSummaries: [
      { pipelineExecutionId: ID, status, startTime: at(0), lastUpdateTime: at(200), sourceRevisions },
      { pipelineExecutionId: OLDER, status: "Succeeded", startTime: at(-900), lastUpdateTime: at(-700) },
    ],
  });
  pipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: actions.toReversed() });
  pipeline.on(GetPipelineStateCommand).resolves({ stageStates: [] });
  builds.on(BatchGetBuildsCommand).resolves({
    builds: [{ id: "build:1", buildStatus: "SUCCEEDED", logs: { groupName: "/build", streamName: "1" } }],
  });
  logs.on(GetLogEventsCommand).callsFake(({ limit = 10_000 }: { limit?: number }) => ({
    events: log.slice(-limit).map((message, index) => ({ timestamp: index, message: `${message}\n` })),
  }));
  ecs.on(DescribeServicesCommand).resolves({
    services: [
      {
        serviceName: "ground",
        status: "ACTIVE",
        deployments: [...deployments],
        taskDefinition: deployments[0]?.taskDefinition,
        loadBalancers: [{ targetGroupArn: "arn:group" }],
      },
    ],
  });
  ecs.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns: [arnOf(2), arnOf(1)] });
  for (const revision of [1, 2])
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: arnOf(revision) }).resolves({
      taskDefinition: {
        family: "ground",
        revision,
        registeredAt: at(revision === 1 ? -800 : 61),
        containerDefinitions: [{ name: "app", image: `${REPOSITORY}:v${revision}` }],
      },
    });
  elb.on(DescribeTargetHealthCommand).resolves({
    TargetHealthDescriptions: [{ TargetHealth: { State: "healthy" } }, { TargetHealth: { State: "draining" } }],
  });
  ecr
    .on(DescribeImagesCommand)
    .resolves({ imageDetails: [{ imageTags: ["v2"], imageDigest: `sha256:${"2".repeat(64)}` }] });
  s3.on(HeadObjectCommand).resolves({ Metadata: { "fairlead-files": "3", "fairlead-by": "ana" } });
  return siteOn(mocked());
}

const PRINTED = `[{"name":"app","imageUri":"${REPOSITORY}:v2"}]`;
const DEPLOY = did("Deploy", 60, { output: { executionResult: { externalExecutionId: "ecs-svc/2" } } });
const asked = (wanted: string, lines = 20) => ({ wanted, lines, directory: "/nowhere" });

describe("everything about one release", () => {
  beforeEach(() => {
    for (const client of [pipeline, builds, logs, ecs, elb, ecr, s3]) client.reset();
  });

  it("is found by its id or at least four characters of its beginning, the newest first", async () => {
    const ref = standing({});
    for (const wanted of [ID, "0a1b", ID.slice(0, 8)])
      expect((await releaseDetail(ref, [ref], asked(wanted))).release.executionId).toBe(ID);
    expect((await releaseDetail(ref, [ref], asked(OLDER))).release.executionId).toBe(OLDER);
    for (const wanted of ["0a1", "", "b2c3"])
      await expect(releaseDetail(ref, [ref], asked(wanted))).rejects.toThrow(
        new NoSuchRelease(`None of the last 100 releases has an id that is or begins with ${wanted}.`),
      );
    expect(pipeline.commandCalls(ListPipelineExecutionsCommand)[0]?.args[0].input).toMatchObject({ maxResults: 100 });
  });

  it("has the last lines of its build's log, and says whether there are earlier ones", async () => {
    const ref = standing({ log: ["one", "two", "three"] });
    const { build, about } = await releaseDetail(ref, [ref], asked(ID, 2));
    expect(build).toEqual({
      id: "build:1",
      status: "SUCCEEDED",
      lines: [
        { at: 1, text: "two" },
        { at: 2, text: "three" },
      ],
      hasMore: true,
    });
    expect(about).toBe(ref);
    const whole = await releaseDetail(ref, [ref], asked(ID, 3));
    expect([whole.build?.lines.length, whole.build?.hasMore]).toEqual([3, false]);
    expect(logs.commandCalls(GetLogEventsCommand).map(({ args: [{ input }] }) => input)).toContainEqual({
      logGroupName: "/build",
      logStreamName: "1",
      limit: 3,
      startFromHead: false,
    });
  });

  it("has no lines of a log that has expired, of a build that CodeBuild forgot, and of a release without one", async () => {
    const ref = standing({});
    logs.on(GetLogEventsCommand).rejects(gone);
    expect((await releaseDetail(ref, [ref], asked(ID))).build).toEqual({
      id: "build:1",
      status: "SUCCEEDED",
      lines: [],
      hasMore: false,
    });
    builds.on(BatchGetBuildsCommand).resolves({ builds: [], buildsNotFound: ["build:1"] });
    expect((await releaseDetail(ref, [ref], asked(ID))).build).toEqual({ id: "build:1", lines: [], hasMore: false });
    pipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: [did("Source", 0)] });
    expect((await releaseDetail(ref, [ref], asked(ID))).build).toBeUndefined();
  });

  it("has the old and the new tasks and the targets of a release in progress", async () => {
    const ref = standing({
      status: "InProgress",
      actions: [BUILD, { ...DEPLOY, status: "InProgress" }],
      deployments: [
        deployment(1, { runningCount: 1 }),
        deployment(2, { runningCount: 1, pendingCount: 1, rolloutState: "IN_PROGRESS" }),
      ],
      log: [PRINTED],
    });
    const { rollout, release, approval } = await releaseDetail(ref, [ref], asked(ID));
    expect(release).toMatchObject({ ending: "running", revision: "ground:2", source: { by: "ana", files: 3 } });
    expect(rollout).toEqual([
      {
        service: "web",
        rollouts: [
          { revision: "ground:2", running: 1, pending: 1, desired: 2, failed: 0, state: "IN_PROGRESS" },
          { revision: "ground:1", running: 1, pending: 0, desired: 2, failed: 0, state: "COMPLETED" },
        ],
        targets: { draining: 1, healthy: 1 },
      },
    ]);
    expect(approval).toBeUndefined();
  });

  it("has the tasks of one that is over only while they are its own", async () => {
    const says: Says = { actions: [BUILD, DEPLOY], log: [PRINTED] };
    const ref = standing({ ...says, deployments: [deployment(2)] });
    expect((await releaseDetail(ref, [ref], asked(ID))).rollout.map(({ service }) => service)).toEqual(["web"]);
    standing({ ...says, deployments: [deployment(3)] });
    expect((await releaseDetail(ref, [ref], asked(ID))).rollout).toEqual([]);
    ecs.on(DescribeServicesCommand).resolves({ services: [] });
    expect((await releaseDetail(ref, [ref], asked(ID))).rollout).toEqual([]);
  });

  it("asks nothing of a service that the release has not reached", async () => {
    const ref = standing({ status: "InProgress", actions: [BUILD], deployments: [deployment(1)] });
    expect((await releaseDetail(ref, [ref], asked(ID))).rollout).toEqual([]);
    expect(ecs.commandCalls(DescribeServicesCommand)).toEqual([]);
  });

  it("has what it asks to be approved and what it changes, while it waits, and not what another one asks", async () => {
    const ref = standing({
      status: "InProgress",
      actions: [BUILD, did("Approval", 50, { status: "InProgress", actionName: "approve" })],
      deployments: [deployment(1)],
      log: [PRINTED],
    });
    const waitingFor = (pipelineExecutionId: string) =>
      pipeline.on(GetPipelineStateCommand).resolves({
        stageStates: [
          {
            stageName: "Approval",
            latestExecution: { pipelineExecutionId, status: "InProgress" },
            actionStates: [{ actionName: "approve", latestExecution: { status: "InProgress", token: "token-1" } }],
          },
        ],
      });
    waitingFor(ID);
    pipeline.on(GetPipelineExecutionCommand).resolves({
      pipelineExecution: { artifactRevisions: [{ name: "source", revisionId: "version-2" }] },
    });
    const { approval } = await releaseDetail(ref, [ref], asked(ID));
    expect(approval?.subject).toMatchObject({
      executionId: ID,
      token: "token-1",
      source: { version: "version-2", by: "ana" },
      images: [{ uri: `${REPOSITORY}:v2`, tag: "v2" }],
    });
    expect(approval?.runs?.images).toEqual([`${REPOSITORY}:v1`]);
    waitingFor(OLDER);
    expect((await releaseDetail(ref, [ref], asked(ID))).approval).toBeUndefined();
  });

  it("is about the service whose deployment failed", async () => {
    const ref = standing({
      status: "Failed",
      actions: [BUILD, { ...DEPLOY, status: "Failed" }],
      deployments: [deployment(1)],
    });
    const other = { ...ref };
    expect((await releaseDetail(other, [ref], asked(ID))).about).toBe(ref);
    standing({ status: "Failed", actions: [{ ...BUILD, status: "Failed" }] });
    expect((await releaseDetail(other, [ref], asked(ID))).about).toBe(other);
  });
});
