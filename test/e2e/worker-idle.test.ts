import { DeleteScalingPolicyCommand } from "@aws-sdk/client-application-auto-scaling";
import { DescribeAlarmsCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { setEvents } from "../support/release.ts";
import { writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const config = (min: number): StackConfig => ({
  services: {
    mailer: {
      type: "worker",
      build: { context: "service" },
      queue: true,
      service: { desiredCount: 2 },
      scaling: { min, max: 4, backlogPerTask: 25 },
    },
  },
});
const IDLE = ["from-zero-alarm", "from-zero-policy", "to-zero-alarm", "to-zero-policy"];
const all = (action: string) => Object.fromEntries(IDLE.map((id) => [`mailer/scaling/${id}`, action]));
const NAME = "fairlead-app-dev-mailer";

let stage: Stage;
beforeAll(() => {
  stage = new Stage(config(0));
});
afterAll(() => stage.remove());

const tasks = () =>
  stage.meddle(async (aws) => {
    const { services: [service] = [] } = await aws.ecs(
      new DescribeServicesCommand({ cluster: "fairlead-app-dev-cluster", services: [`${NAME}-service`] }),
    );
    return service?.desiredCount;
  });

/** Lets an alarm go off, or be over, after some minutes. */
const alarm = (which: string, StateValue: "ALARM" | "OK", value = 3) =>
  stage.meddle(async (aws, clock) => {
    await clock.sleep(600_000);
    const StateReasonData = JSON.stringify({ recentDatapoints: [value], threshold: 0 });
    const AlarmName = `${NAME}-${which}`;
    await aws.cloudWatch(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "a test", StateReasonData }));
  });

describe("a worker that has no task without messages", () => {
  it("keeps the tasks of its first release until a reconcile sets its scaling to zero up", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    writeService(stage);
    const { exit, lines } = await stage.type("deploy", "--approve");
    expect(exit).toBe(0);
    expect(lines).toContain(
      "mailer keeps its tasks without messages for now. To set its scaling to zero up: npx fairlead reconcile",
    );
    expect(await tasks()).toBe(2);
    expect(await stage.planned()).toEqual({ ...all("create"), "mailer/scaling/target": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(await tasks()).toBe(2);
  });

  it("has its tasks stopped when its queue is empty, which is neither drift nor a fault", async () => {
    await alarm("to-zero", "ALARM");
    expect(await tasks()).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await tasks()).toBe(0);
    expect((await stage.type("doctor")).lines.join("\n")).toContain("at zero tasks: its queue was empty.");
    const { lines } = await stage.type("status");
    expect(lines.join("\n")).not.toMatch(/ALARM|set to zero tasks/);
  });

  it("is released at zero without starting a task, and the first message starts one of the new revision", async () => {
    writeService(stage, "# two");
    const { exit, lines } = await stage.type("deploy", "--approve");
    expect(exit).toBe(0);
    expect(lines.join("\n")).not.toContain("keeps its tasks");
    expect(await tasks()).toBe(0);
    await alarm("from-zero", "ALARM");
    expect(await tasks()).toBe(1);
    await alarm("from-zero", "OK");
    await alarm("to-zero", "OK");
    expect(await stage.planned()).toEqual({});
    await alarm("to-zero", "ALARM");
    expect(await tasks()).toBe(0);
  });

  it("stays asleep whatever waits, and is woken with its scaling", async () => {
    expect((await stage.type("sleep", "--yes")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(await stage.meddle((aws) => aws.cloudWatch(new DescribeAlarmsCommand({})))).toMatchObject({
      MetricAlarms: [],
    });
    expect((await stage.type("wake", "--yes")).exit).toBe(0);
    expect(await tasks()).toBe(2);
    expect(await stage.planned()).toEqual({});
  });

  it("has a policy that was deleted by hand created anew, and its alarm call the new one", async () => {
    await stage.meddle((aws) =>
      aws.autoScaling(
        new DeleteScalingPolicyCommand({
          ServiceNamespace: "ecs",
          ScalableDimension: "ecs:service:DesiredCount",
          ResourceId: `service/fairlead-app-dev-cluster/${NAME}-service`,
          PolicyName: `${NAME}-to-zero`,
        }),
      ),
    );
    expect(await stage.planned()).toEqual({
      "mailer/scaling/to-zero-policy": "create",
      "mailer/scaling/to-zero-alarm": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await alarm("to-zero", "ALARM");
    expect(await tasks()).toBe(0);
  });

  it("keeps a task once its minimum is one, and is deleted without a trace", async () => {
    stage.edit(config(1));
    expect(await stage.planned()).toEqual({
      ...all("delete"),
      "mailer/scaling/target": "update",
      "mailer/compute/service": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await tasks()).toBe(2);
    stage.edit(config(0));
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("no resources of fairlead-app-dev are left");
  });
});
