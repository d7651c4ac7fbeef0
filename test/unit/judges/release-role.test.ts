import { describe, expect, it } from "vitest";
import { ACCOUNT, REGION, rolesOf, trustOf, verdictOf } from "./stack-roles.ts";

const arn = (service: string, resource: string, region = REGION) =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
const role = (name: string) => arn("iam", `role/shop-prod-${REGION}-${name}`, "");
const CLUSTER = { "ecs:cluster": arn("ecs", "cluster/shop-prod-cluster") };
const PASSED = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
const BEFORE = arn("ecs", "task-definition/shop-prod-before_release:3");
const JOB = arn("ecs", "task-definition/shop-prod-report:3");
const TASK = arn("ecs", "task/shop-prod-cluster/1");
const ARTIFACTS = `arn:aws:s3:::shop-prod-artifacts-${ACCOUNT}-${REGION}`;
const LOG = arn("logs", "log-group:/ecs/shop-prod:log-stream:before/shop/1");
const registering = { "ecs:CreateAction": "RegisterTaskDefinition" };

const services = {
  web: { release: { before: ["migrate"] } },
  api: { path: "/api/*" },
  report: { type: "job", schedule: "rate(1 hour)" },
} as const;

describe("the role of what a release does before and after it deploys", () => {
  const roles = rolesOf({ services });
  const verdict = (action: string, resource: string, context = {}, name = "release-role") =>
    verdictOf(roles[name], { action, resource, context });

  it.each([
    // CodeBuild user guide, "Allow CodeBuild to interact with other AWS services".
    ["logs:CreateLogStream", arn("logs", "log-group:/aws/codebuild/shop-prod/release:log-stream:1"), {}],
    ["logs:PutLogEvents", arn("logs", "log-group:/aws/codebuild/shop-prod/release:log-stream:1"), {}],
    ["s3:GetObject", `${ARTIFACTS}/shop-prod-pipeline/BuildOutpu/1`, {}],
    ["s3:GetObjectVersion", `${ARTIFACTS}/shop-prod-pipeline/BuildOutpu/1`, {}],
    // Service Authorization Reference, Amazon Elastic Container Service and Amazon CloudWatch Logs.
    ["ecs:DescribeTaskDefinition", "*", {}],
    ...[BEFORE, JOB].flatMap((family): [string, string, object][] => [
      ["ecs:RegisterTaskDefinition", family, {}],
      ["ecs:TagResource", family, registering],
    ]),
    ["iam:PassRole", role("task"), PASSED],
    ["iam:PassRole", role("task-execution"), PASSED],
    ["iam:PassRole", role("report-task"), PASSED],
    ["iam:PassRole", role("report-task-execution"), PASSED],
    ["ecs:DescribeServices", arn("ecs", "service/shop-prod-cluster/shop-prod-service"), {}],
    ["ecs:RunTask", BEFORE, CLUSTER],
    ["ecs:TagResource", TASK, { "ecs:CreateAction": "RunTask" }],
    ["ecs:DescribeTasks", TASK, {}],
    ["logs:GetLogEvents", LOG, {}],
  ])("may %s on %s", (action, resource, context) => {
    expect(verdict(action, resource, context)).toBe("allowed");
  });

  it.each([
    ["ecs:RunTask", BEFORE, { "ecs:cluster": arn("ecs", "cluster/other") }],
    ["ecs:RunTask", JOB, CLUSTER],
    ["ecs:RunTask", arn("ecs", "task-definition/shop-prod:1"), CLUSTER],
    ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/shop-prod:1"), {}],
    ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/shop-prod-api:1"), {}],
    ["ecs:UpdateService", arn("ecs", "service/shop-prod-cluster/shop-prod-service"), {}],
    ["ecs:StopTask", TASK, {}],
    ["ecs:TagResource", TASK, {}],
    ["iam:PassRole", role("api-task"), PASSED],
    ["iam:PassRole", role("report-schedule"), PASSED],
    ["iam:PassRole", role("task"), { "iam:PassedToService": "lambda.amazonaws.com" }],
    ["logs:GetLogEvents", arn("logs", "log-group:/ecs/shop-prod:log-stream:shop/shop/1"), {}],
    ["s3:PutObject", `${ARTIFACTS}/shop-prod-pipeline/BuildOutpu/1`, {}],
    ["scheduler:UpdateSchedule", arn("scheduler", "schedule/default/shop-prod-report"), {}],
    ["ecr:PutImage", arn("ecr", "repository/shop-prod"), {}],
  ])("may not %s on %s with %o", (action, resource, context) => {
    expect(verdict(action, resource, context)).toBe("implicitly denied");
  });

  it("runs nothing where no service has a command before its release", () => {
    const { web: _web, ...others } = services;
    const jobs = rolesOf({ services: others })["release-role"];
    for (const [action, resource] of [
      ["ecs:RunTask", BEFORE],
      ["ecs:RunTask", JOB],
      ["ecs:DescribeTasks", TASK],
    ] as const)
      expect(verdictOf(jobs, { action, resource, context: CLUSTER })).toBe("implicitly denied");
  });

  it("is assumed by CodeBuild for its own project alone, which the pipeline's role may start", () => {
    const from = (project: string) => ({
      "aws:SourceAccount": ACCOUNT,
      "aws:SourceArn": arn("codebuild", `project/${project}`),
    });
    const trust = (project: string) => trustOf(roles["release-role"], "codebuild.amazonaws.com", from(project));
    expect(trust("shop-prod-release")).toBe("allowed");
    expect(trust("shop-prod-build")).toBe("implicitly denied");
    const start = (project: string) =>
      verdict("codebuild:StartBuild", arn("codebuild", `project/${project}`), {}, "pipeline-role");
    expect(start("shop-prod-release")).toBe("allowed");
    expect(start("shop-prod-other")).toBe("implicitly denied");
  });

  it("is not there where no service asks for it", () => {
    expect(Object.keys(rolesOf())).not.toContain("release-role");
  });
});
