import { DeleteAlarmsCommand, DescribeAlarmsCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { GetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import type { StackConfig } from "../../src/index.ts";
import type { SimSubscription } from "../../src/simulator/sns/records.ts";
import { Stage } from "../support/stage.ts";

const WEB = ["cpu", "memory", "missing-tasks", "target-errors", "latency", "unhealthy-targets"];
const ids = (scope: string, names: readonly string[]) => names.map((name) => `${scope}alarms/${name}`);
const GLOBAL = "us-east-1";
const NAME = "fairlead-app-dev";

describe("a stack with alarms", () => {
  const stage = new Stage();
  const config = (alarms: StackConfig["alarms"], more: StackConfig = {}): StackConfig => ({
    services: {
      web: { image: "nginx" },
      api: { image: "nginx", path: "/api/*" },
      mailer: { type: "worker", image: "nginx", queue: true },
      report: { type: "job", image: "nginx", schedule: "rate(1 day)" },
    },
    ...(alarms ? { alarms } : {}),
    ...more,
  });
  const EMAILS = { emails: ["oncall@example.com"], urls: ["https://hooks.example.com/services/secret"] };
  const alarmsIn = async (aws: Aws, region: string) =>
    (await aws.in(region).cloudWatch(new DescribeAlarmsCommand({ AlarmNamePrefix: NAME }))).MetricAlarms ?? [];
  const named = async (name: string) =>
    (await alarmsIn(stage.world().aws, "ap-northeast-1")).find((one) => one.AlarmName === name);

  beforeAll(async () => {
    stage.edit(config(undefined));
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  it("gets exactly those of its services, its balancer, its CDN and its queues, and nothing the second time", async () => {
    stage.edit(config(EMAILS));
    const planned = await stage.planned();
    expect(
      Object.keys(planned)
        .filter((id) => !id.includes("topic"))
        .toSorted(),
    ).toEqual(
      [
        ...ids("", [...WEB, "balancer-errors", "cdn-errors", "dashboard"]),
        ...ids("api/", WEB),
        ...ids("mailer/", ["cpu", "memory", "missing-tasks", "message-age", "dead-letters"]),
        ...ids("report/", ["job-failed", "job-not-started"]),
      ].toSorted(),
    );
    expect(new Set(Object.values(planned))).toEqual(new Set(["create"]));
    // A topic in each of the two regions, and both endpoints at each.
    expect(Object.keys(planned).filter((id) => id.includes("topic"))).toHaveLength(6);
    expect(Object.keys(planned).join(" ")).not.toContain("secret");
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("has the CDN's alarm and its topic in us-east-1, named after the stack's region", async () => {
    const { aws } = stage.world();
    const [cdn, ...others] = await alarmsIn(aws, GLOBAL);
    expect(others).toEqual([]);
    expect(cdn).toMatchObject({ AlarmName: `${NAME}-ap-northeast-1-cdn-errors`, Namespace: "AWS/CloudFront" });
    const [TopicArn] = cdn?.AlarmActions ?? [];
    expect(TopicArn).toBe(`arn:aws:sns:us-east-1:123456789012:${NAME}-ap-northeast-1-alarms`);
    const { Attributes } = await aws.in(GLOBAL).sns(new GetTopicAttributesCommand({ TopicArn }));
    const { Statement } = JSON.parse(Attributes?.["Policy"] ?? "") as {
      Statement: { Sid: string; Condition?: object }[];
    };
    expect(Statement.map(({ Sid, Condition }) => [Sid, Condition !== undefined])).toEqual([
      ["Account", true],
      ["AlarmsAndBudgets", true],
      // EventBridge's notices would be dropped.
      ["Events", false],
    ]);
  });

  it("shows in its status what rings and who has not confirmed, with what to do", async () => {
    await stage.meddle(async (aws) => {
      const StateValue = "ALARM";
      const StateReason = "Threshold Crossed: 3 datapoints were above.";
      for (const AlarmName of [`${NAME}-api-latency`, `${NAME}-cpu`])
        await aws.cloudWatch(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
      const AlarmName = `${NAME}-memory`;
      await aws.cloudWatch(
        new SetAlarmStateCommand({ AlarmName, StateValue: "INSUFFICIENT_DATA", StateReason: "no data" }),
      );
    });
    // The endpoint confirms by itself.
    await stage.meddle(async (_aws, _clock, world) => {
      for (const region of ["ap-northeast-1", GLOBAL])
        for (const one of Object.values(world.table<SimSubscription>(`sns.subscriptions@${region}`)))
          one.isConfirmed = one.protocol === "https";
    });
    const { exit, lines } = await stage.say("status");
    expect(exit).toBe(0);
    const text = lines.join("\n");
    expect(text).toMatch(
      /ALARM fairlead-app-dev-api-latency since .* UTC: One response of api in twenty takes more than 2 s\. Threshold Crossed/,
    );
    expect(text).toContain("ALARM fairlead-app-dev-cpu since");
    expect(text).not.toContain("dev-memory");
    expect(text).toContain(
      "oncall@example.com has not confirmed its subscription to fairlead-app-dev-alarms and hears of no alarm. Follow the link",
    );
    expect(text).not.toContain("hooks.example.com");
    const { json } = await stage.run("status");
    expect(json).toMatchObject({ alarms: [{}, {}], unconfirmed: [{ protocol: "email" }, { protocol: "email" }] });
  });

  it("is mended where an alarm was edited or deleted by hand, and says why an unconfirmed subscription is gone", async () => {
    await stage.meddle(async (aws, clock, world) => {
      const alarms = world.table<{ said: { Threshold: number; ActionsEnabled: boolean } }>(
        "cloudwatch.alarms@ap-northeast-1",
      );
      Object.assign(alarms[`${NAME}-cpu`]?.said ?? {}, { Threshold: 99 });
      Object.assign(alarms[`${NAME}-memory`]?.said ?? {}, { ActionsEnabled: false });
      await aws.in(GLOBAL).cloudWatch(new DeleteAlarmsCommand({ AlarmNames: [`${NAME}-ap-northeast-1-cdn-errors`] }));
      await clock.sleep(4 * 86_400_000);
    });
    const { json } = await stage.run("plan");
    const wanted = json.actions.filter(({ action }) => action !== "noop");
    expect(
      Object.fromEntries(wanted.map(({ id, action, drift }) => [id.replace(/-[0-9a-f]{4}$/, ""), [action, drift]])),
    ).toEqual({
      "alarms/cpu": ["update", true],
      "alarms/memory": ["update", true],
      "alarms/cdn-errors": ["create", true],
      "alarms/topic-email-oncall-example-com": ["create", true],
      "alarms/global-topic-email-oncall-example-com": ["create", true],
    });
    const { lines } = await stage.say("plan");
    expect(lines.join("\n")).toContain("not confirmed within days, so that SNS dropped it");
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await named(`${NAME}-cpu`))?.Threshold).toBe(90);
  });

  it("follows its target group when that is replaced: the alarms are changed in place", async () => {
    const groups = async () =>
      (await named(`${NAME}-latency`))?.Dimensions?.find(({ Name }) => Name === "TargetGroup")?.Value;
    const before = await groups();
    stage.edit(config(EMAILS, { network: { cidr: "10.9.0.0/16" } }));
    const planned = await stage.planned();
    expect(planned).toMatchObject({
      "balancer/target-group": "replace",
      "alarms/latency": "update",
      "alarms/unhealthy-targets": "update",
      "alarms/balancer-errors": "update",
    });
    expect(planned["alarms/cpu"]).toBeUndefined();
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(await groups()).not.toBe(before);
  }, 60_000);

  it("follows its config: a threshold, an alarm less, a service less, no alarms at all", async () => {
    const network = { network: { cidr: "10.9.0.0/16" } };
    stage.edit(config({ ...EMAILS, cpuPercent: 70, memoryPercent: false, deadLetters: 10 }, network));
    expect(await stage.planned()).toEqual({
      ...Object.fromEntries(
        ["", "api/", "mailer/"].flatMap((scope) => [
          [`${scope}alarms/cpu`, "update"],
          [`${scope}alarms/memory`, "delete"],
        ]),
      ),
      "mailer/alarms/dead-letters": "update",
    });
    const { services = {}, ...rest } = config(EMAILS, network);
    const { api: _, ...fewer } = services;
    stage.edit({ ...rest, services: fewer });
    const planned = await stage.planned();
    for (const id of ids("api/", WEB)) expect(planned[id]).toBe("delete");
    stage.edit(config(undefined, network));
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { aws } = stage.world();
    expect([...(await alarmsIn(aws, GLOBAL)), ...(await alarmsIn(aws, "ap-northeast-1"))]).toEqual([]);
  });

  it("is refused if another owner has an alarm of its name, which AWS would overwrite", async () => {
    await stage.meddle(async (_aws, _clock, world) => {
      const said = { Threshold: 1, EvaluationPeriods: 1, ComparisonOperator: "GreaterThanThreshold" };
      const arn = `arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:${NAME}-cpu`;
      world.table("cloudwatch.alarms@ap-northeast-1")[`${NAME}-cpu`] = {
        name: `${NAME}-cpu`,
        arn,
        said,
        madeAt: 0,
        changedAt: 0,
        tags: {},
      };
    });
    stage.edit(config(EMAILS, { network: { cidr: "10.9.0.0/16" } }));
    const { exit, json } = await stage.run("plan");
    expect(exit).not.toBe(0);
    expect(json.problems?.join("\n")).toContain("alarms/cpu");
    await stage.meddle(
      async (_aws, _clock, world) => void delete world.table("cloudwatch.alarms@ap-northeast-1")[`${NAME}-cpu`],
    );
  });

  it("leaves nothing behind, also with e-mails that nobody confirmed", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { exit, lines } = await stage.say("teardown");
    expect(lines.at(-1)).toMatch(/^Receipt: no resources of fairlead-app-dev are left/);
    expect(exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});

describe("a stack with alarms in us-east-1", () => {
  const stage = new Stage({ region: "us-east-1", alarms: { emails: ["a@example.com"] } });
  afterAll(() => stage.remove());

  it("has one topic for all of them, and leaves nothing behind", async () => {
    const { json } = await stage.run("plan");
    const all = json.actions
      .map(({ id }) => id)
      .filter((id) => id.startsWith("alarms/topic") || id.includes("global-topic"));
    expect(all).toHaveLength(2);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
