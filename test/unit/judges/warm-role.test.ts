import { describe, expect, it } from "vitest";
import { arn } from "./stack-arns.ts";
import { ACCOUNT, rolesOf, trustOf, verdictOf } from "./stack-roles.ts";

describe("the role that raises the minimum of services during a release", () => {
  const roles = rolesOf({ scaling: { min: 2, max: 6, releaseMin: 4 } });

  it("is assumed by CodeBuild for its own project alone, which the pipeline's role may start", () => {
    const from = { "aws:SourceAccount": ACCOUNT, "aws:SourceArn": arn("codebuild", "project/shop-prod-warm") };
    const others = { ...from, "aws:SourceArn": arn("codebuild", "project/shop-prod-build") };
    expect(trustOf(roles["warm-role"], "codebuild.amazonaws.com", from)).toBe("allowed");
    expect(trustOf(roles["warm-role"], "codebuild.amazonaws.com", others)).toBe("implicitly denied");
    const start = { action: "codebuild:StartBuild", resource: arn("codebuild", "project/shop-prod-warm") };
    expect(verdictOf(roles["pipeline-role"], start)).toBe("allowed");
  });

  it("is not there unless scaling.releaseMin asks for it", () => {
    expect(Object.keys(rolesOf())).not.toContain("warm-role");
  });
});
