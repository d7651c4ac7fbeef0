import { afterAll, describe, expect, it } from "vitest";
import { sparkline } from "../../src/cli/metric-status.ts";
import { metricData } from "../../src/simulator/cloudwatch/metrics.ts";
import { Stage } from "../support/stage.ts";

const NAME = "fairlead-app-dev";
const MINUTES = 60_000;

describe("status --metrics", () => {
  const stage = new Stage({
    services: { web: { image: "nginx" }, mail: { type: "worker", image: "nginx", queue: true } },
  });
  afterAll(() => stage.remove());

  it("draws what CloudWatch has of the last three hours, read with one call, and says where it has nothing", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, clock, world) => {
      // Just after the end of a period.
      await clock.sleep(5 * MINUTES - (clock.now() % (5 * MINUTES)) + 1_000);
      const table = <T>(name: string) => world.table<T>(`${name}@ap-northeast-1`);
      const end = Math.floor(clock.now() / (5 * MINUTES)) * 5 * MINUTES;
      const cpu = `AWS/ECS CPUUtilization ClusterName=${NAME}-cluster ServiceName=${NAME}-service Average`;
      metricData({ table })[cpu] = { [end - 10 * MINUTES]: 80, [end - 5 * MINUTES]: 40.25, [end - 300 * MINUTES]: 99 };
      metricData({ table })[`AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${NAME}-mail-queue Maximum`] = {
        [end - 180 * MINUTES]: 3,
      };
    });
    const { exit, lines } = await stage.say("status", { metrics: true });
    expect(exit).toBe(0);
    const shown = lines.slice(lines.findIndex((line) => line.startsWith("The last 3 hours")));
    expect(shown.find((line) => line.startsWith("web CPU "))).toMatch(/ {34}█▅ {2}last 40\.3 %, at most 80 %$/);
    expect(shown.find((line) => line.startsWith("mail messages"))).toContain("█");
    expect(shown.find((line) => line.startsWith("web requests"))).toMatch(/ {2}no data$/);
    const { json } = (await stage.run("status", { metrics: true })) as unknown as {
      json: { metrics: { service: string; metric: string; period: number; values: (number | null)[] }[] };
    };
    expect(json.metrics.map(({ service, metric }) => `${service} ${metric}`)).toEqual([
      "web requests",
      "web 5xx",
      "web latency p95",
      "web CPU",
      "web memory",
      "mail CPU",
      "mail memory",
      "mail messages",
      "mail oldest message",
    ]);
    expect(json.metrics[3]).toMatchObject({ period: 300 });
    expect(json.metrics[3]?.values.slice(-2)).toEqual([80, 40.25]);
  });

  it("is not asked for without the flag", async () => {
    const { json } = await stage.run("status");
    expect(json).not.toHaveProperty("metrics");
    expect(json).not.toHaveProperty("alarms");
  });

  it("draws a flat line of zeros at the bottom", () => {
    expect(sparkline([0, null, 0])).toBe("▁ ▁");
  });
});
