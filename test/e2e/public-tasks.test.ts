import { DescribeServicesCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import type { StackConfig } from "../../src/index.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const PUBLIC: StackConfig = { network: { nat: "none", tasks: "public" } };

describe("tasks with public addresses", () => {
  const stage = new Stage(PUBLIC);
  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    writeService(stage);
    expect((await deployed(stage)).exit).toBe(0);
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  const network = () =>
    stage.meddle(async ({ ecs }) => {
      const service = { cluster: "fairlead-app-dev-cluster", services: ["fairlead-app-dev-service"] };
      return (await ecs(new DescribeServicesCommand(service))).services?.[0]?.networkConfiguration?.awsvpcConfiguration;
    });

  it("need neither NAT gateways nor endpoints, and every check of doctor passes", async () => {
    const things = stage.things();
    expect(things["ec2.natGateways@ap-northeast-1"]).toBeUndefined();
    expect(things["ec2.vpcEndpoints@ap-northeast-1"]).toBeUndefined();
    expect((await network())?.assignPublicIp).toBe("ENABLED");
    expect(await stage.planned()).toEqual({});
    const { exit, lines } = await stage.type("doctor");
    expect(lines.join("\n")).toContain("No tasks run in the private subnets");
    expect(exit).toBe(0);
  });

  it("are drift without them: nothing else would let them start", async () => {
    const keep = stage.keep();
    const vpc = await network();
    await stage.meddle(({ ecs }) =>
      ecs(
        new UpdateServiceCommand({
          cluster: "fairlead-app-dev-cluster",
          service: "fairlead-app-dev-service",
          networkConfiguration: {
            awsvpcConfiguration: { ...vpc, subnets: vpc?.subnets ?? [], assignPublicIp: "DISABLED" },
          },
        }),
      ),
    );
    const { json } = await stage.run("plan");
    const service = json.actions.find(({ id }) => id === "compute/service");
    expect(service).toMatchObject({ action: "update", drift: true });
    expect(service?.differences?.map(({ path }) => path)).toEqual(["assignPublicIp"]);
    const failures = await stage.meddle(async ({ ecs }, clock) => {
      await clock.sleep(120_000);
      const found = await ecs(
        new DescribeServicesCommand({ cluster: "fairlead-app-dev-cluster", services: ["fairlead-app-dev-service"] }),
      );
      return found.services?.[0]?.deployments?.[0]?.failedTasks;
    });
    expect(failures).toBeGreaterThan(0);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await network())?.assignPublicIp).toBe("ENABLED");
    keep();
  });

  const modes: readonly (readonly [string, StackConfig])[] = [
    ["to private subnets behind NAT gateways", {}],
    ["back to public addresses", PUBLIC],
    ["to private subnets with endpoints", { network: { nat: "none" } }],
    ["back from there", PUBLIC],
  ];
  for (const [what, config] of modes)
    it(`move ${what} without a request failing, as the plan says: the way out goes after them`, async () => {
      stage.edit(config);
      const { lines } = await stage.say("plan");
      expect(lines.join("\n")).not.toContain("Interrupts traffic");
      const { exit, looks, broken } = await watched(stage);
      expect(exit).toBe(0);
      expect(looks).toBeGreaterThan(5);
      expect(broken).toEqual([]);
      expect(await stage.planned()).toEqual({});
    });

  it("leave nothing behind", async () => {
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("Receipt: no resources of fairlead-app-dev are left");
  });
});
