import { describe, expect, it } from "vitest";
import { arn, CLUSTER } from "./stack-arns.ts";
import { ACCOUNT, rolesOf, trustOf, verdictOf } from "./stack-roles.ts";

const BEFORE = arn("ecs", "task-definition/shop-prod-before_release:3");
const JOB = arn("ecs", "task-definition/shop-prod-report:3");
const TASK = arn("ecs", "task/shop-prod-cluster/1");

const services = {
  web: { release: { before: ["migrate"] } },
  api: { path: "/api/*" },
  report: { type: "job", schedule: "rate(1 hour)" },
} as const;

describe("the role of what a release does before and after it deploys", () => {
  const roles = rolesOf({ services });

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
      verdictOf(roles["pipeline-role"], {
        action: "codebuild:StartBuild",
        resource: arn("codebuild", `project/${project}`),
      });
    expect(start("shop-prod-release")).toBe("allowed");
    expect(start("shop-prod-other")).toBe("implicitly denied");
  });

  it("is not there where no service asks for it", () => {
    expect(Object.keys(rolesOf())).not.toContain("release-role");
  });
});
