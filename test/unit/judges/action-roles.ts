import type { Row, RoleTable } from "./role-table.ts";
import { REGION } from "./stack-roles.ts";
import { arn, ARTIFACTS, CLUSTER, roleArn, TO_TASKS } from "./stack-arns.ts";

const BEFORE = arn("ecs", "task-definition/shop-prod-before_release:3");
const JOB = arn("ecs", "task-definition/shop-prod-report:3");
const TASK = arn("ecs", "task/shop-prod-cluster/1");
const SERVICE = arn("ecs", "service/shop-prod-cluster/shop-prod-service");
const API = arn("ecr", "repository/shop-prod-api");
const TARGET = arn("application-autoscaling", "scalable-target/0ec5");
const OTHER_CLUSTER = { "ecs:cluster": arn("ecs", "cluster/other") };
const RUN = { "ecs:CreateAction": "RunTask" };
const REGISTERED = { "ecs:CreateAction": "RegisterTaskDefinition" };

/** The tags of a stack's scalable targets. */
const tagged = (environment: string) => ({
  "aws:ResourceTag/fairlead:stack": "shop",
  "aws:ResourceTag/fairlead:environment": environment,
  "aws:ResourceTag/fairlead:region": REGION,
});

/** What CodeBuild does for any action of the pipeline. */
const runsAction = (group: string) => ({
  source: "CodeBuild user guide, Allow CodeBuild to interact with other AWS services",
  calls: [
    ["logs:CreateLogStream", arn("logs", `log-group:${group}:log-stream:1`)],
    ["logs:PutLogEvents", arn("logs", `log-group:${group}:log-stream:1`)],
    ["s3:GetBucketAcl", ARTIFACTS],
    ["s3:GetBucketLocation", ARTIFACTS],
    ["s3:GetObject", `${ARTIFACTS}/shop-prod-pipeline/BuildOutpu/1`],
    ["s3:GetObjectVersion", `${ARTIFACTS}/shop-prod-pipeline/BuildOutpu/1`],
  ] as readonly Row[],
});

/** The roles of the steps of a release, and of a job's schedule. */
export const OF_ACTIONS: readonly RoleTable[] = [
  {
    role: "release-role",
    config: {
      services: {
        web: { release: { before: ["migrate"] } },
        api: { path: "/api/*" },
        report: { type: "job", schedule: "rate(1 hour)" },
      },
    },
    jobs: [
      runsAction("/aws/codebuild/shop-prod/release"),
      {
        source: "Service Authorization Reference, Amazon Elastic Container Service and Amazon CloudWatch Logs",
        calls: [
          ["ecs:DescribeTaskDefinition", "*"],
          ...[BEFORE, JOB].flatMap((family): Row[] => [
            ["ecs:RegisterTaskDefinition", family],
            ["ecs:TagResource", family, REGISTERED],
          ]),
          ...["task", "task-execution", "report-task", "report-task-execution"].map((name): Row => [
            "iam:PassRole",
            roleArn(name),
            TO_TASKS,
          ]),
          ["ecs:DescribeServices", SERVICE],
          ["ecs:RunTask", BEFORE, CLUSTER],
          ["ecs:TagResource", TASK, RUN],
          ["ecs:DescribeTasks", TASK],
          ["logs:GetLogEvents", arn("logs", "log-group:/ecs/shop-prod:log-stream:before/shop/1")],
        ],
      },
    ],
    besides: [
      ["ecs:RunTask", BEFORE, OTHER_CLUSTER],
      ["ecs:RunTask", JOB, CLUSTER],
      ["ecs:RunTask", arn("ecs", "task-definition/shop-prod:1"), CLUSTER],
      ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/shop-prod:1")],
      ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/shop-prod-api:1")],
      ["ecs:UpdateService", SERVICE],
      ["ecs:StopTask", TASK],
      ["ecs:TagResource", TASK],
      ["iam:PassRole", roleArn("api-task"), TO_TASKS],
      ["iam:PassRole", roleArn("report-schedule"), TO_TASKS],
      ["iam:PassRole", roleArn("task"), { "iam:PassedToService": "lambda.amazonaws.com" }],
      ["logs:GetLogEvents", arn("logs", "log-group:/ecs/shop-prod:log-stream:shop/shop/1")],
      ["s3:PutObject", `${ARTIFACTS}/shop-prod-pipeline/BuildOutpu/1`],
      ["scheduler:UpdateSchedule", arn("scheduler", "schedule/default/shop-prod-report")],
      ["ecr:PutImage", arn("ecr", "repository/shop-prod")],
    ],
  },
  {
    role: "scan-role",
    config: { delivery: { failOn: "HIGH" }, services: { web: {}, api: { path: "/api/*" } } },
    jobs: [
      runsAction("/aws/codebuild/shop-prod"),
      {
        source:
          "Service Authorization Reference, Amazon Elastic Container Registry; ECR user guide, IAM permissions required for enhanced scanning",
        calls: [
          ["ecr:DescribeImageScanFindings", arn("ecr", "repository/shop-prod")],
          ["ecr:DescribeImageScanFindings", API],
          ["inspector2:ListCoverage", "*"],
          ["inspector2:ListFindings", "*"],
        ],
      },
    ],
    besides: [
      ["ecr:DescribeImageScanFindings", arn("ecr", "repository/other")],
      ["ecr:StartImageScan", API],
      ["inspector2:Disable", "*"],
      ["ecr:PutImage", API],
      ["ecr:BatchGetImage", API],
      ["ecr:GetAuthorizationToken", "*"],
      ["s3:PutObject", `${ARTIFACTS}/shop-prod-pipeline/BuildOutpu/1`],
      ["logs:CreateLogGroup", arn("logs", "log-group:/aws/codebuild/shop-prod")],
      ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/shop-prod:1")],
    ],
  },
  {
    role: "warm-role",
    config: { scaling: { min: 2, max: 6, releaseMin: 4 } },
    jobs: [
      runsAction("/aws/codebuild/shop-prod"),
      {
        source:
          "Service Authorization Reference, AWS Application Auto Scaling; Amazon ECS developer guide, IAM permissions required for Amazon ECS service auto scaling",
        calls: [
          ["application-autoscaling:DescribeScalableTargets", "*"],
          ["application-autoscaling:ListTagsForResource", TARGET, tagged("prod")],
          ["application-autoscaling:RegisterScalableTarget", TARGET, tagged("prod")],
          ["application-autoscaling:TagResource", TARGET, tagged("prod")],
          ["application-autoscaling:UntagResource", TARGET, tagged("prod")],
          ["ecs:DescribeServices", SERVICE],
          ["ecs:UpdateService", SERVICE],
        ],
      },
    ],
    besides: [
      ["application-autoscaling:RegisterScalableTarget", TARGET, tagged("dev")],
      ["application-autoscaling:RegisterScalableTarget", TARGET],
      ["application-autoscaling:DeregisterScalableTarget", TARGET, tagged("prod")],
      ["application-autoscaling:PutScheduledAction", TARGET, tagged("prod")],
      ["ecs:UpdateService", arn("ecs", "service/shop-prod-cluster/other-service"), tagged("prod")],
      ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/shop-prod:1"), tagged("prod")],
    ],
  },
  {
    role: "report/schedule-role",
    config: { services: { web: {}, report: { type: "job", schedule: "rate(1 hour)", image: "node:22" } } },
    jobs: [
      {
        source:
          "Amazon ECS developer guide, Amazon ECS EventBridge IAM role; botocore ecs, RunTask: judged on the newest revision",
        calls: [
          ["ecs:RunTask", arn("ecs", "task-definition/shop-prod-report:7"), CLUSTER],
          ["ecs:RunTask", arn("ecs", "task-definition/shop-prod-report"), CLUSTER],
          ["ecs:TagResource", TASK, RUN],
          ["iam:PassRole", roleArn("report-task"), TO_TASKS],
          ["iam:PassRole", roleArn("report-task-execution"), TO_TASKS],
        ],
      },
    ],
    besides: [
      ["ecs:RunTask", JOB, OTHER_CLUSTER],
      ["ecs:RunTask", JOB],
      ["ecs:RunTask", arn("ecs", "task-definition/shop-prod:1"), CLUSTER],
      ["ecs:RunTask", arn("ecs", "task-definition/shop-prod-report-2:1"), CLUSTER],
      ["ecs:TagResource", TASK],
      ["ecs:TagResource", JOB, RUN],
      ["ecs:StopTask", TASK],
      ["iam:PassRole", roleArn("task"), TO_TASKS],
      ["iam:PassRole", roleArn("report-task"), { "iam:PassedToService": "lambda.amazonaws.com" }],
      ["iam:PassRole", roleArn("report-schedule"), TO_TASKS],
    ],
  },
];
