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

/**
 * Pulls the images of the tasks and writes their log (Amazon ECS developer guide, "Amazon ECS task execution IAM role"): the actions of
 * AmazonECSTaskExecutionRolePolicy, which allows them on every repository and log group of the account.
 */
export function executionPolicy(layer: Layer): Record<string, PolicyDocument> {
  const { stack, names, facts } = layer;
  const own = layer.arn("ecr", `repository/${names.repository}`);
  const repositories = [own, ...repositoryOf(facts.partition, stack.container.image)];
  const statements = [
    allow("RegistryLogin", ["ecr:GetAuthorizationToken"], "*"),
    allow(
      "Pull",
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      [...new Set(repositories)],
    ),
    allow(
      "Log",
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      layer.arn("logs", `log-group:${names.applicationLogGroup}:*`),
    ),
  ];
  return { execution: { Version: VERSION, Statement: statements } };
}

/** The ECR repository that an image lies in; none where it comes from elsewhere, for which IAM has no say. */
function repositoryOf(partition: string, image = ""): string[] {
  const [, account, region, name] =
    /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/([^:@]+)/.exec(image) ?? [];
  return name === undefined ? [] : [`arn:${partition}:ecr:${region}:${account}:repository/${name}`];
}

const bucketArn = ({ facts }: Layer, name: string) => `arn:${facts.partition}:s3:::${name}`;

/** Writes its log, pushes to the one repository, reads and writes the pipeline's artifacts. */
export function buildPolicy(layer: Layer): Record<string, PolicyDocument> {
  const { names } = layer;
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
    // CodeBuild user guide, "Allow CodeBuild to interact with other AWS services": the bucket's location and list are read beside the
    // objects. Of the same list, report groups are left out: no build of ours makes one.
    allow("ArtifactBucket", ["s3:GetBucketAcl", "s3:GetBucketLocation"], bucketArn(layer, names.artifactBucket)),
    allow(
      "Artifacts",
      ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      `${bucketArn(layer, names.artifactBucket)}/*`,
    ),
  ];
  return { build: { Version: VERSION, Statement: statements } };
}

/** Reads the source, moves artifacts, starts the one build, deploys to the one service. */
export function pipelinePolicy(layer: Layer): Record<string, PolicyDocument> {
  const { stack, names } = layer;
  const role = (name: string) => layer.arn("iam", `role/${name}`, "");
  const statements = [
    // CodePipeline user guide, "Amazon S3 source action reference", service role permissions.
    allow(
      "Source",
      ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"],
      `${bucketArn(layer, names.sourceBucket)}/${stack.delivery.sourceKey}`,
    ),
    allow(
      "Buckets",
      ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
      [bucketArn(layer, names.sourceBucket), bucketArn(layer, names.artifactBucket)],
    ),
    // CodePipeline user guide, "Manage the CodePipeline service role": the access list is written with each artifact. Its tags are in
    // some editions only of that list; they are allowed, so that both are right.
    allow(
      "Artifacts",
      ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"],
      `${bucketArn(layer, names.artifactBucket)}/*`,
    ),
    allow(
      "Build",
      ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
      layer.arn("codebuild", `project/${names.buildProject}`),
    ),
    // CodePipeline user guide, "Amazon Elastic Container Service deploy action reference", service role permissions. Earlier editions
    // name the two reads of tasks too.
    allow(
      "Deploy",
      ["ecs:DescribeServices", "ecs:UpdateService"],
      layer.arn("ecs", `service/${names.cluster}/${names.service}`),
    ),
    allow("Tasks", ["ecs:DescribeTasks"], layer.arn("ecs", `task/${names.cluster}/*`)),
    allow("TaskList", ["ecs:ListTasks"], "*", {
      ArnEquals: { "ecs:cluster": layer.arn("ecs", `cluster/${names.cluster}`) },
    }),
    // This read cannot be narrowed to a resource (service authorization reference of Amazon ECS).
    allow("ReadTaskDefinitions", ["ecs:DescribeTaskDefinition"], "*"),
    allow(
      "RegisterTaskDefinitions",
      ["ecs:RegisterTaskDefinition"],
      layer.arn("ecs", `task-definition/${names.taskFamily}:*`),
    ),
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
