import { DescribeScalableTargetsCommand } from "@aws-sdk/client-application-auto-scaling";
import { DescribeNatGatewaysCommand } from "@aws-sdk/client-ec2";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { setEvents } from "../support/release.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const SCHEDULE = { sleep: "cron(0 20 * * ? *)", wake: "cron(0 6 * * ? *)", timezone: "Asia/Tokyo" };
const config = (schedule?: StackConfig["schedule"]): StackConfig => ({
  ...(schedule && { schedule }),
  scaling: { min: 2, max: 6 },
});

const stage = new Stage(config(SCHEDULE));
afterAll(() => stage.remove());

/** Lets the time pass until it is so late in Tokyo. */
const until = (hour: number) =>
  stage.meddle((_aws, clock) => {
    const now = new Date(clock.now());
    const tokyo = (now.getUTCHours() + 9 + now.getUTCMinutes() / 60) % 24;
    return clock.sleep(((hour - tokyo + 24) % 24) * 3_600_000);
  });

const standing = () =>
  stage.meddle(async ({ autoScaling, ec2, ecs }) => {
    const { ScalableTargets: [target] = [] } = await autoScaling(
      new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs" }),
    );
    const { services: [service] = [] } = await ecs(
      new DescribeServicesCommand({ cluster: "fairlead-app-dev-cluster", services: ["fairlead-app-dev-service"] }),
    );
    const { NatGateways = [] } = await ec2(new DescribeNatGatewaysCommand({}));
    const gateways = NatGateways.filter(({ State }) => State === "available").length;
    return { limits: [target?.MinCapacity, target?.MaxCapacity], tasks: service?.desiredCount, gateways };
  });

const AWAKE = { limits: [2, 6], tasks: 2, gateways: 2 };
const ASLEEP = { limits: [0, 0], tasks: 0, gateways: 2 };

describe("a stack with a schedule", () => {
  beforeAll(async () => {
    const { exit, lines } = await stage.say("reconcile");
    expect(exit).toBe(0);
    // 14 of 24 hours of the tasks that two to six would cost.
    expect(lines.join("\n")).toContain("Estimated cost: 145.68 to 174.02 US dollars a month");
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    writeService(stage);
    await until(12);
    const released = await deployed(stage);
    expect(released.exit).toBe(0);
    expect(released.lines).toContain("schedule does not apply yet. To set it up: npx fairlead reconcile");
    expect((await stage.run("reconcile")).exit).toBe(0);
  }, 120_000);

  it("has its tasks stopped and started by AWS, and neither is drift", async () => {
    expect(await stage.planned()).toEqual({});
    expect(await standing()).toEqual(AWAKE);
    await until(21);
    expect(await standing()).toEqual(ASLEEP);
    expect(await stage.planned()).toEqual({});
    expect((await stage.type("doctor")).lines.join("\n")).toContain("at zero tasks, which `schedule` may set");
    await until(7);
    expect(await standing()).toEqual(AWAKE);
    expect(await stage.planned()).toEqual({});
  });

  it("counts its tasks by the hours that they run", async () => {
    const { lines } = await stage.type("plan", "--cost");
    expect(lines.join("\n")).toContain("(1.17 to 3.5 tasks on average)");
    expect(lines.join("\n")).toContain("Estimated cost: 145.68 to 174.02 US dollars a month");
  });

  it("stays asleep when it was put to sleep by a command, also at the time to wake", async () => {
    expect((await stage.type("sleep", "--yes")).exit).toBe(0);
    await until(7);
    expect(await standing()).toMatchObject({ tasks: 0, gateways: 0 });
    expect((await stage.type("wake", "--yes")).exit).toBe(0);
    expect(await standing()).toEqual(AWAKE);
    await until(21);
    expect(await standing()).toEqual(ASLEEP);
  });

  it("sleeps at other times once they are edited, and no more once it has none", async () => {
    stage.edit(config({ ...SCHEDULE, sleep: "cron(0 22 * * ? *)" }));
    expect(await stage.planned()).toEqual({ "scaling/asleep-start": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await until(7);
    await until(21);
    expect(await standing()).toEqual(AWAKE);
    await until(23);
    expect(await standing()).toEqual(ASLEEP);
    stage.edit(config());
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(await standing()).toMatchObject({ limits: [2, 6], tasks: 2 });
    await until(21);
    expect(await standing()).toEqual(AWAKE);
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("no resources of fairlead-app-dev are left");
  });
});
