import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { judge, requireMoto } from "./world.ts";

describe("the judge of requests", () => {
  requireMoto();
  const folder = mkdtempSync(join(tmpdir(), "fairlead-judge-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const judged = (...lines: object[]) => {
    const path = join(folder, "log.jsonl");
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return judge([path]).violations.join("; ");
  };
  const role = (input: object) => judged({ service: "iam", operation: "CreateRole", input });
  const trust = { AssumeRolePolicyDocument: "{}" };

  it.each([
    ["a pattern", () => role({ RoleName: "a role", ...trust }), "does not match"],
    ["a length", () => role({ RoleName: "r".repeat(65), ...trust }), "is above 64"],
    ["what is required", () => role({ RoleName: "role" }), "Missing required parameter"],
    ["a range", () => role({ RoleName: "role", ...trust, MaxSessionDuration: 60 }), "3600"],
    ["a type", () => role({ RoleName: 7, ...trust }), "Invalid type"],
    ["an unknown member", () => role({ RoleName: "role", ...trust, Colour: "red" }), "Unknown parameter"],
    [
      "an enum",
      () => judged({ service: "ecs", operation: "RunTask", input: { taskDefinition: "a", launchType: "MOON" } }),
      "is none of",
    ],
    ["an unknown operation", () => judged({ service: "iam", operation: "MakeRole", input: {} }), "MakeRole"],
    ["an unknown service", () => judged({ service: "moon", operation: "Land", input: {} }), "moon.Land"],
    [
      "a request that the log does not tell",
      () => judged({ service: "iam", operation: "ListRoles" }),
      "does not tell its input",
    ],
    ["an empty log", () => judged(), "no requests"],
  ])("finds %s", (_what, violations, said) => {
    expect(violations()).toContain(said);
  });

  it("finds a log that is missing", () => {
    expect(judge([join(folder, "nowhere.jsonl")]).violations.join()).toContain("No such file");
  });

  it("takes what AWS takes, dates and hidden values included", () => {
    expect(
      judged(
        { service: "iam", operation: "CreateRole", input: { RoleName: "role", ...trust } },
        {
          service: "ecs",
          operation: "ListServiceDeployments",
          input: { service: "web", createdAt: { after: "2026-01-01T00:00:00.000Z" } },
        },
        {
          service: "autoScaling",
          operation: "DescribeScalingPolicies",
          input: { ServiceNamespace: "ecs", PolicyNames: ["(secret)"] },
        },
      ),
    ).toBe("");
  });
});
