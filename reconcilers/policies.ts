import type { PolicyDocument, Statement } from "../src/aws/policy.ts";
import type { Layer } from "./layer.ts";

/*
 * The policies of the roles. All ARNs are made of names, which are known beforehand: so no role has to wait for what it may touch.
 */

const VERSION = "2012-10-17";

const allow = (
  Sid: string,
  Action: readonly string[],
  Resource: string | readonly string[],
  Condition?: Statement["Condition"],
): Statement => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});

/** Who may assume a role: one service, and only on behalf of this account (the confused deputy, IAM user guide). */
export const trust = ({ facts }: Layer, service: string): PolicyDocument => ({
  Version: VERSION,
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": facts.account } },
    },
  ],
});

/** The application's own permissions: the user's statements, and the channels of ECS Exec where it is switched on. */
export function taskPolicy({ stack }: Layer): Record<string, PolicyDocument> {
  const { taskPolicy: own, enableExec } = stack.service;
  const exec = allow(
    "EcsExec",
    [
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ],
    "*",
  );
  const statements = [...(own as readonly Statement[]), ...(enableExec ? [exec] : [])];
  return statements.length > 0 ? { task: { Version: VERSION, Statement: statements } } : {};
}

/** Writes its log, pushes to the one repository, reads and writes the pipeline's artifacts. */
export function buildPolicy(layer: Layer): Record<string, PolicyDocument> {
  const { names, facts } = layer;
  const statements = [
    // Without logs:CreateLogGroup: a build that is still running would bring the group back, without retention, after a teardown.
    allow(
      "Log",
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      layer.arn("logs", `log-group:${names.buildLogGroup}:*`),
    ),
    allow("RegistryLogin", ["ecr:GetAuthorizationToken"], "*"),
    allow(
      "PushAndPull",
      [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      layer.arn("ecr", `repository/${names.repository}`),
    ),
    allow(
      "Artifacts",
      ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      `arn:${facts.partition}:s3:::${names.artifactBucket}/*`,
    ),
  ];
  return { build: { Version: VERSION, Statement: statements } };
}

/** Reads the source, moves artifacts, starts the one build, deploys to the one service. */
export function pipelinePolicy(layer: Layer): Record<string, PolicyDocument> {
  const { stack, names, facts } = layer;
  const bucket = (name: string) => `arn:${facts.partition}:s3:::${name}`;
  const role = (name: string) => layer.arn("iam", `role/${name}`, "");
  const statements = [
    allow(
      "Source",
      ["s3:GetObject", "s3:GetObjectVersion"],
      `${bucket(names.sourceBucket)}/${stack.delivery.sourceKey}`,
    ),
    allow(
      "Buckets",
      ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
      [bucket(names.sourceBucket), bucket(names.artifactBucket)],
    ),
    allow("Artifacts", ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], `${bucket(names.artifactBucket)}/*`),
    allow(
      "Build",
      ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
      layer.arn("codebuild", `project/${names.buildProject}`),
    ),
    allow(
      "Deploy",
      ["ecs:DescribeServices", "ecs:UpdateService"],
      layer.arn("ecs", `service/${names.cluster}/${names.service}`),
    ),
    // Neither action can be narrowed to a resource (service authorization reference of Amazon ECS).
    allow("TaskDefinitions", ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"], "*"),
    allow("TagTaskDefinitions", ["ecs:TagResource"], layer.arn("ecs", `task-definition/${names.taskFamily}:*`), {
      StringEquals: { "ecs:CreateAction": "RegisterTaskDefinition" },
    }),
    allow("PassTaskRoles", ["iam:PassRole"], [role(names.roles.execution), role(names.roles.task)], {
      StringEquals: { "iam:PassedToService": ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"] },
    }),
  ];
  return { pipeline: { Version: VERSION, Statement: statements } };
}

/** Starts the one pipeline. */
export function eventsPolicy(layer: Layer): Record<string, PolicyDocument> {
  const start = allow(
    "Start",
    ["codepipeline:StartPipelineExecution"],
    layer.arn("codepipeline", layer.names.pipeline),
  );
  return { start: { Version: VERSION, Statement: [start] } };
}

/** Lets this account, and nobody else, push to and pull from the repository. */
export function repositoryPolicy({ facts }: Layer): PolicyDocument {
  return {
    Version: VERSION,
    Statement: [
      {
        Sid: "ThisAccount",
        Effect: "Allow",
        Principal: { AWS: `arn:${facts.partition}:iam::${facts.account}:root` },
        Action: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ],
      },
    ],
  };
}
