import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import type { StackConfig } from "../../src/index.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const ONE: StackConfig = { network: { zones: ["ap-northeast-1c"] } };

const places = (stage: Stage) =>
  stage.meddle(async ({ ec2 }) => {
    const { Subnets = [] } = await ec2(new DescribeSubnetsCommand({}));
    return Object.fromEntries(
      Subnets.map(({ Tags = [], AvailabilityZone }) => [
        Tags.find(({ Key }) => Key === "Name")?.Value?.replace("fairlead-app-dev-", ""),
        AvailabilityZone,
      ]),
    );
  });

describe("a web service in a single zone", () => {
  const stage = new Stage(ONE);
  afterAll(() => stage.remove());

  it("runs its tasks and NAT gateway there, and its load balancer in a second one too", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    writeService(stage);
    expect((await deployed(stage)).exit).toBe(0);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await places(stage)).toEqual({
      "public-1": "ap-northeast-1c",
      "public-2": "ap-northeast-1a",
      "private-1": "ap-northeast-1c",
    });
    expect(stage.things()["ec2.natGateways@ap-northeast-1"]).toHaveLength(1);
    const [balancer, service] = await stage.meddle(async ({ elb, ecs }) => {
      const { LoadBalancers = [] } = await elb(new DescribeLoadBalancersCommand({}));
      const at = { cluster: "fairlead-app-dev-cluster", services: ["fairlead-app-dev-service"] };
      const { services = [] } = await ecs(new DescribeServicesCommand(at));
      return [LoadBalancers[0], services[0]] as const;
    });
    expect(balancer?.AvailabilityZones).toHaveLength(2);
    expect(service?.networkConfiguration?.awsvpcConfiguration?.subnets).toHaveLength(1);
    expect(await stage.planned()).toEqual({});
    const doctor = await stage.type("doctor");
    expect(doctor.exit).toBe(0);
  });

  const moves: readonly (readonly [string, StackConfig])[] = [
    ["gets a second zone", { network: { zones: ["ap-northeast-1c", "ap-northeast-1a"] } }],
    ["gets a third one", { network: { zones: ["ap-northeast-1c", "ap-northeast-1a", "ap-northeast-1d"] } }],
    ["goes back to one", ONE],
    ["moves to public addresses", { network: { ...ONE.network, nat: "none", tasks: "public" } }],
    ["moves back", ONE],
  ];
  for (const [what, config] of moves)
    it(`${what} without a request failing, and its subnets stay where they are`, async () => {
      const before = await places(stage);
      stage.edit(config);
      expect(await watched(stage)).toMatchObject({ exit: 0, broken: [] });
      expect(await stage.planned()).toEqual({});
      const after = await places(stage);
      expect(after).toMatchObject({ "public-1": before["public-1"], "public-2": before["public-2"] });
    });

  it("keeps the second public subnet in its zone, whichever the account has first by then", async () => {
    stage.edit({ network: { zones: ["ap-northeast-1c", "ap-northeast-1d"] } });
    const { lines } = await stage.say("plan");
    // A subnet cannot move to another zone.
    expect(lines.join("\n")).toContain("AWS cannot move subnet");
    stage.edit(ONE);
    expect(await stage.planned()).toEqual({});
  });

  it("leaves nothing behind", async () => {
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("Receipt: no resources of fairlead-app-dev are left");
  });
});

describe("a shared stack in a single zone", () => {
  const stage = new Stage({
    ...ONE,
    environments: {
      dev: { shareable: true, services: {} },
      guest: { shared: "fairlead-app/dev", services: { web: { path: "/guest/*", build: { context: "service" } } } },
    },
  });
  afterAll(() => stage.remove());

  it("runs the tasks of others in that zone", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    writeService(stage);
    expect((await stage.run("reconcile", { env: "guest" })).exit).toBe(0);
    const { exit, json } = await stage.run("plan", { env: "guest" });
    expect(exit).toBe(0);
    expect(json.actions.filter(({ action }) => action !== "noop")).toEqual([]);
  });
});

describe("workers in a single zone", () => {
  let stage: Stage;
  afterEach(() => stage.remove());

  it("have one public and one private subnet, and another public one once a public service is added", async () => {
    const mailer = { type: "worker" } as const;
    stage = new Stage({ ...ONE, services: { mailer } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await places(stage)).toEqual({ "public-1": "ap-northeast-1c", "private-1": "ap-northeast-1c" });
    expect(await stage.planned()).toEqual({});
    stage.edit({ ...ONE, services: { mailer, web: {} } });
    const added = await stage.planned();
    expect(added["network/public-2"]).toBe("create");
    expect(Object.values(added)).not.toContain("replace");
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await places(stage)).toMatchObject({ "public-2": "ap-northeast-1a" });
    stage.edit({ ...ONE, services: { mailer } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await places(stage)).toEqual({ "public-1": "ap-northeast-1c", "private-1": "ap-northeast-1c" });
  });
});
