import type { Names, StackNames } from "../../src/config/naming.ts";
import { Project } from "../../src/aws/codebuild/project.ts";
import { Pipeline } from "../../src/aws/codepipeline/pipeline.ts";
import { Rule } from "../../src/aws/eventbridge/rule.ts";
import { LogGroup } from "../../src/aws/logs/log-group.ts";
import { Bucket } from "../../src/aws/s3/bucket.ts";
import type { Lifecycle } from "../../src/aws/s3/lifecycle.ts";
import { tlsOnly } from "../../src/aws/s3/tls-only.ts";
import type { DeliverySettings, LogsSettings } from "../../src/config/stack.ts";
import { buildPolicy, eventsPolicy, pipelinePolicy, type ServiceReach } from "../policies/pipeline.ts";
import type { Scope } from "../scope.ts";
import { releaseSteps, type ReleaseAction } from "./release-steps.ts";
import { role } from "./role.ts";
import type { ScanStep } from "./scan-buildspec.ts";
import { scanSteps } from "./scan-steps.ts";
import { stages } from "./stages.ts";
import type { WarmStep } from "./warm-buildspec.ts";
import { warmSteps } from "./warm-steps.ts";

/** A service that the pipeline deploys. */
export interface DeployTarget extends ServiceReach {
  readonly deployAction: string;
  /** The file in which the build tells the deploy action what to deploy. */
  readonly imageDefinitions: string;
}

export interface PipelineProps {
  readonly names: StackNames & Pick<Names, "roles">;
  readonly settings: DeliverySettings;
  readonly logs: Pick<LogsSettings, "buildRetentionDays">;
  readonly build: {
    /** An inline buildspec, or the path of one in the source. */
    readonly buildspec: string;
    /** Variables of its commands in addition to the account and the region. */
    readonly variables: Readonly<Record<string, string>>;
    /** The architecture that it builds for, which is also the build machine's: emulated builds take many times as long. */
    readonly architecture: "x86_64" | "arm64";
  };
  readonly services: readonly DeployTarget[];
  /** Repositories that the build pushes to. */
  readonly repositories: readonly string[];
  /** Steps before and after the services are deployed. */
  readonly before: readonly ReleaseAction[];
  readonly after: readonly ReleaseAction[];
  /** The services whose minimum is raised while they are deployed. */
  readonly warm: readonly WarmStep[];
  /** The images whose findings are checked, with `delivery.failOn`. */
  readonly scans: readonly ScanStep[];
}

/** From source.zip to running tasks: S3 -> CodeBuild -> approval -> ECS, started by an event instead of polling. */
export function pipeline(scope: Scope, props: PipelineProps) {
  const { names, settings, logs, build, services, repositories, before, after, warm, scans } = props;
  const { sourceKey, failOn } = settings;
  const hasSteps = before.length + after.length > 0;
  const reach = {
    ...names,
    sourceKey,
    services,
    repositories,
    releaseProject: hasSteps ? names.releaseProject : undefined,
    warmProject: warm.length > 0 ? names.warmProject : undefined,
    scanProject: failOn ? names.scanProject : undefined,
  };
  const isSingle = services.length + after.length === 1;
  const buildLog = scope.add("observability/build-log", LogGroup, {
    name: names.buildLogGroup,
    retentionDays: logs.buildRetentionDays,
  });
  const builder = role(scope, "build-role", {
    name: names.roles.build,
    description: isSingle ? "Builds and pushes the image" : "Builds and pushes the images",
    assumedBy: {
      service: "codebuild.amazonaws.com",
      source: scope.arn("codebuild", `project/${names.buildProject}`),
    },
    policies: buildPolicy(scope, reach),
  });
  const runner = role(scope, "pipeline-role", {
    name: names.roles.pipeline,
    description: "Runs the delivery pipeline",
    assumedBy: { service: "codepipeline.amazonaws.com" },
    policies: pipelinePolicy(scope, reach),
  });
  const starter = role(scope, "events-role", {
    name: names.roles.events,
    description: "Starts the delivery pipeline",
    assumedBy: { service: "events.amazonaws.com", source: scope.arn("events", `rule/${names.sourceRule}`) },
    policies: eventsPolicy(scope, reach),
  });

  const source = bucket(scope, "delivery/source-bucket", names.sourceBucket, {
    eventBridge: true,
    // The latest version never expires: without `expireDays`, a rule only expires noncurrent versions. A release reads its version once, at
    // its start, and a rollback only needs images.
    lifecycle: { expireNoncurrentDays: settings.sourceRetentionDays, abortMultipartDays: 7 },
  });
  const artifacts = bucket(scope, "delivery/artifact-bucket", names.artifactBucket, {
    eventBridge: false,
    lifecycle: { expireDays: settings.artifactRetentionDays, expireNoncurrentDays: 1, abortMultipartDays: 7 },
  });

  const project = scope.add("delivery/build-project", Project, {
    name: names.buildProject,
    description: `Builds the ${isSingle ? "image" : "images"} of ${names.prefix}`,
    roleArn: builder.arn,
    type: build.architecture === "arm64" ? "ARM_CONTAINER" : "LINUX_CONTAINER",
    image: buildImageFor(settings.buildImage, build.architecture),
    computeType: settings.computeType,
    // Required for Docker builds, and for nothing else here.
    privileged: true,
    environment: { AWS_DEFAULT_REGION: scope.region, AWS_ACCOUNT_ID: scope.account, ...build.variables },
    buildspec: build.buildspec,
    timeoutMinutes: settings.buildTimeoutMinutes,
    logGroup: buildLog.name,
  });
  const steps = hasSteps ? releaseSteps(scope, { names, logs, actions: [...before, ...after] }) : undefined;
  const scanning = failOn ? scanSteps(scope, { names, log: buildLog.name, repositories, failOn }) : undefined;
  const warming = warm.length > 0 ? warmSteps(scope, { names, log: buildLog.name, steps: warm }) : undefined;
  const made = scope.add("delivery/pipeline", Pipeline, {
    name: names.pipeline,
    roleArn: runner.arn,
    artifactBucket: artifacts.name,
    stages: stages({
      sourceBucket: source.name,
      project: project.name,
      settings,
      cluster: names.cluster,
      services,
      ...(steps ? { steps: { project: steps.name, before, after } } : {}),
      warm: warming && { project: warming.name, steps: warm },
      scans: scanning && { project: scanning.name, steps: scans },
    }),
  });
  scope.add("delivery/source-rule", Rule, {
    name: names.sourceRule,
    description: `Starts ${names.pipeline} when ${sourceKey} is uploaded`,
    pattern: {
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: [names.sourceBucket] }, object: { key: [sourceKey] } },
    },
    enabled: true,
    targets: [{ id: "pipeline", arn: made.arn, roleArn: starter.arn }],
  });
  scope.output("s3_source_bucket_name", source.name);
  scope.output("codepipeline_name", made.name);
}

/**
 * CodeBuild's image of that name for another architecture (CodeBuild user guide, "Docker images provided by CodeBuild": the Arm image has a
 * version of its own); every other image is the user's to choose.
 */
const buildImageFor = (image: string, architecture: PipelineProps["build"]["architecture"]): string =>
  architecture === "arm64" ? image.replace(/^aws\/codebuild\/amazonlinux-x86_64-standard:.*$/, ARM_IMAGE) : image;
const ARM_IMAGE = "aws/codebuild/amazonlinux-aarch64-standard:3.0";

/** A bucket that is encrypted, versioned, not public and only accessible over TLS. */
const bucket = (scope: Scope, id: string, name: string, own: { eventBridge: boolean; lifecycle: Lifecycle }) =>
  scope.add(id, Bucket, {
    name,
    versioning: true,
    encryption: "AES256",
    blockPublicAccess: true,
    ownership: "BucketOwnerEnforced",
    policy: tlsOnly(scope.partition, name),
    ...own,
  });
