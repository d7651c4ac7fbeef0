import { describe, expect, it } from "vitest";
import type { StackConfig } from "../../../src/index.ts";
import { resolveStack } from "../../../src/config/resolve.ts";

const problemsOf = (config: StackConfig): string => {
  try {
    resolveStack({ name: "shop", ...config });
    return "";
  } catch (error) {
    return String(error);
  }
};

describe("the settings of access logs", () => {
  it("are off unless they are set, and leave out what is personal", () => {
    expect(resolveStack({ name: "shop" }).accessLogs).toBeUndefined();
    expect(resolveStack({ name: "shop", accessLogs: {} }).accessLogs).toEqual({
      to: "s3",
      retentionDays: 30,
      queryStrings: false,
      cookies: false,
      balancer: false,
    });
  });

  it("take any number of days in a bucket, and only its own periods in CloudWatch Logs", () => {
    expect(problemsOf({ accessLogs: { retentionDays: 45 } })).toBe("");
    expect(problemsOf({ accessLogs: { to: "cloudwatch", retentionDays: 60 } })).toBe("");
    expect(problemsOf({ accessLogs: { to: "cloudwatch", retentionDays: 45 } })).toContain(
      `accessLogs.retentionDays: 45 is not a retention period of CloudWatch Logs; allowed with accessLogs.to "cloudwatch": 1, 3, 5,`,
    );
  });

  it("are those of the load balancer if there is no CDN", () => {
    expect(problemsOf({ edge: false, accessLogs: {} })).toContain("has no CDN whose requests it could log");
    expect(problemsOf({ edge: false, accessLogs: { balancer: true } })).toBe("");
    const { accessLogs } = resolveStack(
      { name: "shop", accessLogs: {}, environments: { preview: { edge: false } } },
      "preview",
    );
    expect(accessLogs).toBeDefined();
  });

  it("are refused for a stack without requests, and for one whose CDN is another's", () => {
    const services = { mailer: { type: "worker" as const, queue: true as const } };
    expect(problemsOf({ accessLogs: {}, services })).toContain("has no requests to log");
    expect(problemsOf({ accessLogs: {}, services, shareable: true })).toBe("");
    expect(problemsOf({ accessLogs: {}, shared: "platform", services })).toContain(
      "belongs to platform/dev, the shared stack, and is set in its config",
    );
  });
});
