import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteNatGatewayCommand, DescribeNatGatewaysCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { calm, scene } from "../support/scene.ts";
import { SimulatedError } from "../../src/simulator/errors.ts";
import { Stage, type Said } from "../support/stage.ts";

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Cost {
  readonly monthly: Range;
  readonly now: Range;
  readonly difference: Range;
  readonly awake: Range;
  readonly asleep: Range;
  readonly resources: readonly { readonly id: string; readonly group: string }[];
  readonly notCounted: readonly string[];
  readonly notes: readonly string[];
}

const LINE = /^Estimated cost: [\d.,]+ to [\d.,]+ US dollars a month \(/;
const costIn = ({ json }: { json: unknown }) => (json as { cost: Cost }).cost;
const told = ({ lines }: Said) => lines.filter((line) => line.startsWith("Estimated cost"));

describe("the cost beside a plan", () => {
  const stage = new Stage();
  let first: Cost;
  let made: Said;
  beforeAll(async () => {
    first = costIn(await stage.run("plan"));
    made = await stage.say("reconcile");
  });
  afterAll(() => stage.remove());

  it("of a new stack is all that it will cost, counted as released", async () => {
    expect(first.now).toEqual({ from: 0, to: 0 });
    expect(first.difference).toEqual(first.monthly);
    expect(first.notes).toContain("Counted as released: web. No tasks run before the first release.");
    expect(told(made)).toEqual([
      "Estimated cost: 155.05 to 202.13 US dollars a month (ap-northeast-1 prices of 2026-09-25), plus use.",
    ]);
  });

  it("is one line if there is nothing to do, and nothing in a reconcile that does nothing", async () => {
    const idle = await stage.say("plan");
    expect(told(idle)).toEqual([expect.stringMatching(LINE)]);
    expect(costIn(await stage.run("plan"))).toMatchObject({ monthly: first.monthly, difference: { from: 0, to: 0 } });
    expect(told(await stage.say("reconcile"))).toEqual([]);
  });

  it("says what an edit changes, in both directions, and also what it changes at the autoscaler's bounds only", async () => {
    stage.edit({ network: { nat: "single" } });
    expect(told(await stage.say("plan"))).toEqual([expect.stringMatching(/plus use\. This plan: -48\.91\.$/)]);
    stage.edit({ scaling: { max: 10 } });
    expect(told(await stage.say("plan"))).toEqual([expect.stringMatching(/This plan: 0\.00 to \+44\.98\.$/)]);
    stage.edit({ container: { cpu: 512, memory: 1024 } });
    expect(costIn(await stage.run("plan")).difference).toEqual({ from: 22.49, to: 67.47 });
    // What is replaced is there once: the network moves, and costs as much as before.
    stage.edit({ network: { cidr: "10.1.0.0/16" } });
    expect(costIn(await stage.run("plan")).difference).toEqual({ from: 0, to: 0 });
    stage.edit({});
  });

  it("shows with --cost every part by service, the prices of what is used, and whose prices they are", async () => {
    const text = (await stage.type("plan", "--cost")).lines.join("\n");
    expect(text).toContain("  network: 97.82\n");
    expect(text).toContain("network/nat-1: NAT gateway, 730 hours x 0.062");
    expect(text).toMatch(/ {2}service web: 29\.19 to 75\.37\n/);
    expect(text).toContain("365 to 1095 hours x 0.05056 (2 to 6 tasks)");
    expect(text).toContain("0.062 per GB: through NAT gateways (network/nat-1, network/nat-2)");
    expect(text).toMatch(/Prices of another region.*pipeline action \(us-east-1, 2026-08-21\)/);
    expect(text.split("(us-east-1, 2026-08-21)")).toHaveLength(2);
  });

  it("is told awake and asleep, whichever the stack is", async () => {
    expect(first.awake).toEqual(first.monthly);
    // No gateways with their addresses, and no tasks.
    const gone = first.monthly.from - first.asleep.from;
    expect(gone).toBeGreaterThan(97.82);
    // The metrics of Container Insights are all that is counted from to.
    const words = "  Awake: 155.05 to 202.13; asleep: 42.04 to 44.14.";
    expect((await stage.type("plan", "--cost")).lines).toContain(words);
    const keep = stage.keep();
    expect((await stage.type("sleep")).exit).toBe(0);
    const { awake, asleep, monthly } = costIn(await stage.run("plan"));
    expect({ awake, asleep, monthly }).toEqual({ awake: first.awake, asleep: first.asleep, monthly: first.asleep });
    expect((await stage.type("plan", "--cost")).lines).toContain(words);
    keep();
  });

  it("asks AWS with --live-prices, and says which prices it did not answer", async () => {
    const text = told(await stage.type("plan", "--live-prices")).join("\n");
    // The simulated price list has a dearer load balancer.
    expect(text).toContain(
      "155.56 to 202.64 US dollars a month (ap-northeast-1 prices that AWS published on 2026-11-02)",
    );
    expect(text).toMatch(
      /These prices are the table's: .*CloudWatch alarm.*\. AWS's price list has no single price for them\.$/,
    );
    const { lines } = await stage.type("plan", "--live-prices", "--log", "calls.jsonl");
    expect(lines.join("\n")).not.toContain("could not be read");
    const calls = readFileSync(join(stage.directory, "calls.jsonl"), "utf8").trimEnd().split("\n");
    const asked = calls.map((line) => JSON.parse(line) as { service: string; region: string });
    expect(new Set(asked.filter(({ service }) => service === "pricing").map(({ region }) => region))).toEqual(
      new Set(["us-east-1"]),
    );
  });

  it("keeps to the table if AWS's price list cannot be read", async () => {
    scene.intercept = (_table, moment, { operation }) => {
      if (moment === "before" && operation === "GetProducts")
        throw new SimulatedError("AccessDeniedException", "You are not authorized to call GetProducts.", 400);
    };
    const { exit, lines } = await stage.type("plan", "--live-prices");
    calm();
    expect(exit).toBe(0);
    expect(lines.join("\n")).toMatch(
      /155\.05 to 202\.13 .*prices of 2026-09-25\).*All prices are the table's\. AWS's price list could not be read: You are not authorized to call GetProducts\./,
    );
  });

  it("counts what was deleted outside Fairlead as gone, until the plan brings it back", async () => {
    const keep = stage.keep();
    await stage.meddle(async ({ ec2 }, clock) => {
      const { NatGateways = [] } = await ec2(new DescribeNatGatewaysCommand({}));
      await ec2(new DeleteNatGatewayCommand({ NatGatewayId: NatGateways[0]?.NatGatewayId }));
      await clock.sleep(600_000);
    });
    expect(costIn(await stage.run("plan")).difference).toEqual({ from: 45.26, to: 45.26 });
    keep();
  });

  it("of a teardown is what ends; a region without prices says whose it has, and what has no price is said too", async () => {
    const { lines } = await stage.say("teardown");
    expect(lines).toContain(
      "Estimated cost that ends: 155.05 to 202.13 US dollars a month (ap-northeast-1 prices of 2026-09-25), plus use.",
    );
    stage.edit({ region: "sa-east-1" });
    expect(told(await stage.say("plan"))).toEqual([
      "Estimated cost: 124.45 to 162.59 US dollars a month (no price table for sa-east-1; us-east-1's prices of 2026-08-21), plus use.",
    ]);
    stage.edit({ region: "us-east-1", services: { web: { build: { context: "service" }, ephemeralStorage: 50 } } });
    expect(told(await stage.say("plan"))).toEqual([
      expect.stringContaining("Not counted: GB of task storage above 20 (no price)."),
    ]);
  });
});
