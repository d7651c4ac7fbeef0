import { describe, expect, it } from "vitest";
import { ACCOUNT, REGION, rolesOf, trustOf, verdictOf } from "./stack-roles.ts";

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const TARGET = arn("application-autoscaling", "scalable-target/0ec5");
const SERVICE = arn("ecs", "service/shop-prod-cluster/shop-prod-service");
const tagged = (environment: string) => ({
  "aws:ResourceTag/fairlead:stack": "shop",
  "aws:ResourceTag/fairlead:environment": environment,
  "aws:ResourceTag/fairlead:region": REGION,
});

describe("the role that raises the minimum of services during a release", () => {
  const roles = rolesOf({ scaling: { min: 2, max: 6, releaseMin: 4 } });
  const verdict = (action: string, resource: string, context = {}, name = "warm-role") =>
    verdictOf(roles[name], { action, resource, context });

  it.each([
    // Service Authorization Reference, AWS Application Auto Scaling.
    ["application-autoscaling:DescribeScalableTargets", "*"],
    ["application-autoscaling:ListTagsForResource", TARGET],
    ["application-autoscaling:RegisterScalableTarget", TARGET],
    ["application-autoscaling:TagResource", TARGET],
    ["application-autoscaling:UntagResource", TARGET],
    // Amazon ECS developer guide, "IAM permissions required for Amazon ECS service auto scaling".
    ["ecs:DescribeServices", SERVICE],
    ["ecs:UpdateService", SERVICE],
  ])("may %s on %s", (action, resource) => {
    expect(verdict(action, resource, tagged("prod"))).toBe("allowed");
  });

  it.each([
    ["application-autoscaling:RegisterScalableTarget", TARGET, tagged("dev")],
    ["application-autoscaling:RegisterScalableTarget", TARGET, {}],
    ["application-autoscaling:DeregisterScalableTarget", TARGET, tagged("prod")],
    ["application-autoscaling:PutScheduledAction", TARGET, tagged("prod")],
    ["ecs:UpdateService", arn("ecs", "service/shop-prod-cluster/other-service"), tagged("prod")],
    ["ecs:RegisterTaskDefinition", arn("ecs", "task-definition/shop-prod:1"), tagged("prod")],
  ])("may not %s on %s with the tags %j", (action, resource, context) => {
    expect(verdict(action, resource, context)).toBe("implicitly denied");
  });

  it("is assumed by CodeBuild for its own project alone, which the pipeline's role may start", () => {
    const from = { "aws:SourceAccount": ACCOUNT, "aws:SourceArn": arn("codebuild", "project/shop-prod-warm") };
    const others = { ...from, "aws:SourceArn": arn("codebuild", "project/shop-prod-build") };
    expect(trustOf(roles["warm-role"], "codebuild.amazonaws.com", from)).toBe("allowed");
    expect(trustOf(roles["warm-role"], "codebuild.amazonaws.com", others)).toBe("implicitly denied");
    const project = arn("codebuild", "project/shop-prod-warm");
    expect(verdict("codebuild:StartBuild", project, {}, "pipeline-role")).toBe("allowed");
  });

  it("is not there unless scaling.releaseMin asks for it", () => {
    expect(Object.keys(rolesOf())).not.toContain("warm-role");
  });
});
