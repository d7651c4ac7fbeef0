import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { stackOnMoto } from "./stack-on-moto.ts";
import { NOTHING } from "./whole.ts";
import { mutating, REGION } from "./world.ts";

const NAME = "fairlead-app-dev";
const config = (alarms: StackConfig["alarms"]): StackConfig => ({
  services: { web: { image: "nginx" }, mail: { type: "worker", image: "nginx", queue: true } },
  alarms: { emails: ["oncall@example.com"], ...alarms },
});

// moto confirms subscriptions at once and drops none, and evaluates no alarms.
describe("alarms over HTTP", () => {
  const clients: { cloudWatch: CloudWatchClient; sns: SNSClient }[] = [];
  const at = stackOnMoto(({ moto, stack }) => {
    const credentials = { accessKeyId: "t", secretAccessKey: "t" };
    for (const region of [REGION, "us-east-1"]) {
      const of = { endpoint: moto.endpoint, region, credentials };
      clients.push({ cloudWatch: new CloudWatchClient(of), sns: new SNSClient(of) });
    }
    stack.edit(config({}));
  });
  const { stack, run, changes } = at;
  const alarms = () =>
    Promise.all(
      clients.map(async ({ cloudWatch }) => (await cloudWatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? []),
    );

  it("are created in both regions, and need nothing the second time", async () => {
    const { code, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    const [own = [], global = []] = await alarms();
    expect(own.map(({ AlarmName }) => AlarmName)).toContain(`${NAME}-mail-dead-letters`);
    expect(global.map(({ AlarmName }) => AlarmName)).toEqual([`${NAME}-${REGION}-cdn-errors`]);
    await at.moto.forget();
    expect(await changes()).toEqual({});
    expect(mutating(await at.moto.calls())).toEqual([]);
  });

  it("are mended if they were changed or deleted outside Fairlead, and follow the config", async () => {
    const [here] = clients;
    const [own = []] = await alarms();
    const cpu = own.find(({ AlarmName }) => AlarmName === `${NAME}-cpu`);
    const { MetricName, Namespace, Dimensions, Statistic, Period } = cpu ?? {};
    await here?.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: `${NAME}-cpu`,
        MetricName,
        Namespace,
        Dimensions,
        Statistic,
        Period,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "GreaterThanThreshold",
      }),
    );
    await here?.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [`${NAME}-latency`] }));
    expect(await changes()).toEqual({ "alarms/cpu": "update", "alarms/latency": "create" });
    stack.edit(config({ memoryPercent: false }));
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await changes()).toEqual({});
    const StateReason = "by hand";
    await here?.cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: `${NAME}-latency`, StateValue: "ALARM", StateReason }),
    );
    expect((await run("status")).json).toMatchObject({ alarms: [{ name: `${NAME}-latency`, reason: StateReason }] });
  });

  it("leave nothing behind", async () => {
    expect((await run("teardown", "--yes")).code).toBe(0);
    expect(await at.moto.count()).toEqual(NOTHING);
    expect(await alarms()).toEqual([[], []]);
    for (const { sns } of clients) {
      expect((await sns.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
      expect((await sns.send(new ListSubscriptionsCommand({}))).Subscriptions ?? []).toEqual([]);
    }
  });
});
