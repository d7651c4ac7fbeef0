import { Project } from "../src/aws/codebuild/project.ts";
import { Pipeline } from "../src/aws/codepipeline/pipeline.ts";
import { Rule } from "../src/aws/eventbridge/rule.ts";
import { Bucket } from "../src/aws/s3/bucket.ts";
import type { Lifecycle } from "../src/aws/s3/lifecycle.ts";
import type { Layer } from "./layer.ts";
import type { Observability } from "./observability.ts";
import { tlsOnly } from "../src/aws/s3/tls-only.ts";
import type { Security } from "./security.ts";
import { stages } from "./stages.ts";

/** From source.zip to running tasks: S3 -> CodeBuild -> approval -> ECS, started by an event and never by polling. */
export function delivery(layer: Layer, { roles }: Security, { buildLog }: Observability) {
  const { stack, names, facts } = layer;
  const settings = stack.delivery;
  const bucket = (
    name: string,
    bucketName: string,
    own: {
      eventBridge: boolean;
      lifecycle: Lifecycle;
    },
  ) =>
    layer.add(name, Bucket, {
      name: bucketName,
      versioning: true,
      encryption: "AES256",
      blockPublicAccess: true,
      ownership: "BucketOwnerEnforced",
      policy: tlsOnly(layer.facts.partition, bucketName),
      ...own,
    });
  const source = bucket("source-bucket", names.sourceBucket, {
    eventBridge: true,
    // Never the newest version: without `expireDays` a rule expires versions that another one has covered only. A release reads its version
    // once, at its start, and a rollback needs images alone.
    lifecycle: { expireNoncurrentDays: settings.sourceRetentionDays, abortMultipartDays: 7 },
  });
  const artifacts = bucket("artifact-bucket", names.artifactBucket, {
    eventBridge: false,
    lifecycle: { expireDays: settings.artifactRetentionDays, expireNoncurrentDays: 1, abortMultipartDays: 7 },
  });

  const project = layer.add("build-project", Project, {
    name: names.buildProject,
    description: `Builds the image of ${names.prefix}`,
    roleArn: roles.build.arn,
    image: settings.buildImage,
    computeType: settings.computeType,
    // Docker builds need it, and nothing else here does.
    privileged: true,
    environment: {
      AWS_DEFAULT_REGION: stack.region,
      AWS_ACCOUNT_ID: facts.account,
      IMAGE_REPO_NAME: names.repository,
      IMAGE_TAG: "latest",
      CONTAINER_NAME: names.container,
      ECS_CLUSTER_NAME: names.cluster,
      ECS_SERVICE_NAME: names.service,
    },
    buildspec: settings.buildspec,
    timeoutMinutes: settings.buildTimeoutMinutes,
    logGroup: buildLog.name,
  });
  const pipeline = layer.add("pipeline", Pipeline, {
    name: names.pipeline,
    roleArn: roles.pipeline.arn,
    artifactBucket: artifacts.name,
    stages: stages(layer, source.name, project.name),
  });
  layer.add("source-rule", Rule, {
    name: names.sourceRule,
    description: `Starts ${names.pipeline} when ${settings.sourceKey} is uploaded`,
    pattern: {
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: [names.sourceBucket] }, object: { key: [settings.sourceKey] } },
    },
    enabled: true,
    targets: [{ id: "pipeline", arn: pipeline.arn, roleArn: roles.events.arn }],
  });
  return { source, pipeline };
}

/** What the delivery layer hands on. */
export type Delivery = ReturnType<typeof delivery>;
