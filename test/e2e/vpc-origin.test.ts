import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import { changedByHand } from "../support/by-hand.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const all = (ids: readonly string[], action: string) => Object.fromEntries(ids.map((id) => [id, action]));

const VPC: StackConfig = { edge: { origin: "vpc" } };
const DOMAIN = { domain: "shop.example.com" };

/** What stands on a load balancer, and is replaced with it. */
const ON_IT = ["load-balancer", "target-group", "http-listener"].map((name) => `balancer/${name}`);

/** A stack that serves requests. */
async function serving(stage: Stage): Promise<void> {
  expect((await stage.run("reconcile")).exit).toBe(0);
  writeService(stage);
  await deployed(stage);
  expect((await stage.run("reconcile")).exit).toBe(0);
}

/** Reconciles an edit, with no request lost at any moment, and nothing left to do. */
async function changed(stage: Stage, config: StackConfig) {
  stage.edit(config);
  const planned = await stage.planned();
  const { lines } = await stage.say("plan");
  const { exit, broken } = await watched(stage);
  expect(broken).toEqual([]);
  expect(exit).toBe(0);
  expect(await stage.planned()).toEqual({});
  return { planned, text: lines.join("\n") };
}

const schemes = (stage: Stage) =>
  Object.values(stage.world().world.table<{ scheme: string }>("elb.loadBalancers@ap-northeast-1")).map(
    ({ scheme }) => scheme,
  );
const count = (stage: Stage, table: string) => Object.keys(stage.world().world.table(table)).length;

describe("a stack behind a VPC origin", () => {
  const stage = new Stage(VPC);
  beforeAll(() => serving(stage));
  afterAll(() => stage.remove());

  it("has an internal load balancer in the private subnets, and no public address but those of NAT gateways", async () => {
    expect(schemes(stage)).toEqual(["internal"]);
    const doctor = await stage.type("doctor", "--target", "local");
    expect(doctor.exit).toBe(0);
    const path = doctor.lines.join("\n");
    expect(path).toMatch(
      /forwards all requests with X-Origin-Verify to internal-fairlead-app-dev--internal-\S+ through VPC origin vo_/,
    );
    expect(path).toContain("is active in 2 private subnets.");
  });

  it("gets a domain, which takes a second VPC origin, and gives it up, without a request lost", async () => {
    const { planned } = await changed(stage, { ...VPC, ...DOMAIN });
    expect(planned).toMatchObject({ "edge/vpc-origin": "replace", "edge/distribution": "update" });
    expect(planned).not.toMatchObject({ "balancer/load-balancer": "replace" });
    expect(count(stage, "cloudfront.vpcOrigins")).toBe(1);
    await changed(stage, VPC);
    expect(count(stage, "cloudfront.vpcOrigins")).toBe(1);
  });

  it("is mended where someone changed the VPC origin", async () => {
    await changedByHand(stage, ["edge/vpc-origin"]);
    expect(await stage.planned()).toEqual({ "edge/vpc-origin": "update" });
    const { exit, broken } = await watched(stage);
    expect([exit, broken]).toEqual([0, []]);
    expect(await stage.planned()).toEqual({});
  });

  it("is torn down to nothing, with what CloudFront made in the VPC", async () => {
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});

describe("a live stack that is put behind a VPC origin", () => {
  const stage = new Stage();
  beforeAll(() => serving(stage));
  afterAll(() => stage.remove());

  it("loses no request there and back", async () => {
    const { planned, text } = await changed(stage, VPC);
    expect(planned).toEqual({
      ...all([...ON_IT, "balancer/cloudfront-rule"], "replace"),
      ...all(["compute/service", "edge/distribution"], "update"),
      "edge/vpc-origin": "create",
    });
    expect(text).not.toContain("Interrupts traffic");
    expect(schemes(stage)).toEqual(["internal"]);

    const back = await changed(stage, {});
    expect(back.planned).toEqual({
      ...all([...ON_IT, "balancer/cloudfront-rule"], "replace"),
      ...all(["compute/service", "edge/distribution"], "update"),
      "edge/vpc-origin": "delete",
    });
    expect(back.text).not.toContain("Interrupts traffic");
    expect(schemes(stage)).toEqual(["internet-facing"]);
    expect(count(stage, "cloudfront.vpcOrigins")).toBe(0);
  });

  it("takes another port of its container there and back", async () => {
    await changed(stage, { ...VPC, container: { port: 8080 } });
    expect(schemes(stage)).toEqual(["internal"]);
    await changed(stage, {});
    expect(schemes(stage)).toEqual(["internet-facing"]);
  });

  it("gives up its CDN from there, with a domain, and gets it back", async () => {
    await changed(stage, { ...DOMAIN, ...VPC });
    await changed(stage, { ...DOMAIN, edge: false });
    expect(schemes(stage)).toEqual(["internet-facing"]);
    await changed(stage, { ...DOMAIN, ...VPC });
    expect(schemes(stage)).toEqual(["internal"]);
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});

describe("a stack behind a VPC origin whose VPC is replaced", () => {
  const stage = new Stage(VPC);
  beforeAll(() => serving(stage));
  afterAll(() => stage.remove());

  it("comes to stand in the new one, and says for how long it does not answer", async () => {
    stage.edit({ ...VPC, network: { cidr: "10.1.0.0/16" } });
    expect((await stage.say("plan")).lines.join("\n")).toContain("Interrupts traffic: about");
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(count(stage, "ec2.vpcs@ap-northeast-1")).toBe(1);
    expect(count(stage, "cloudfront.vpcOrigins")).toBe(1);
  });
});
