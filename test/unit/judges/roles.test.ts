import { describe, expect, it } from "vitest";
import { ACCOUNT, REGION, rolesOf, trustOf, verdictOf } from "./stack-roles.ts";

/** One call of a role's job: the action, what it is about, context keys. */
type Row = readonly [action: string, resource: string, context?: Record<string, string>];

const arn = (service: string, resource: string, region = REGION) =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
const SOURCE = `arn:aws:s3:::shop-prod-source-${ACCOUNT}-${REGION}`;
const ARTIFACTS = `arn:aws:s3:::shop-prod-artifacts-${ACCOUNT}-${REGION}`;
const FAMILY = arn("ecs", "task-definition/shop-prod:*");
const REPOSITORY = arn("ecr", "repository/shop-prod");
const roleArn = (resource: string) => arn("iam", `role/${rolesOf()[resource]?.name}`, "");
const [EXECUTION, TASK] = [roleArn("task-execution-role"), roleArn("task-role")];
const SERVICE = arn("ecs", "service/shop-prod-cluster/shop-prod-service");
const toTasks = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };

/** The calls that each role's job makes. `source`: the document of AWS that names them. */
const JOBS: readonly { role: string; source: string; calls: readonly Row[] }[] = [
  {
    role: "task-execution-role",
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
  {
    role: "task-role",
    source: "Amazon ECS developer guide, Monitor Amazon ECS containers with ECS Exec: permissions",
    calls: [
      ["ssmmessages:CreateControlChannel", "*"],
      ["ssmmessages:CreateDataChannel", "*"],
      ["ssmmessages:OpenControlChannel", "*"],
      ["ssmmessages:OpenDataChannel", "*"],
    ],
  },
  {
    role: "build-role",
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
    role: "build-role",
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
    role: "build-role",
    source: "Service Authorization Reference, Actions, resources, and condition keys for Amazon ECR: DescribeImages",
    calls: [["ecr:DescribeImages", REPOSITORY]],
  },
  {
    role: "pipeline-role",
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
    role: "pipeline-role",
    source: "CodePipeline user guide, Manage the CodePipeline service role: AllowS3BucketAccess, AllowS3ObjectAccess",
    calls: [
      ["s3:GetBucketVersioning", ARTIFACTS],
      ["s3:GetBucketAcl", ARTIFACTS],
      ["s3:GetBucketLocation", ARTIFACTS],
      ["s3:PutObject", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
      ["s3:PutObjectAcl", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
      ["s3:GetObject", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
      ["s3:GetObjectVersion", `${ARTIFACTS}/shop-prod-pipeline/source/1`],
    ],
  },
  {
    role: "pipeline-role",
    source: "CodePipeline user guide, AWS CodeBuild build and test action reference: service role permissions",
    calls: [
      ["codebuild:StartBuild", arn("codebuild", "project/shop-prod-build")],
      ["codebuild:BatchGetBuilds", arn("codebuild", "project/shop-prod-build")],
    ],
  },
  {
    role: "pipeline-role",
    source:
      "CodePipeline user guide, Amazon Elastic Container Service deploy action reference: service role permissions",
    calls: [
      ["ecs:DescribeServices", SERVICE],
      ["ecs:UpdateService", SERVICE],
      ["ecs:DescribeTaskDefinition", "*"],
      ["ecs:RegisterTaskDefinition", FAMILY],
      ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/shop-prod:7")],
      ["ecs:TagResource", FAMILY, { "ecs:CreateAction": "RegisterTaskDefinition" }],
      ["iam:PassRole", EXECUTION, toTasks],
      ["iam:PassRole", TASK, toTasks],
      ["iam:PassRole", TASK, { "iam:PassedToService": "ecs.amazonaws.com" }],
      ["ecs:DescribeTasks", arn("ecs", "task/shop-prod-cluster/1")],
      ["ecs:ListTasks", "*", { "ecs:cluster": arn("ecs", "cluster/shop-prod-cluster") }],
    ],
  },
  {
    role: "events-role",
    source: "EventBridge user guide, Using IAM roles for EventBridge: permissions for CodePipeline",
    calls: [["codepipeline:StartPipelineExecution", arn("codepipeline", "shop-prod-pipeline")]],
  },
  {
    role: "flow-logs-role",
    source: "VPC user guide, IAM role for publishing flow logs to CloudWatch Logs",
    calls: [
      ["logs:CreateLogStream", arn("logs", "log-group:/aws/vpc/shop-prod:log-stream:eni-1-reject")],
      ["logs:PutLogEvents", arn("logs", "log-group:/aws/vpc/shop-prod:log-stream:eni-1-reject")],
      ["logs:DescribeLogGroups", arn("logs", "log-group:*")],
      ["logs:DescribeLogStreams", arn("logs", "log-group:/aws/vpc/shop-prod:*")],
    ],
  },
];

/** What each role must not do: what lies beside its job. */
const BESIDES: Readonly<Record<string, readonly Row[]>> = {
  "task-execution-role": [
    ["ecr:BatchGetImage", arn("ecr", "repository/other")],
    ["ecr:PutImage", REPOSITORY],
    ["logs:PutLogEvents", arn("logs", "log-group:/ecs/shop-prod-other:log-stream:1")],
    ["logs:CreateLogGroup", arn("logs", "log-group:/ecs/shop-prod")],
  ],
  "task-role": [["s3:GetObject", `${SOURCE}/source.zip`]],
  "build-role": [
    ["ecr:PutImage", arn("ecr", "repository/other")],
    ["ecr:BatchDeleteImage", REPOSITORY],
    ["s3:GetObject", `${SOURCE}/source.zip`],
    ["s3:DeleteObject", `${ARTIFACTS}/a`],
    ["logs:CreateLogGroup", arn("logs", "log-group:/aws/codebuild/shop-prod")],
    ["ecs:UpdateService", SERVICE],
    ["iam:PassRole", TASK, toTasks],
  ],
  "pipeline-role": [
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
    ["iam:PassRole", roleArn("build-role"), toTasks],
    ["codebuild:StartBuild", arn("codebuild", "project/other")],
  ],
  "events-role": [
    ["codepipeline:StartPipelineExecution", arn("codepipeline", "other")],
    ["codepipeline:PutApprovalResult", arn("codepipeline", "shop-prod-pipeline/Approval/Approve")],
  ],
  "flow-logs-role": [
    ["logs:CreateLogGroup", arn("logs", "log-group:/aws/vpc/shop-prod")],
    ["logs:PutLogEvents", arn("logs", "log-group:/ecs/shop-prod:log-stream:1")],
    ["logs:GetLogEvents", arn("logs", "log-group:/aws/vpc/shop-prod:log-stream:1")],
  ],
};

/** What no role of a stack may do. */
const NEVER: readonly Row[] = [
  ["iam:CreateRole", arn("iam", "role/new", "")],
  ["iam:PutRolePolicy", TASK],
  ["iam:PassRole", arn("iam", "role/admin", ""), toTasks],
  ["sts:AssumeRole", arn("iam", "role/admin", "")],
  ["s3:ListAllMyBuckets", "*"],
  ["s3:DeleteBucket", ARTIFACTS],
  ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:any")],
  ["ecs:DeleteService", SERVICE],
];

const ask = ([action, resource, context = {}]: Row) => ({ action, resource, context });

describe("the roles of a stack", () => {
  const roles = rolesOf({ service: { enableExec: true }, network: { flowLogs: {} } });

  it.each(JOBS)("$role may do its job ($source)", ({ role, calls }) => {
    expect(calls.filter((row) => verdictOf(roles[role], ask(row)) !== "allowed")).toEqual([]);
  });

  it.each(Object.entries(BESIDES))("%s may do nothing beside its job", (role, calls) => {
    expect([...calls, ...NEVER].filter((row) => verdictOf(roles[role], ask(row)) === "allowed")).toEqual([]);
  });

  it("are all judged", () => {
    expect(Object.keys(roles).toSorted()).toEqual(Object.keys(BESIDES).toSorted());
    expect(new Set(JOBS.map(({ role }) => role))).toEqual(new Set(Object.keys(roles)));
  });

  it("have no policy of AWS, which reaches every resource of the account", () => {
    expect(Object.values(roles).flatMap(({ managedPolicyArns }) => managedPolicyArns)).toEqual([]);
  });

  it("give the task no permission where nobody asked for one", () => {
    expect(rolesOf()["task-role"]?.policies).toEqual({});
  });
});

describe("the role that starts tasks", () => {
  const pull = (image: string, repository: string) =>
    verdictOf(rolesOf({ container: { image } })["task-execution-role"], {
      action: "ecr:BatchGetImage",
      resource: repository,
    });

  it("pulls an image of another repository that the config names", () => {
    const other = "arn:aws:ecr:us-east-1:999999999999:repository/team/base";
    expect(pull("999999999999.dkr.ecr.us-east-1.amazonaws.com/team/base:1", other)).toBe("allowed");
    expect(pull("public.ecr.aws/docker/library/httpd:2.4", other)).toBe("implicitly denied");
  });

  it("pulls from the stack's repository as well, whatever the config names", () => {
    expect(pull("public.ecr.aws/docker/library/httpd:2.4", REPOSITORY)).toBe("allowed");
  });
});

describe("the trust of the roles", () => {
  const roles = rolesOf({ network: { flowLogs: {} } });
  const from = (account: string, source: string) => ({ "aws:SourceAccount": account, "aws:SourceArn": source });
  const theirs = "999999999999";
  const cases = [
    ["task-execution-role", "ecs-tasks.amazonaws.com", arn("ecs", "*")],
    ["task-role", "ecs-tasks.amazonaws.com", arn("ecs", "*")],
    ["build-role", "codebuild.amazonaws.com", arn("codebuild", "project/shop-prod-build")],
    ["events-role", "events.amazonaws.com", arn("events", "rule/shop-prod-s3-change")],
    ["flow-logs-role", "vpc-flow-logs.amazonaws.com", arn("ec2", "vpc-flow-log/fl-1")],
  ] as const;

  it.each(cases)("%s trusts %s for this stack alone", (role, service, source) => {
    expect(trustOf(roles[role], service, from(ACCOUNT, source))).toBe("allowed");
    expect(trustOf(roles[role], service, from(theirs, source.replace(ACCOUNT, theirs)))).toBe("implicitly denied");
    expect(trustOf(roles[role], service)).toBe("implicitly denied");
    expect(trustOf(roles[role], "ec2.amazonaws.com", from(ACCOUNT, source))).toBe("implicitly denied");
  });

  it("does not demand of CodePipeline what CodePipeline does not document that it sends", () => {
    const trusts = (context = {}) => trustOf(roles["pipeline-role"], "codepipeline.amazonaws.com", context);
    expect(trusts()).toBe("allowed");
    expect(trusts({ "aws:SourceAccount": ACCOUNT })).toBe("allowed");
    expect(trusts({ "aws:SourceAccount": theirs })).toBe("implicitly denied");
    expect(trustOf(roles["pipeline-role"], "codebuild.amazonaws.com")).toBe("implicitly denied");
  });
});
