import { DescribeScalableTargetsCommand } from "@aws-sdk/client-application-auto-scaling";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { setEvents } from "../support/release.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const NIGHTS = { from: "cron(0 20 * * ? *)", until: "cron(0 6 * * ? *)", timezone: "Asia/Tokyo", min: 0, max: 0 };
const config = (scaling: StackConfig["scaling"]): StackConfig => ({ scaling: { min: 2, max: 6, ...scaling } });

let stage: Stage;
beforeAll(() => {
  stage = new Stage(config({ schedule: { nights: NIGHTS } }));
});
afterAll(() => stage.remove());

/** Lets the time pass until it is so late in Tokyo. */
const until = (hour: number) =>
  stage.meddle((_aws, clock) => {
    const now = new Date(clock.now());
    const tokyo = (now.getUTCHours() + 9 + now.getUTCMinutes() / 60) % 24;
    return clock.sleep(((hour - tokyo + 24) % 24) * 3_600_000);
  });

const limits = () =>
  stage.meddle(async (aws) => {
    const { ScalableTargets: [target] = [] } = await aws.autoScaling(
      new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs" }),
    );
    const { services: [service] = [] } = await aws.ecs(
      new DescribeServicesCommand({ cluster: "fairlead-app-dev-cluster", services: ["fairlead-app-dev-service"] }),
    );
    return [target?.MinCapacity, target?.MaxCapacity, service?.desiredCount];
  });

describe("a service with other limits at night", () => {
  it("gets them with the first reconcile after its first release: a window would start tasks without an image", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    writeService(stage);
    const { exit, lines } = await deployed(stage);
    expect(exit).toBe(0);
    expect(lines).toContain("scaling.schedule does not apply yet. To set it up: npx fairlead reconcile");
    expect(await stage.planned()).toEqual({
      "scaling/nights-end": "create",
      "scaling/nights-start": "create",
      "scaling/target": "update",
    });
    await until(12);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(await limits()).toEqual([2, 6, 2]);
  });

  it("has its tasks stopped in the evening, which is neither drift nor a fault", async () => {
    await until(21);
    expect(await limits()).toEqual([0, 0, 0]);
    const plan = await stage.run("plan");
    expect(plan.json.actions.filter(({ action }) => action !== "noop")).toEqual([]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await limits()).toEqual([0, 0, 0]);
    const { lines } = await stage.type("doctor");
    expect(lines.join("\n")).toContain("at zero tasks, which a window of `scaling.schedule` may set");
  });

  it("stays at zero when a release is deployed at night, and runs the release in the morning", async () => {
    writeService(stage, "# two");
    const { exit, lines } = await deployed(stage);
    expect(exit).toBe(0);
    expect(lines.join("\n")).not.toContain("scaling.schedule");
    expect(await limits()).toEqual([0, 0, 0]);
    await until(7);
    expect(await limits()).toEqual([2, 6, 2]);
    expect(await stage.planned()).toEqual({});
  });

  it("has limits that someone else set reverted", async () => {
    await stage.meddle(async (aws) => {
      const { RegisterScalableTargetCommand } = await import("@aws-sdk/client-application-auto-scaling");
      const ResourceId = "service/fairlead-app-dev-cluster/fairlead-app-dev-service";
      const ScalableDimension = "ecs:service:DesiredCount";
      await aws.autoScaling(
        new RegisterScalableTargetCommand({ ServiceNamespace: "ecs", ScalableDimension, ResourceId, MaxCapacity: 9 }),
      );
    });
    expect(await stage.planned()).toEqual({ "scaling/target": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await limits()).toEqual([2, 6, 2]);
  });

  it("has the usual limits changed in its evening actions too, and the window's in place", async () => {
    stage.edit(config({ max: 8, schedule: { nights: { ...NIGHTS, max: 1 } } }));
    expect(await stage.planned()).toEqual({
      "scaling/nights-end": "update",
      "scaling/nights-start": "update",
      "scaling/target": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await until(21);
    expect(await limits()).toEqual([0, 1, 1]);
    await until(7);
    expect(await limits()).toEqual([2, 8, 2]);
    expect(await stage.planned()).toEqual({});
  });

  it("has the usual limits at all times once the window is removed, and is deleted without a trace", async () => {
    stage.edit(config({}));
    expect(await stage.planned()).toMatchObject({ "scaling/nights-end": "delete", "scaling/nights-start": "delete" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await until(21);
    expect(await limits()).toEqual([2, 6, 2]);
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("no resources of fairlead-app-dev are left");
  });
});
