import {
  DescribeScalableTargetsCommand,
  DescribeScheduledActionsCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { DescribeAddressesCommand, DescribeNatGatewaysCommand, DescribeVpcEndpointsCommand } from "@aws-sdk/client-ec2";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standReleased } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const PREFIX = "fairlead-app-dev";
const NOTE =
  "The stack is asleep: it has no tasks, NAT gateways or interface endpoints until it is woken. To wake it: npx fairlead wake";

/** What costs, and what runs. */
async function standing(stage: Stage, name = "service") {
  const { aws } = stage.world();
  const { services: [service] = [] } = await aws.ecs(
    new DescribeServicesCommand({ cluster: `${PREFIX}-cluster`, services: [`${PREFIX}-${name}`], include: ["TAGS"] }),
  );
  const { ScalableTargets: [target] = [] } = await aws.autoScaling(
    new DescribeScalableTargetsCommand({
      ServiceNamespace: "ecs",
      ResourceIds: [`service/${PREFIX}-cluster/${PREFIX}-${name}`],
    }),
  );
  const { NatGateways = [] } = await aws.ec2(new DescribeNatGatewaysCommand({}));
  const { Addresses = [] } = await aws.ec2(new DescribeAddressesCommand({}));
  return {
    tasks: service?.runningCount,
    tag: service?.tags?.find(({ key }) => key === "fairlead:asleep")?.value,
    bounds: [target?.MinCapacity, target?.MaxCapacity],
    gateways: NatGateways.filter(({ State }) => State === "available").length,
    addresses: new Set(Addresses.map(({ PublicIp }) => PublicIp)),
  };
}

describe("a stack that sleeps", () => {
  const stage = new Stage();
  let awake: Awaited<ReturnType<typeof standing>>;
  afterAll(() => stage.remove());

  beforeAll(async () => {
    await standReleased(stage);
    awake = await standing(stage);
    expect(awake).toMatchObject({ tasks: 2, bounds: [2, 6], gateways: 2 });
    const { exit, lines } = await stage.type("sleep", "--yes");
    expect(lines.filter((line) => line.startsWith("Failed"))).toEqual([]);
    expect(exit).toBe(0);
    expect(lines.at(-1)).toBe("The stack is asleep: requests get 503 responses. To wake it: npx fairlead wake");
  }, 120_000);

  it("has no tasks, no bounds that would start one, and no NAT gateways, and keeps its addresses and all else", async () => {
    expect(await standing(stage)).toEqual({
      tasks: 0,
      tag: "true",
      bounds: [0, 0],
      gateways: 0,
      addresses: awake.addresses,
    });
    const things = stage.things();
    expect(Object.keys(things)).toEqual(
      expect.arrayContaining(["elb.loadBalancers@ap-northeast-1", "cloudfront.distributions"]),
    );
  });

  it("is known to plan, status, doctor and deploy, and needs nothing more", async () => {
    expect(await stage.planned()).toEqual({});
    expect((await stage.type("plan")).lines).toContain(`Note: ${NOTE}`);
    expect((await stage.type("status")).lines).toContain(NOTE);
    const doctor = await stage.type("doctor");
    expect(doctor.exit).toBe(1);
    expect(doctor.lines.at(-1)).toBe(NOTE);
    for (const argv of [["deploy"], ["task", "web", "--", "true"]]) {
      const refused = await stage.type(...argv);
      expect(refused.exit).toBe(2);
      expect(refused.lines.join("\n")).toContain("The stack is asleep.");
    }
  });

  it("is not created by putting it to sleep", async () => {
    const none = new Stage();
    const { exit, lines } = await none.type("sleep", "--yes");
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain("There is no stack to put to sleep. To create it: npx fairlead reconcile");
    expect(none.things()).toEqual({});
    none.remove();
  });

  it("is known to a checkout that has no state", async () => {
    const back = stage.keep();
    rmSync(join(stage.directory, ".fairlead", "state"), { recursive: true, force: true });
    const { lines } = await stage.type("plan");
    expect(lines).toContain(`Note: ${NOTE}`);
    const run = await stage.run("reconcile");
    expect(run.exit).toBe(0);
    expect(await standing(stage)).toMatchObject({ tasks: 0, gateways: 0 });
    back();
  });

  it("is edited as any other and sleeps on", async () => {
    const back = stage.keep();
    stage.edit({ container: { environment: { LOG_LEVEL: "debug" } }, scaling: { max: 9 } });
    expect(await stage.planned()).toEqual({ "compute/task-definition": "update", "compute/service": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await standing(stage)).toMatchObject({ tasks: 0, bounds: [0, 0], gateways: 0 });
    expect((await stage.type("wake", "--yes")).exit).toBe(0);
    expect(await standing(stage)).toMatchObject({ tasks: 2, bounds: [2, 9], gateways: 2 });
    expect(await stage.planned()).toEqual({});
    stage.edit({});
    back();
  });

  it("is torn down as any other", async () => {
    const back = stage.keep();
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
    back();
  });

  it("is woken as it was: tasks, bounds, gateways and addresses", async () => {
    const { exit, lines } = await stage.type("wake", "--yes");
    expect(lines.filter((line) => line.startsWith("Failed"))).toEqual([]);
    expect(exit).toBe(0);
    expect(await standing(stage)).toEqual(awake);
    expect(await stage.planned()).toEqual({});
    expect((await stage.type("plan")).lines.join("\n")).not.toContain("asleep");
    const { lines: history } = await stage.type("history");
    expect(history.join("\n")).toMatch(/sleep[^]*wake|wake[^]*sleep/);
  });
});

describe("a stack without NAT gateways whose worker cannot start", () => {
  const image = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/missing:1";
  const stage = new Stage({
    network: { nat: "none" },
    services: {
      mail: {
        type: "worker",
        image,
        scaling: {
          min: 0,
          max: 3,
          schedule: { day: { from: "cron(0 8 * * ? *)", until: "cron(0 20 * * ? *)", max: 5 } },
        },
      },
      report: { type: "job", schedule: "rate(1 day)", image },
    },
  });
  afterAll(() => stage.remove());
  const tableOf = (name: string) => stage.world().world.data.tables[`${name}@ap-northeast-1`] ?? {};
  const endpoints = async () => {
    const { VpcEndpoints = [] } = await stage.world().aws.ec2(new DescribeVpcEndpointsCommand({}));
    return VpcEndpoints.filter(({ State }) => (State ?? "").toLowerCase() === "available").length;
  };
  const schedules = () => JSON.stringify(tableOf("scheduler.schedules"));
  /** What would set other limits, and so start tasks. */
  const windows = async () => {
    const asked = new DescribeScheduledActionsCommand({ ServiceNamespace: "ecs" });
    return (await stage.world().aws.autoScaling(asked)).ScheduledActions;
  };
  const desired = async () => {
    const { services: [mail] = [] } = await stage
      .world()
      .aws.ecs(new DescribeServicesCommand({ cluster: `${PREFIX}-cluster`, services: [`${PREFIX}-mail-service`] }));
    return mail?.desiredCount;
  };

  it("sleeps all the same, without interface endpoints, its jobs and its scaling windows", async () => {
    expect((await stage.type("reconcile")).exit).toBe(1);
    expect(await endpoints()).toBe(5);
    const { exit, lines } = await stage.type("sleep", "--yes");
    expect(lines.filter((line) => line.startsWith("Failed"))).toEqual([]);
    expect(exit).toBe(0);
    expect(await endpoints()).toBe(1);
    expect(schedules()).toContain(`"State":"DISABLED"`);
    expect(await windows()).toEqual([]);
    expect(await desired()).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("is given its tasks when it wakes, although its minimum is zero", async () => {
    await stage.type("wake", "--yes");
    expect(await endpoints()).toBe(5);
    expect(schedules()).not.toContain(`"State":"DISABLED"`);
    expect(await windows()).toHaveLength(2);
    expect(await desired()).toBe(2);
  });
});
