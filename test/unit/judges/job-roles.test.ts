import { describe, expect, it } from "vitest";
import { arn } from "./stack-arns.ts";
import { ACCOUNT, rolesOf, trustOf } from "./stack-roles.ts";

describe("the role that starts a job", () => {
  const services = {
    web: {},
    report: { type: "job", schedule: "rate(1 hour)", image: "public.ecr.aws/docker/library/node:22" },
  } as const;
  const role = rolesOf({ services })["report/schedule-role"];

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
