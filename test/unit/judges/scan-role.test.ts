import { describe, expect, it } from "vitest";
import { arn } from "./stack-arns.ts";
import { ACCOUNT, rolesOf, trustOf, verdictOf } from "./stack-roles.ts";

const API = arn("ecr", "repository/shop-prod-api");

describe("the role that reads the findings of image scans", () => {
  const roles = rolesOf({ delivery: { failOn: "HIGH" }, services: { web: {}, api: { path: "/api/*" } } });
  const verdict = (action: string, resource: string, name: string) => verdictOf(roles[name], { action, resource });

  it("is assumed by CodeBuild for its own project alone, which the pipeline's role may start", () => {
    const from = (project: string) => ({
      "aws:SourceAccount": ACCOUNT,
      "aws:SourceArn": arn("codebuild", `project/${project}`),
    });
    const trust = (project: string) => trustOf(roles["scan-role"], "codebuild.amazonaws.com", from(project));
    expect(trust("shop-prod-scan")).toBe("allowed");
    expect(trust("shop-prod-build")).toBe("implicitly denied");
    expect(verdict("codebuild:StartBuild", arn("codebuild", "project/shop-prod-scan"), "pipeline-role")).toBe(
      "allowed",
    );
  });

  it("is not there unless delivery.failOn asks for it, and the build's role reads no findings", () => {
    expect(Object.keys(rolesOf())).not.toContain("scan-role");
    expect(verdict("ecr:DescribeImageScanFindings", API, "build-role")).toBe("implicitly denied");
  });
});
