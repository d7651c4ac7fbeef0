import type { RoleTable } from "./role-table.ts";
import { arn, ARTIFACTS, roleArn, SOURCE, TO_TASKS } from "./stack-arns.ts";

const FAMILY = arn("ecs", "task-definition/shop-prod:*");
const REPOSITORY = arn("ecr", "repository/shop-prod");
const [EXECUTION, TASK] = [roleArn("task-execution"), roleArn("task")];
const SERVICE = arn("ecs", "service/shop-prod-cluster/shop-prod-service");
const CONFIG = { service: { enableExec: true }, network: { flowLogs: {} } };

/** The roles of a stack of one web service. */
export const OF_ONE_SERVICE: readonly RoleTable[] = [
  {
    role: "task-execution-role",
    config: CONFIG,
    jobs: [
      {
        source:
          "Amazon ECS developer guide, Amazon ECS task execution IAM role; ECR user guide, Using Amazon ECR images with Amazon ECS",
        calls: [
          ["ecr:GetAuthorizationToken", "*"],
          ["ecr:BatchCheckLayerAvailability", REPOSITORY],
          ["ecr:GetDownloadUrlForLayer", REPOSITORY],
          ["ecr:BatchGetImage", REPOSITORY],
          ["logs:CreateLogStream", arn("logs", "log-group:/ecs/shop-prod:log-stream:app/app/1")],
          ["logs:PutLogEvents", arn("logs", "log-group:/ecs/shop-prod:log-stream:app/app/1")],
        ],
      },
    ],
    besides: [
      ["ecr:BatchGetImage", arn("ecr", "repository/other")],
      ["ecr:PutImage", REPOSITORY],
      ["logs:PutLogEvents", arn("logs", "log-group:/ecs/shop-prod-other:log-stream:1")],
      ["logs:CreateLogGroup", arn("logs", "log-group:/ecs/shop-prod")],
    ],
  },
  {
    role: "task-role",
    config: CONFIG,
    jobs: [
      {
        source: "Amazon ECS developer guide, Monitor Amazon ECS containers with ECS Exec: permissions",
        calls: [
          ["ssmmessages:CreateControlChannel", "*"],
          ["ssmmessages:CreateDataChannel", "*"],
          ["ssmmessages:OpenControlChannel", "*"],
          ["ssmmessages:OpenDataChannel", "*"],
        ],
      },
    ],
    besides: [["s3:GetObject", `${SOURCE}/source.zip`]],
  },
  {
    role: "build-role",
    config: CONFIG,
    jobs: [
      {
        source: "CodeBuild user guide, Allow CodeBuild to interact with other AWS services",
        calls: [
          ["logs:CreateLogStream", arn("logs", "log-group:/aws/codebuild/shop-prod:log-stream:1")],
          ["logs:PutLogEvents", arn("logs", "log-group:/aws/codebuild/shop-prod:log-stream:1")],
          ["s3:GetBucketAcl", ARTIFACTS],
          ["s3:GetBucketLocation", ARTIFACTS],
          ["s3:GetObject", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
          ["s3:GetObjectVersion", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
          ["s3:PutObject", `${ARTIFACTS}/shop-prod-pipeline/build/1`],
        ],
      },
      {
        source: "ECR user guide, IAM permissions for pushing an image to an Amazon ECR private repository",
        calls: [
          ["ecr:GetAuthorizationToken", "*"],
          ["ecr:BatchCheckLayerAvailability", REPOSITORY],
          ["ecr:BatchGetImage", REPOSITORY],
          ["ecr:InitiateLayerUpload", REPOSITORY],
          ["ecr:UploadLayerPart", REPOSITORY],
          ["ecr:CompleteLayerUpload", REPOSITORY],
          ["ecr:PutImage", REPOSITORY],
        ],
      },
      {
        source: "botocore ecr, GetDownloadUrlForLayer: called for each layer of an image that a build pulls",
        calls: [["ecr:GetDownloadUrlForLayer", REPOSITORY]],
      },
      {
        source:
          "Service Authorization Reference, Actions, resources, and condition keys for Amazon ECR: DescribeImages",
        calls: [["ecr:DescribeImages", REPOSITORY]],
      },
    ],
    besides: [
      ["ecr:PutImage", arn("ecr", "repository/other")],
      ["ecr:BatchDeleteImage", REPOSITORY],
      ["s3:GetObject", `${SOURCE}/source.zip`],
      ["s3:DeleteObject", `${ARTIFACTS}/a`],
      ["logs:CreateLogGroup", arn("logs", "log-group:/aws/codebuild/shop-prod")],
      ["ecs:UpdateService", SERVICE],
      ["iam:PassRole", TASK, TO_TASKS],
    ],
  },
  {
    role: "pipeline-role",
    config: CONFIG,
    jobs: [
      {
        source: "CodePipeline user guide, Amazon S3 source action reference: service role permissions",
        calls: [
          ["s3:GetBucketVersioning", SOURCE],
          ["s3:GetBucketAcl", SOURCE],
          ["s3:GetBucketLocation", SOURCE],
          ["s3:GetObject", `${SOURCE}/source.zip`],
          ["s3:GetObjectVersion", `${SOURCE}/source.zip`],
          ["s3:GetObjectTagging", `${SOURCE}/source.zip`],
          ["s3:GetObjectVersionTagging", `${SOURCE}/source.zip`],
        ],
      },
      {
        source:
          "CodePipeline user guide, Manage the CodePipeline service role: AllowS3BucketAccess, AllowS3ObjectAccess",
        calls: [
          ["s3:GetBucketVersioning", ARTIFACTS],
          ["s3:GetBucketAcl", ARTIFACTS],
          ["s3:GetBucketLocation", ARTIFACTS],
          ["s3:PutObject", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
          ["s3:PutObjectAcl", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
          ["s3:PutObjectTagging", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
          ["s3:GetObject", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
          ["s3:GetObjectVersion", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
        ],
      },
      {
        source: "CodePipeline user guide, AWS CodeBuild build and test action reference: service role permissions",
        calls: [
          ["codebuild:StartBuild", arn("codebuild", "project/shop-prod-build")],
          ["codebuild:BatchGetBuilds", arn("codebuild", "project/shop-prod-build")],
        ],
      },
      {
        source:
          "CodePipeline user guide, Amazon Elastic Container Service deploy action reference: service role permissions",
        calls: [
          ["ecs:DescribeServices", SERVICE],
          ["ecs:UpdateService", SERVICE],
          ["ecs:DescribeTaskDefinition", "*"],
          ["ecs:RegisterTaskDefinition", FAMILY],
          ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/shop-prod:7")],
          ["ecs:TagResource", FAMILY, { "ecs:CreateAction": "RegisterTaskDefinition" }],
          ["iam:PassRole", EXECUTION, TO_TASKS],
          ["iam:PassRole", TASK, TO_TASKS],
          ["iam:PassRole", TASK, { "iam:PassedToService": "ecs.amazonaws.com" }],
          ["ecs:DescribeTasks", arn("ecs", "task/shop-prod-cluster/1")],
          ["ecs:ListTasks", "*", { "ecs:cluster": arn("ecs", "cluster/shop-prod-cluster") }],
        ],
      },
    ],
    besides: [
      ["s3:GetObject", `${SOURCE}/other.zip`],
      ["s3:PutObject", `${SOURCE}/source.zip`],
      ["s3:GetObject", "arn:aws:s3:::other/source.zip"],
      ["ecs:UpdateService", arn("ecs", "service/shop-prod-cluster/other")],
      ["ecs:UpdateService", arn("ecs", "service/other/shop-prod-service")],
      ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/other:*")],
      ["ecs:RegisterTaskDefinition", "*"],
      ["ecs:TagResource", FAMILY],
      ["ecs:ListTasks", "*", { "ecs:cluster": arn("ecs", "cluster/other") }],
      ["iam:PassRole", TASK, { "iam:PassedToService": "ec2.amazonaws.com" }],
      ["iam:PassRole", TASK],
      ["iam:PassRole", roleArn("build"), TO_TASKS],
      ["codebuild:StartBuild", arn("codebuild", "project/other")],
    ],
  },
  {
    role: "events-role",
    config: CONFIG,
    jobs: [
      {
        source: "EventBridge user guide, Using IAM roles for EventBridge: permissions for CodePipeline",
        calls: [["codepipeline:StartPipelineExecution", arn("codepipeline", "shop-prod-pipeline")]],
      },
    ],
    besides: [
      ["codepipeline:StartPipelineExecution", arn("codepipeline", "other")],
      ["codepipeline:PutApprovalResult", arn("codepipeline", "shop-prod-pipeline/Approval/Approve")],
    ],
  },
  {
    role: "flow-logs-role",
    config: CONFIG,
    jobs: [
      {
        source: "VPC user guide, IAM role for publishing flow logs to CloudWatch Logs",
        calls: [
          ["logs:CreateLogStream", arn("logs", "log-group:/aws/vpc/shop-prod:log-stream:eni-1-reject")],
          ["logs:PutLogEvents", arn("logs", "log-group:/aws/vpc/shop-prod:log-stream:eni-1-reject")],
          ["logs:DescribeLogGroups", arn("logs", "log-group:*")],
          ["logs:DescribeLogStreams", arn("logs", "log-group:/aws/vpc/shop-prod:*")],
        ],
      },
    ],
    besides: [
      ["logs:CreateLogGroup", arn("logs", "log-group:/aws/vpc/shop-prod")],
      ["logs:PutLogEvents", arn("logs", "log-group:/ecs/shop-prod:log-stream:1")],
      ["logs:GetLogEvents", arn("logs", "log-group:/aws/vpc/shop-prod:log-stream:1")],
    ],
  },
];
