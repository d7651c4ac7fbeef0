import { describe, expect, test } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import { lines } from "./lines.ts";

describe("alarms", () => {
  test("are none, all with their defaults, or as an environment overrides them", () => {
    expect(resolveStack({}).alarms).toBeUndefined();
    expect(resolveStack({ alarms: {} }).alarms).toMatchObject({ emails: [], cpuPercent: 90, latencySeconds: 2 });
    const prod = { alarms: { emails: ["a@example.com"], cpuPercent: false } };
    const config = { alarms: { memoryPercent: 80 }, environments: { prod } };
    expect(resolveStack(config, "prod").alarms).toMatchObject({
      emails: ["a@example.com"],
      cpuPercent: false,
      memoryPercent: 80,
    });
  });

  test.each([
    [{ cpuPercent: 101 }, "alarms.cpuPercent: 101 is not allowed; allowed: a number from 0 to 100, or false"],
    [{ emails: ["oncall"] }, `alarms.emails[0]: "oncall" is not allowed; allowed: an e-mail address`],
    [
      { urls: ["https://user:secret@example.com"] },
      `alarms.urls[0]: "https://user:(secret)@example.com" is not allowed; allowed: a URL that starts with https:// and has no user name`,
    ],
    [
      { emails: ["a@example.com", "A@example.com"] },
      `alarms.emails: "a@example.com" is listed twice; allowed: each once`,
    ],
  ])("are refused: %j", (alarms, line) => {
    expect(lines({ alarms })).toEqual([line]);
  });

  test("that roll a deployment back have to be there", () => {
    const service = { deploymentAlarms: true };
    const line =
      "service.deploymentAlarms: true requires alarms; allowed: with alarms.targetErrors or alarms.latencySeconds, or false";
    expect(lines({ service })).toEqual([line]);
    expect(lines({ service, alarms: { targetErrors: false, latencySeconds: false } })).toEqual([line]);
    expect(lines({ service, alarms: { targetErrors: false } })).toEqual([]);
  });

  test("of missing tasks need counts of tasks; without Container Insights there are none unless asked for", () => {
    const cluster = { containerInsights: false };
    expect(lines({ cluster, alarms: {} })).toEqual([]);
    expect(lines({ cluster, alarms: { missingTasksMinutes: 5 } })).toEqual([
      "alarms.missingTasksMinutes: 5 requires counts of running tasks; allowed: with cluster.containerInsights true, or false",
    ]);
  });
});
