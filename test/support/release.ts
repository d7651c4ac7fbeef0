import { readFileSync } from "node:fs";
import { CreateLogGroupCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { BatchGetBuildsCommand } from "@aws-sdk/client-codebuild";
import {
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
} from "@aws-sdk/client-codepipeline";
import { CreateRepositoryCommand, DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { Project } from "../../src/aws/codebuild/project.ts";
import { Pipeline } from "../../src/aws/codepipeline/pipeline.ts";
import { Rule } from "../../src/aws/eventbridge/rule.ts";
import type { Fate } from "../../src/simulator/events/queue.ts";
import type { World } from "../../src/simulator/world.ts";
import { role, service } from "../contract/ground.ts";
import { made } from "../contract/made.ts";
import { NAMES, stages } from "./delivery.ts";
import { simulated, type Simulated } from "./simulated.ts";
import { zipOf } from "./zip.ts";

/** A good source: the service's own buildspec, and a Dockerfile of a few lines. */
export const SOURCE = {
  Dockerfile: "FROM public.ecr.aws/docker/library/node:22\nCOPY . .\nRUN npm ci\n",
  "buildspec.yml": readFileSync(new URL("../../service/buildspec.yml", import.meta.url), "utf8"),
};

/** Gives every event of S3 the same fate. By default some come late, some twice and some never. */
export function setEvents(world: World, fate: Fate): void {
  world.table<{ fate: Fate }>("~events.delivery")["all"] = { fate };
}

/** A simulated world with everything between a source bucket and a service that runs. */
export async function deliverable(project: { privileged?: boolean } = {}): Promise<Release> {
  const at = simulated();
  setEvents(at.world, "prompt");
  const { aws, clock } = at;
  const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
  await aws.s3(new CreateBucketCommand({ Bucket: NAMES.source, CreateBucketConfiguration }));
  await aws.s3(
    new PutBucketVersioningCommand({ Bucket: NAMES.source, VersioningConfiguration: { Status: "Enabled" } }),
  );
  await aws.s3(
    new PutBucketNotificationConfigurationCommand({
      Bucket: NAMES.source,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );
  await aws.ecr(
    new CreateRepositoryCommand({
      repositoryName: NAMES.repository,
      imageScanningConfiguration: { scanOnPush: true },
    }),
  );
  await aws.logs(new CreateLogGroupCommand({ logGroupName: NAMES.log }));
  await service(at);
  const [build, pipeline, events] = [
    await role(at, "build", "codebuild.amazonaws.com"),
    await role(at, "pipeline", "codepipeline.amazonaws.com"),
    await role(at, "events", "events.amazonaws.com"),
  ];
  await clock.sleep(600_000);
  await made(at, Project, {
    name: NAMES.project,
    description: "",
    roleArn: build.arn,
    type: "LINUX_CONTAINER",
    image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    computeType: "BUILD_GENERAL1_MEDIUM",
    privileged: project.privileged ?? true,
    environment: { AWS_ACCOUNT_ID: aws.account, IMAGE_REPO_NAME: NAMES.repository, CONTAINER_NAME: "app" },
    buildspec: "buildspec.yml",
    timeoutMinutes: 30,
    logGroup: NAMES.log,
    tags: {},
  });
  const { arn } = await made(at, Pipeline, {
    name: NAMES.pipeline,
    roleArn: pipeline.arn,
    artifactBucket: NAMES.artifacts,
    stages: stages(),
    tags: {},
  });
  await made(at, Rule, {
    name: "source",
    description: "",
    pattern: {
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: [NAMES.source] }, object: { key: ["source.zip"] } },
    },
    enabled: true,
    targets: [{ id: "pipeline", arn, roleArn: events.arn }],
    tags: {},
  });
  // The run that CreatePipeline starts finds no source, and fails.
  await clock.sleep(60_000);
  return new Release(at);
}

/** One world's releases, looked at through the SDK alone. */
export class Release {
  readonly at: Simulated;

  constructor(at: Simulated) {
    this.at = at;
  }

  /** Uploads a source; answers its version. */
  async upload(files: Readonly<Record<string, string>>, key = "source.zip"): Promise<string> {
    const command = new PutObjectCommand({ Bucket: NAMES.source, Key: key, Body: zipOf(files) });
    return (await this.at.aws.s3(command)).VersionId ?? "";
  }

  wait(seconds: number): Promise<void> {
    return this.at.clock.sleep(seconds * 1000);
  }

  /** The runs, the latest first. */
  async runs() {
    const { pipelineExecutionSummaries: runs = [] } = await this.at.aws.codePipeline(
      new ListPipelineExecutionsCommand({ pipelineName: NAMES.pipeline }),
    );
    return runs;
  }

  async run(pipelineExecutionId: string | undefined) {
    const command = new GetPipelineExecutionCommand({ pipelineName: NAMES.pipeline, pipelineExecutionId });
    return (await this.at.aws.codePipeline(command)).pipelineExecution;
  }

  /** Of each stage, by name, how it stands, and the latest execution of its action. */
  async state() {
    const { stageStates = [] } = await this.at.aws.codePipeline(new GetPipelineStateCommand({ name: NAMES.pipeline }));
    return Object.fromEntries(
      stageStates.map(({ stageName = "", latestExecution, inboundExecution, actionStates }) => [
        stageName,
        { stage: latestExecution, inbound: inboundExecution, action: actionStates?.[0]?.latestExecution },
      ]),
    );
  }

  /** The actions of the latest run, the last first. */
  async actions() {
    const [latest] = await this.runs();
    const { actionExecutionDetails: actions = [] } = await this.at.aws.codePipeline(
      new ListActionExecutionsCommand({
        pipelineName: NAMES.pipeline,
        filter: { pipelineExecutionId: latest?.pipelineExecutionId },
      }),
    );
    return actions;
  }

  async answer(status: "Approved" | "Rejected", summary = "", token?: string) {
    const state = await this.state();
    await this.at.aws.codePipeline(
      new PutApprovalResultCommand({
        pipelineName: NAMES.pipeline,
        stageName: "Approval",
        actionName: "Approval",
        result: { status, summary },
        token: token ?? state["Approval"]?.action?.token,
      }),
    );
  }

  /** The build of the latest run. */
  async build() {
    const id = (await this.state())["Build"]?.action?.externalExecutionId ?? "";
    const { builds: [build] = [] } = await this.at.aws.codeBuild(new BatchGetBuildsCommand({ ids: [id] }));
    return build;
  }

  /** The lines of that build's log. */
  async log(): Promise<string[]> {
    const { logs } = (await this.build()) ?? {};
    const { events = [] } = await this.at.aws.logs(
      new GetLogEventsCommand({ logGroupName: logs?.groupName, logStreamName: logs?.streamName, startFromHead: true }),
    );
    return events.map(({ message = "" }) => message.trimEnd());
  }

  async images() {
    const { imageDetails = [] } = await this.at.aws.ecr(
      new DescribeImagesCommand({ repositoryName: NAMES.repository }),
    );
    return imageDetails;
  }
}

/** What the service runs. */
export async function running(release: Release) {
  const { services: [live] = [] } = await release.at.aws.ecs(
    new DescribeServicesCommand({ cluster: NAMES.cluster, services: [NAMES.service] }),
  );
  const { taskDefinition } = await release.at.aws.ecs(
    new DescribeTaskDefinitionCommand({ taskDefinition: live?.taskDefinition }),
  );
  return { service: live, revision: taskDefinition?.revision, image: taskDefinition?.containerDefinitions?.[0]?.image };
}
