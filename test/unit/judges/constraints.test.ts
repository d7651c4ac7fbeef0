import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { modelled, patterns, refusalCode, violations } from "../../../src/simulator/constraints.ts";
import { services } from "../../../src/simulator/services.ts";

const file = readFileSync(new URL("../../../src/simulator/constraints.json", import.meta.url), "utf8");

describe("what AWS's models demand", () => {
  it("is known for exactly the operations that the simulator answers", () => {
    const sorted = (all: Readonly<Record<string, readonly string[]>>) =>
      Object.fromEntries(Object.entries(all).map(([name, operations]) => [name, operations.toSorted()]));
    const answered = Object.fromEntries(Object.entries(services).map(([name, all]) => [name, Object.keys(all)]));
    expect(sorted(modelled()), "run npm run constraints").toEqual(sorted(answered));
  });

  it("comes from botocore, and is small", () => {
    expect(file).toMatch(/botocore [\d.]+ \(Apache License 2\.0\)/);
    expect(file.length).toBeLessThan(300_000);
  });

  it("has patterns that JavaScript knows, all of them", () => {
    expect(patterns().length).toBeGreaterThan(80);
  });

  const trust = { AssumeRolePolicyDocument: "{}" };
  it.each([
    ["a pattern", "IAM", "CreateRole", { RoleName: "a role", ...trust }, "regular expression pattern"],
    ["a longest length", "IAM", "CreateRole", { RoleName: "r".repeat(65), ...trust }, "less than or equal to 64"],
    ["what is required", "IAM", "CreateRole", { RoleName: "role" }, "must not be null"],
    ["a range", "IAM", "UpdateRole", { RoleName: "role", MaxSessionDuration: 60 }, "greater than or equal to 3600"],
    ["an enum", "ECS", "RunTask", { taskDefinition: "a:1", launchType: "MOON" }, "enum value set"],
    [
      "a number of items",
      "CodePipeline",
      "CreatePipeline",
      { pipeline: { name: "p", roleArn: "arn:aws:iam::123456789012:role/r", stages: [{ name: "x y", actions: [] }] } },
      "pipeline.stages.1.member.name",
    ],
  ])("refuses what %s refuses", (_what, service, operation, input, said) => {
    expect(violations(service, operation, input).join("; ")).toContain(said);
  });

  it("is refused under the name that the service's own errors have", () => {
    expect(["IAM", "EC2", "CodePipeline", "CodeBuild"].map(refusalCode)).toEqual([
      "ValidationError",
      "InvalidParameterValue",
      "ValidationException",
      "InvalidInputException",
    ]);
  });
});
