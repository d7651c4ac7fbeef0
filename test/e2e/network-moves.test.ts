import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { makeNetwork, networkSettings, toldOf, type MadeNetwork } from "../support/existing-network.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

describe("a stack that moves between its own network and an existing one", () => {
  const stage = new Stage({ network: { nat: "none" } });
  let made: MadeNetwork;
  let before: unknown;
  const told = () =>
    stage.meddle(async (aws, clock) => {
      await clock.sleep(300_000);
      return toldOf(aws, made);
    });
  afterAll(() => stage.remove());
  beforeAll(async () => {
    made = await stage.meddle((aws, clock) => makeNetwork(aws, clock));
    before = await told();
    await stage.run("reconcile");
    writeService(stage);
    await deployed(stage);
    await stage.run("reconcile");
  });

  /** Edits the network, and runs what is planned; answers how it was planned. */
  const move = async (network: NonNullable<StackConfig["network"]>) => {
    stage.edit({ network });
    const plan = await stage.say("plan");
    const { exit } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    return plan.lines.join("\n");
  };

  it("says how long requests will fail, and leaves nothing of its own network behind", async () => {
    const plan = await move(networkSettings(made));
    expect(plan).toContain("Interrupts traffic: about 10 min.");
    expect(plan).toContain("- vpc (vpc-");
    const things = stage.things();
    expect(things["ec2.vpcs@ap-northeast-1"]).toEqual([made.vpc]);
    expect(things["ec2.vpcEndpoints@ap-northeast-1"]).toBeUndefined();
    expect(things["ec2.natGateways@ap-northeast-1"]).toEqual([made.nat]);
  });

  it("moves to another existing network, and leaves the first one as it was", async () => {
    const other = await stage.meddle((aws, clock) => makeNetwork(aws, clock));
    const plan = await move(networkSettings(other));
    expect(plan).toContain("Interrupts traffic: about 10 min.");
    expect(await told()).toEqual(before);
  });

  it("moves back to its own network", async () => {
    const plan = await move({});
    expect(plan).toContain("Interrupts traffic: about 10 min.");
    expect(plan).toContain("+ vpc");
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(await told()).toEqual(before);
  });
});

describe("a network that is replaced by one with fewer zones", () => {
  const zones = ["ap-northeast-1a", "ap-northeast-1d", "ap-northeast-1c"];
  const stage = new Stage({ network: { cidr: "10.9.0.0/16", zones, nat: "single" } });
  afterAll(() => stage.remove());

  it("is one plan, in which the route table of the removed zone releases the gateway before the gateway moves", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    stage.edit({ network: { zones: zones.filter((zone) => zone !== "ap-northeast-1d"), nat: "single" } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(stage.things()["ec2.subnets@ap-northeast-1"]).toHaveLength(4);
  });
});
