import { SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeServicesCommand, ListClustersCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { approve, reject } from "../../src/cli/commands/approve.ts";
import { releases } from "../../src/cli/commands/releases.ts";
import { begin, standReleased } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const NAME = "fairlead-app-dev";

describe("a stack with a pipeline and alarms", () => {
  const stage = new Stage({ alarms: {} });
  afterAll(() => stage.remove());
  const told = () => Object.values(stage.world().world.table<{ text: string }>("~sns.publications@ap-northeast-1"));

  it("tells when a release waits for its approval, what to do, and nothing of one that succeeds", async () => {
    await standReleased(stage);
    const [only, ...others] = told();
    expect(others).toEqual([]);
    const lines = only?.text.split("\n").map((line) => JSON.parse(line) as string) ?? [];
    expect(lines[0]).toMatch(
      /^A release of fairlead-app-dev-pipeline waits for its approval \(execution [0-9a-f-]{36}\)\.$/,
    );
    expect(lines.join("\n")).toContain("npx fairlead approve --target aws --env dev");
    expect(await stage.planned()).toEqual({});
  });

  it("tells of one that was rejected, and how to find out why", async () => {
    await begin(stage, 2, 600);
    expect((await stage.act((context) => reject(undefined, { target: "local", reason: "no" }, context))).exit).toBe(0);
    await stage.meddle(async (aws, clock) => {
      await clock.sleep(60_000);
      await aws.ecs(new ListClustersCommand({}));
    });
    const texts = told().map(({ text }) => text);
    expect(texts).toHaveLength(3);
    const failed = texts.filter((text) =>
      text.startsWith('"A release of fairlead-app-dev-pipeline failed in the stage Approval '),
    );
    expect(failed).toHaveLength(1);
    expect(failed[0]).toContain("What failed and why: npx fairlead doctor --target aws --env dev");
  });
});

describe("a service with deployment alarms", () => {
  const stage = new Stage({ alarms: {}, service: { deploymentAlarms: true } });
  afterAll(() => stage.remove());
  const ALARM = `${NAME}-target-errors`;
  const ring = (StateValue: "ALARM" | "OK") => (aws: Aws) =>
    aws.cloudWatch(new SetAlarmStateCommand({ AlarmName: ALARM, StateValue, StateReason: "5xx" }));
  const runs = async () => {
    const command = new DescribeServicesCommand({ cluster: `${NAME}-cluster`, services: [`${NAME}-service`] });
    const { services: [service] = [] } = await stage.world().aws.ecs(command);
    return {
      revision: service?.taskDefinition?.split(":").at(-1),
      events: service?.events?.map(({ message }) => message) ?? [],
    };
  };
  /** Releases a version, and lets its deployment run for some seconds. */
  const approved = async (version: number) => {
    await begin(stage, version, 600);
    expect((await stage.act((context) => approve(undefined, { target: "local", detach: true }, context))).exit).toBe(0);
    await stage.meddle((_aws, clock) => clock.sleep(25_000));
  };

  it("is released as ever while they are silent", async () => {
    await standReleased(stage);
    expect(await stage.planned()).toEqual({});
    expect((await runs()).revision).toBe("2");
  });

  it("is rolled back when one goes off during a release, and its history says so", async () => {
    await approved(3);
    await stage.meddle(async (aws, clock) => {
      await ring("ALARM")(aws);
      await clock.sleep(300_000);
      await ring("OK")(aws);
    });
    const { revision, events } = await runs();
    expect(revision).toBe("2");
    expect(events.join("\n")).toMatch(/deployment failed: alarm detected\.$/m);
    const { lines } = await stage.act((context) => releases(undefined, { target: "local", limit: 1 }, context));
    expect(lines.join("\n")).toContain("ECS deployment alarm: rolling back");
  });

  it("ignores one that was on before the release began", async () => {
    await stage.meddle(async (aws) => ring("ALARM")(aws));
    await approved(4);
    await stage.meddle((_aws, clock) => clock.sleep(300_000));
    expect((await runs()).revision).toBe("4");
  });

  it("has them set again where someone took them off", async () => {
    await stage.meddle(async (aws, clock) => {
      const deploymentConfiguration = { alarms: { alarmNames: [], enable: false, rollback: false } };
      await aws.ecs(
        new UpdateServiceCommand({ cluster: `${NAME}-cluster`, service: `${NAME}-service`, deploymentConfiguration }),
      );
      await clock.sleep(300_000);
    });
    expect(await stage.planned()).toEqual({ "compute/service": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("has them taken off when they are turned off, and leaves nothing behind", async () => {
    stage.edit({ alarms: {} });
    expect(await stage.planned()).toEqual({ "compute/service": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
