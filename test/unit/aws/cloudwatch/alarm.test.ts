import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Alarm, type AlarmSpec } from "../../../../src/aws/cloudwatch/alarm.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const cloudWatch = mockClient(CloudWatchClient);
beforeEach(() => cloudWatch.reset());
const sent = () => cloudWatch.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const arn = (name: string, region = "ap-northeast-1") => `arn:aws:cloudwatch:${region}:123456789012:alarm:${name}`;
const TOPIC = "arn:aws:sns:ap-northeast-1:123456789012:demo-test-alarms";
const spec: AlarmSpec = {
  name: "demo-test-cpu",
  region: undefined,
  description: "CPU",
  watches: {
    namespace: "AWS/ECS",
    name: "CPUUtilization",
    dimensions: { ClusterName: "c", ServiceName: "s" },
    statistic: "Average",
    period: 60,
  },
  comparison: "GreaterThanThreshold",
  threshold: 90,
  periods: 15,
  datapoints: 15,
  missingData: "missing",
  actions: [TOPIC],
  okActions: [TOPIC],
  tags: tagsIn("demo-test"),
};
const told: MetricAlarm = {
  AlarmName: spec.name,
  AlarmDescription: "CPU",
  ActionsEnabled: true,
  Namespace: "AWS/ECS",
  MetricName: "CPUUtilization",
  Dimensions: [
    { Name: "ServiceName", Value: "s" },
    { Name: "ClusterName", Value: "c" },
  ],
  Statistic: "Average",
  Period: 60,
  ComparisonOperator: "GreaterThanThreshold",
  Threshold: 90,
  EvaluationPeriods: 15,
  DatapointsToAlarm: 15,
  TreatMissingData: "missing",
  AlarmActions: [TOPIC],
  OKActions: [TOPIC],
};
const on = (alarm: MetricAlarm, Tags = OWNED) => {
  cloudWatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [alarm] });
  cloudWatch.on(ListTagsForResourceCommand).resolves({ Tags });
};

describe("cloudwatch/alarm", () => {
  it("is created with its tags in one call, and its ARN is its id", async () => {
    cloudWatch.on(PutMetricAlarmCommand).resolves({});
    const ids: string[] = [];
    const made = await Alarm.create(mocked(), spec, making(ids));
    expect(made).toEqual({ id: arn(spec.name), attrs: { name: spec.name, arn: arn(spec.name) } });
    expect(ids).toEqual([made.id]);
    expect(sent()).toEqual([
      [
        "PutMetricAlarmCommand",
        expect.objectContaining({
          AlarmName: spec.name,
          MetricName: "CPUUtilization",
          Statistic: "Average",
          InsufficientDataActions: [],
          Tags: OWNED,
        }),
      ],
    ]);
  });

  it("is overwritten whole by an update, which sends tags in calls of their own", async () => {
    cloudWatch.onAnyCommand().resolves({});
    const now = { ...spec, tags: { ...spec.tags, old: "1" } };
    const attrs = { name: spec.name, arn: arn(spec.name) };
    const wanted = { ...spec, threshold: 80, tags: { ...spec.tags, team: "a" } };
    const seen = { id: arn(spec.name), attrs, spec: now, owner: undefined, ready: true };
    await Alarm.update(mocked(), seen, wanted, new Set(["threshold", "tags"]));
    expect(sent().map(([name]) => name)).toEqual([
      "PutMetricAlarmCommand",
      TagResourceCommand.name,
      UntagResourceCommand.name,
    ]);
    expect(sent()[0]?.[1]).toMatchObject({ Threshold: 80, AlarmActions: [TOPIC] });
    expect(sent()[0]?.[1]).not.toHaveProperty("Tags");
    cloudWatch.resetHistory();
    await Alarm.update(mocked(), seen, { ...now, tags: spec.tags }, new Set(["tags"]));
    expect(sent().map(([name]) => name)).toEqual([UntagResourceCommand.name]);
  });

  it("is read with up to a hundred others of its region by one call", async () => {
    cloudWatch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames = [] }: { AlarmNames?: string[] }) => ({
      MetricAlarms: AlarmNames.map((AlarmName) => ({ ...told, AlarmName })),
    }));
    cloudWatch.on(ListTagsForResourceCommand).resolves({ Tags: OWNED });
    const aws = mocked();
    const snapshot = new Snapshot();
    const names = Array.from({ length: 120 }, (_, n) => `demo-test-${n}`);
    const ids = [...names.map((name) => arn(name)), arn("demo-test-cdn", "us-east-1")];
    const seen = await Promise.all(ids.map((id) => Alarm.observe(aws, { ...lookFor<AlarmSpec>({}, id), snapshot })));
    expect(seen.map((one) => one?.id)).toEqual(ids);
    expect(cloudWatch.commandCalls(DescribeAlarmsCommand)).toHaveLength(3);
  });

  it("has what someone else set shown as drift: other units, silenced actions, a second expression", async () => {
    on({ ...told, ActionsEnabled: false, Unit: "Percent" });
    const seen = await Alarm.observe(mocked(), lookFor(spec));
    expect(seen?.drifted?.map(({ path }) => path)).toEqual(["ActionsEnabled", "Unit"]);
    const { Namespace: _, MetricName: __, Dimensions: ___, Statistic: ____, Period: _____, ...rest } = told;
    on({
      ...rest,
      Metrics: [
        { Id: "result", Expression: "a + b", ReturnData: true },
        { Id: "b", Expression: "2 * a", ReturnData: false },
      ],
    });
    expect((await Alarm.observe(mocked(), lookFor(spec)))?.spec.watches).toHaveProperty("more");
  });

  it("is found by name if another owner has it, which the plan refuses before it would be overwritten", async () => {
    on(told, FOREIGN);
    const seen = await Alarm.observe(mocked(), lookFor(spec));
    expect(seen?.id).toBe(arn(spec.name));
    expect(seen?.owner).toContain("other");
  });

  it("is deleted in its own region, and one that is gone is a success", async () => {
    cloudWatch.on(DeleteAlarmsCommand).rejects(awsError("ResourceNotFound", "Unknown"));
    const id = arn("demo-test-cdn", "us-east-1");
    const attrs = { name: "demo-test-cdn", arn: id };
    await Alarm.delete(mocked(), { id, attrs, spec: {}, owner: undefined, ready: true });
    expect(sent()).toEqual([["DeleteAlarmsCommand", { AlarmNames: ["demo-test-cdn"] }]]);
    expect(await cloudWatch.call(0).thisValue.config.region()).toBe("us-east-1");
  });
});
