import { describe, expect, it } from "vitest";
import { ACCOUNT, REGION, rolesOf, trustOf, verdictOf } from "./stack-roles.ts";

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const LOG = arn("logs", "log-group:/aws/codebuild/shop-prod:log-stream:1");
const ARTIFACTS = `arn:aws:s3:::shop-prod-artifacts-${ACCOUNT}-${REGION}`;
const API = arn("ecr", "repository/shop-prod-api");

describe("the role that reads the findings of image scans", () => {
  const roles = rolesOf({ delivery: { failOn: "HIGH" }, services: { web: {}, api: { path: "/api/*" } } });
  const verdict = (action: string, resource: string, name = "scan-role") =>
    verdictOf(roles[name], { action, resource, context: {} });

  it.each([
    // CodeBuild user guide, "Allow CodeBuild to interact with other AWS services".
    ["logs:CreateLogStream", LOG],
    ["logs:PutLogEvents", LOG],
    ["s3:GetBucketAcl", ARTIFACTS],
    ["s3:GetBucketLocation", ARTIFACTS],
    ["s3:GetObject", `${ARTIFACTS}/shop-prod-pipeline/BuildOutpu/1`],
    ["s3:GetObjectVersion", `${ARTIFACTS}/shop-prod-pipeline/BuildOutpu/1`],
    // Service Authorization Reference, Amazon Elastic Container Registry.
    ["ecr:DescribeImageScanFindings", arn("ecr", "repository/shop-prod")],
    ["ecr:DescribeImageScanFindings", API],
    // ECR user guide, "IAM permissions required for enhanced scanning".
    ["inspector2:ListCoverage", "*"],
    ["inspector2:ListFindings", "*"],
  ])("may %s on %s", (action, resource) => {
    expect(verdict(action, resource)).toBe("allowed");
  });

  it.each([
    ["ecr:DescribeImageScanFindings", arn("ecr", "repository/other")],
    ["ecr:StartImageScan", API],
    ["inspector2:Disable", "*"],
    ["ecr:PutImage", API],
    ["ecr:BatchGetImage", API],
    ["ecr:GetAuthorizationToken", "*"],
    ["s3:PutObject", `${ARTIFACTS}/shop-prod-pipeline/BuildOutpu/1`],
    ["logs:CreateLogGroup", arn("logs", "log-group:/aws/codebuild/shop-prod")],
    ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/shop-prod:1")],
  ])("may not %s on %s", (action, resource) => {
    expect(verdict(action, resource)).toBe("implicitly denied");
  });

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
