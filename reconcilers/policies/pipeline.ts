import type { PolicyDocument } from "../../src/aws/policy.ts";
import type { Scope } from "../scope.ts";
import { allow, oneOrAll, policy } from "./allow.ts";

/*
 * The policies of the pipeline's three roles. All ARNs are made of names, which are known beforehand: so no role has to wait for what it
 * may touch.
 */

/** Names of what the pipeline reads, writes and deploys. */
export interface PipelineReach {
  readonly buildLogGroup: string;
  readonly buildProject: string;
  readonly artifactBucket: string;
  readonly sourceBucket: string;
  readonly sourceKey: string;
  readonly pipeline: string;
  readonly cluster: string;
  readonly services: readonly ServiceReach[];
  /** Repositories that the build pushes to: those of the services, and of jobs. */
  readonly repositories: readonly string[];
  /** Steps before and after the deployment, if any. */
  readonly releaseProject?: string | undefined;
  /** What raises the minimum of services during a release, if any. */
  readonly warmProject?: string | undefined;
  /** The check of image scans, if any. */
  readonly scanProject?: string | undefined;
}

/** Names of what the pipeline needs of one service. */
export interface ServiceReach {
  readonly service: string;
  readonly taskFamily: string;
  readonly roles: { readonly execution: string; readonly task: string };
}

/**
 * With more services than this, they are matched by a common pattern where that is harmless; roles to pass are always listed individually.
 */
const MANY = 8;

/** Writes its log, pushes to the stack's repositories, reads and writes the pipeline's artifacts. */
export function buildPolicy(scope: Scope, reach: PipelineReach): Record<string, PolicyDocument> {
  return policy("build", [
    // Without logs:CreateLogGroup: after a teardown, a build that is still running would recreate the group without retention.
    allow(
      "Log",
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      scope.arn("logs", `log-group:${reach.buildLogGroup}:*`),
    ),
    allow("RegistryLogin", ["ecr:GetAuthorizationToken"], "*"),
    allow(
      "PushAndPull",
      [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        // Whether an image is there already, so that it need not be built again. Service Authorization Reference, "Actions, resources, and
        // condition keys for Amazon ECR": judged on the repository.
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      oneOrAll(reach.repositories.map((repository) => scope.arn("ecr", `repository/${repository}`))),
    ),
    // CodeBuild user guide, "Allow CodeBuild to interact with other AWS services": the bucket's location and list are read beside the
    // objects. Of the same list, report groups are left out: no build of ours makes one.
    allow("ArtifactBucket", ["s3:GetBucketAcl", "s3:GetBucketLocation"], scope.bucketArn(reach.artifactBucket)),
    allow(
      "Artifacts",
      ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      `${scope.bucketArn(reach.artifactBucket)}/*`,
    ),
  ]);
}

/** Reads the source, moves artifacts, starts the one build, deploys to the stack's services. */
export function pipelinePolicy(scope: Scope, reach: PipelineReach): Record<string, PolicyDocument> {
  const { artifactBucket, sourceBucket, services } = reach;
  return policy("pipeline", [
    // CodePipeline user guide, "Amazon S3 source action reference", service role permissions.
    allow(
      "Source",
      ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"],
      `${scope.bucketArn(sourceBucket)}/${reach.sourceKey}`,
    ),
    allow(
      "Buckets",
      ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
      [scope.bucketArn(sourceBucket), scope.bucketArn(artifactBucket)],
    ),
    // CodePipeline user guide, "Manage the CodePipeline service role": the access list is written with each artifact. Its tags are in
    // some editions only of that list; they are allowed, so that both are right.
    allow(
      "Artifacts",
      ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"],
      `${scope.bucketArn(artifactBucket)}/*`,
    ),
    allow(
      "Build",
      ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
      oneOrAll(
        [reach.buildProject, reach.releaseProject, reach.warmProject, reach.scanProject].flatMap((project) =>
          project === undefined ? [] : scope.arn("codebuild", `project/${project}`),
        ),
      ),
    ),
    ...(services.length === 0 ? [] : deployStatements(scope, reach)),
  ]);
}

function deployStatements(scope: Scope, { cluster, services }: PipelineReach) {
  const roleArn = (name: string) => scope.arn("iam", `role/${name}`, "");
  const families = services.map(({ taskFamily }) => `task-definition/${taskFamily}:*`);
  // All inline policies of a role may have 10,240 characters (IAM user guide, "IAM and AWS STS quotas"), and each family is named twice.
  const many =
    services.length > MANY
      ? [`task-definition/${scope.name("*:*")}`, `task-definition/${scope.name("*").slice(0, -2)}:*`]
      : families;
  const revisions = oneOrAll(many.map((family) => scope.arn("ecs", family)));
  return [
    // CodePipeline user guide, "Amazon Elastic Container Service deploy action reference", service role permissions. Earlier editions
    // name the two reads of tasks too.
    allow(
      "Deploy",
      ["ecs:DescribeServices", "ecs:UpdateService"],
      // The cluster is the stack's own: what is in it are its services.
      services.length > MANY
        ? scope.arn("ecs", `service/${cluster}/*`)
        : oneOrAll(services.map((one) => scope.arn("ecs", `service/${cluster}/${one.service}`))),
    ),
    allow("Tasks", ["ecs:DescribeTasks"], scope.arn("ecs", `task/${cluster}/*`)),
    allow("TaskList", ["ecs:ListTasks"], "*", {
      ArnEquals: { "ecs:cluster": scope.arn("ecs", `cluster/${cluster}`) },
    }),
    // This read cannot be restricted to a resource (service authorization reference of Amazon ECS).
    allow("ReadTaskDefinitions", ["ecs:DescribeTaskDefinition"], "*"),
    allow("RegisterTaskDefinitions", ["ecs:RegisterTaskDefinition"], revisions),
    allow("TagTaskDefinitions", ["ecs:TagResource"], revisions, {
      StringEquals: { "ecs:CreateAction": "RegisterTaskDefinition" },
    }),
    allow(
      "PassTaskRoles",
      ["iam:PassRole"],
      services.flatMap(({ roles }) => [roleArn(roles.execution), roleArn(roles.task)]),
      { StringEquals: { "iam:PassedToService": ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"] } },
    ),
  ];
}

/** Starts the pipeline, and nothing else. */
export const eventsPolicy = (scope: Scope, { pipeline }: PipelineReach): Record<string, PolicyDocument> =>
  policy("start", [allow("Start", ["codepipeline:StartPipelineExecution"], scope.arn("codepipeline", pipeline))]);
