import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from "@aws-sdk/client-cloudwatch";
import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { simulated } from "../../support/simulated.ts";

const alarm: PutMetricAlarmCommandInput = {
  AlarmName: "a",
  Namespace: "AWS/ECS",
  MetricName: "CPUUtilization",
  Statistic: "Average",
  Period: 60,
  EvaluationPeriods: 5,
  Threshold: 90,
  ComparisonOperator: "GreaterThanThreshold",
};
const math = (expression: string, more: Partial<PutMetricAlarmCommandInput> = {}): PutMetricAlarmCommandInput => {
  const { Namespace, MetricName, Statistic: Stat, Period, ...rest } = alarm;
  const MetricStat = { Metric: { Namespace, MetricName }, Stat, Period };
  return {
    ...rest,
    Metrics: [
      { Id: "result", Expression: expression, ReturnData: true },
      { Id: "m", MetricStat, ReturnData: false },
    ],
    ...more,
  };
};

describe("the simulated CloudWatch", () => {
  it.each<[string, PutMetricAlarmCommandInput, string]>([
    ["two statistics", { ...alarm, ExtendedStatistic: "p95" }, "Exactly one of Statistic"],
    ["a period of 90 seconds", { ...alarm, Period: 90 }, "Period must be"],
    ["more than a day", { ...alarm, EvaluationPeriods: 1441 }, "across more than 86400 seconds"],
    ["more datapoints than periods", { ...alarm, DatapointsToAlarm: 6 }, "DatapointsToAlarm"],
    ["a metric beside an expression", math("m", { MetricName: "x" }), "mutually exclusive"],
    ["a variable that is not there", math("100 * n / m"), "Undefined variable n"],
    [
      "a topic of another region",
      { ...alarm, AlarmActions: ["arn:aws:sns:us-east-1:1:t"] },
      "Invalid region us-east-1",
    ],
  ])("refuses an alarm with %s", async (_, input, why) => {
    await expect(simulated().aws.cloudWatch(new PutMetricAlarmCommand(input))).rejects.toThrow(why);
  });

  it("keeps the state and the tags of an alarm that is overwritten, and deletes what it knows", async () => {
    const { aws, clock } = simulated();
    const put = (more: Partial<PutMetricAlarmCommandInput>) =>
      aws.cloudWatch(new PutMetricAlarmCommand({ ...alarm, ...more }));
    const state = async () =>
      (await aws.cloudWatch(new DescribeAlarmsCommand({ AlarmNames: ["a"] }))).MetricAlarms?.[0]?.StateValue;
    await put({ TreatMissingData: "notBreaching", Tags: [{ Key: "k", Value: "1" }] });
    await clock.sleep(10_000);
    expect(await state()).toBe("INSUFFICIENT_DATA");
    await clock.sleep(60_000);
    expect(await state()).toBe("OK");
    await put({ TreatMissingData: "breaching", Tags: [{ Key: "k", Value: "2" }] });
    expect(await state()).toBe("OK");
    const both = aws.cloudWatch(new DeleteAlarmsCommand({ AlarmNames: ["a", "b"] }));
    await expect(both).rejects.toMatchObject({ name: "ResourceNotFound" });
    expect(await state()).toBeUndefined();
    const many = Array.from({ length: 101 }, (_, n) => `a${n}`);
    await expect(aws.cloudWatch(new DeleteAlarmsCommand({ AlarmNames: many }))).rejects.toThrow("100");
  });
});

describe("the simulated SNS", () => {
  it("refuses a topic with other tags or attributes than the existing one", async () => {
    const { aws } = simulated();
    const create = (DisplayName: string, Value: string) =>
      aws.sns(new CreateTopicCommand({ Name: "t", Attributes: { DisplayName }, Tags: [{ Key: "k", Value }] }));
    const first = await create("a", "1");
    expect((await create("a", "1")).TopicArn).toBe(first.TopicArn);
    await expect(create("b", "1")).rejects.toThrow("different attributes");
    await expect(create("a", "2")).rejects.toThrow("different tags");
  });

  it("does not unsubscribe what is not confirmed, and drops it after three days", async () => {
    const { aws, clock } = simulated();
    const { TopicArn } = await aws.sns(new CreateTopicCommand({ Name: "t" }));
    const input = { TopicArn, Protocol: "email", Endpoint: "a@example.com" };
    const { SubscriptionArn } = await aws.sns(new SubscribeCommand({ ...input, ReturnSubscriptionArn: true }));
    expect((await aws.sns(new SubscribeCommand(input))).SubscriptionArn).toBe("pending confirmation");
    await clock.sleep(5_000);
    const listed = async () =>
      (await aws.sns(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions?.map(
        (one) => one.SubscriptionArn,
      );
    expect(await listed()).toEqual(["PendingConfirmation"]);
    await expect(aws.sns(new UnsubscribeCommand({ SubscriptionArn }))).rejects.toThrow("pending confirmation");
    await clock.sleep(3 * 86_400_000);
    expect(await listed()).toEqual([]);
  });
});
