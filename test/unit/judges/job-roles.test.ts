import { describe, expect, it } from "vitest";
import { ACCOUNT, REGION, rolesOf, trustOf, verdictOf } from "./stack-roles.ts";

const arn = (service: string, resource: string, region = REGION) =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
const CLUSTER = { "ecs:cluster": arn("ecs", "cluster/shop-prod-cluster") };
const PASSED = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
const FAMILY = arn("ecs", "task-definition/shop-prod-report");

describe("the role that starts a job", () => {
  const services = {
    web: {},
    report: { type: "job", schedule: "rate(1 hour)", image: "public.ecr.aws/docker/library/node:22" },
  } as const;
  const roles = rolesOf({ services });
  const role = roles["report/schedule-role"];
  const verdict = (action: string, resource: string, context = {}) => verdictOf(role, { action, resource, context });
  const roleArn = (name: string) => arn("iam", `role/shop-prod-${REGION}-${name}`, "");

  it("starts its newest revision on the stack's cluster, tags the task and passes the job's two roles on", () => {
    // Amazon ECS developer guide, "Amazon ECS EventBridge IAM role"; botocore ecs, RunTask: judged on the newest revision.
    expect(verdict("ecs:RunTask", `${FAMILY}:7`, CLUSTER)).toBe("allowed");
    expect(verdict("ecs:RunTask", FAMILY, CLUSTER)).toBe("allowed");
    const task = arn("ecs", "task/shop-prod-cluster/1");
    expect(verdict("ecs:TagResource", task, { "ecs:CreateAction": "RunTask" })).toBe("allowed");
    for (const name of ["report-task", "report-task-execution"])
      expect(verdict("iam:PassRole", roleArn(name), PASSED)).toBe("allowed");
  });

  it.each([
    ["ecs:RunTask", `${FAMILY}:7`, { "ecs:cluster": arn("ecs", "cluster/other") }],
    ["ecs:RunTask", `${FAMILY}:7`, {}],
    ["ecs:RunTask", arn("ecs", "task-definition/shop-prod:1"), CLUSTER],
    ["ecs:RunTask", `${FAMILY}-2:1`, CLUSTER],
    ["ecs:TagResource", arn("ecs", "task/shop-prod-cluster/1"), {}],
    ["ecs:TagResource", `${FAMILY}:7`, { "ecs:CreateAction": "RunTask" }],
    ["ecs:StopTask", arn("ecs", "task/shop-prod-cluster/1"), {}],
    ["iam:PassRole", roleArn("task"), PASSED],
    ["iam:PassRole", roleArn("report-task"), { "iam:PassedToService": "lambda.amazonaws.com" }],
    ["iam:PassRole", roleArn("report-schedule"), PASSED],
  ])("may not %s on %s with %o", (action, resource, context) => {
    expect(verdict(action, resource, context)).toBe("implicitly denied");
  });

  it("is assumed by EventBridge Scheduler for the account's schedules alone", () => {
    const service = "scheduler.amazonaws.com";
    const context = {
      "aws:SourceAccount": ACCOUNT,
      "aws:SourceArn": arn("scheduler", "schedule-group/default"),
    };
    expect(trustOf(role, service, context)).toBe("allowed");
    expect(trustOf(role, service, { ...context, "aws:SourceAccount": "999999999999" })).toBe("implicitly denied");
    expect(trustOf(role, "events.amazonaws.com", context)).toBe("implicitly denied");
    expect(trustOf(role, service)).toBe("implicitly denied");
  });
});
