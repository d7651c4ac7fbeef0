import { rmSync } from "node:fs";
import { join } from "node:path";
import { DescribeRouteTablesCommand } from "@aws-sdk/client-ec2";
import { ListTaskDefinitionsCommand } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { Stage } from "../support/stage.ts";
import { ALL_SETTINGS, INSIDE } from "../support/stacks.ts";

const SEVERAL: StackConfig = {
  network: { zones: ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"], nat: "single" },
  cluster: { containerInsights: true },
  edge: false,
  services: {
    web: { image: "nginx", spot: { base: 1, percent: 50 }, volumes: { data: { path: "/data" } } },
    search: {
      internal: true,
      image: "nginx",
      scaling: { schedule: { night: { from: "cron(0 20 * * ? *)", until: "cron(0 6 * * ? *)", min: 0 } } },
    },
    report: { type: "job", image: "nginx", schedule: "rate(1 day)" },
  },
};

/** Takes the state away. The tagging API tells of what was made a moment ago only after a while. */
async function lose(stage: Stage) {
  rmSync(join(stage.directory, ".fairlead", "fairlead-app-dev.json"));
  await stage.meddle((_aws, clock) => clock.sleep(200_000));
}

/** What a plan would do, but for adopting what is as it should be. */
async function changes(stage: Stage) {
  const { actions, leftovers = [] } = (await stage.run("plan")).json;
  return [
    ...actions.flatMap(({ id, action, differences = [] }) =>
      action === "noop" || (action === "adopt" && differences.length === 0)
        ? []
        : [`${action} ${id} ${differences.map(({ path }) => path).join()}`],
    ),
    ...leftovers.map(({ type, id, why }) => `${type} ${id} ${why}`),
  ];
}

describe("a stack whose state was lost", () => {
  it("deletes the routes to its own NAT gateways with them, instead of reporting them as unmanaged", async () => {
    const stage = new Stage();
    await stage.run("reconcile");
    await lose(stage);
    // What is the same of all of them is said once.
    const shown = (await stage.type("plan")).lines;
    expect(shown).toContain("Plan: 42 to adopt; 0 unchanged.");
    expect(shown.filter((line) => line.includes("exists with this stack's owner tags"))).toEqual([
      expect.stringMatching(/^Signs: = adopt \(each exists with this stack's owner tags\)/),
    ]);
    stage.edit({ network: { nat: "none" } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { RouteTables = [] } = await stage.meddle(({ ec2 }) => ec2(new DescribeRouteTablesCommand({})));
    const ways = RouteTables.flatMap(({ Routes = [] }) =>
      Routes.map(({ NatGatewayId, State }) => [NatGatewayId, State]),
    );
    expect(ways.filter(([gateway, state]) => gateway !== undefined || state === "blackhole")).toEqual([]);
    expect(await stage.planned()).toEqual({});
    stage.remove();
  });

  it("is not told to use the range of a subnet that is still there and no longer in the config", async () => {
    const stage = new Stage({ network: { zones: ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"] } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await lose(stage);
    const zones = ["ap-northeast-1c", "ap-northeast-1d"];
    stage.edit({ network: { zones } });
    const problems = (await stage.run("plan")).json.problems ?? [];
    const suggested = problems.map((problem) => /such as (10\.0\.[0-9.]+\/24)/.exec(problem)?.[1] ?? problem);
    expect(suggested).toHaveLength(4);
    const [one = "", two = "", three = "", four = ""] = suggested;
    // Those of the third zone's subnets, which the state no longer tells of.
    for (const range of ["10.0.3.0/24", "10.0.30.0/24"]) expect(suggested).not.toContain(range);
    stage.edit({ network: { zones, publicSubnets: [one, "10.0.3.0/24"], privateSubnets: [three, four] } });
    expect((await stage.run("plan")).json.problems).toEqual([
      expect.stringMatching(/^network\/public-2: 10\.0\.3\.0\/24 overlaps 10\.0\.3\.0\/24 of network\/public-3/),
    ]);
    stage.edit({ network: { zones, publicSubnets: [one, two], privateSubnets: [three, four] } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    stage.remove();
  });

  it("loses the task definition of a service with the service, so that another one of that name starts anew", async () => {
    const services = { web: { image: "nginx" }, mail: { type: "worker", image: "nginx" } } as const;
    const stage = new Stage({ services });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await lose(stage);
    stage.edit({ services: { web: services.web } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { taskDefinitionArns } = await stage.meddle(({ ecs }) =>
      ecs(new ListTaskDefinitionsCommand({ familyPrefix: "fairlead-app-dev-mail", status: "ACTIVE" })),
    );
    expect(taskDefinitionArns).toEqual([]);
    stage.remove();
  });

  it("is adopted as it is, with every setting on", async () => {
    const stage = new Stage(ALL_SETTINGS);
    expect((await stage.run("reconcile")).exit).toBe(0);
    await lose(stage);
    // AWS does not tell which certificate a record was written for.
    expect(await changes(stage)).toEqual(["adopt dns/validation-shop-example-com certificateArn"]);
    stage.remove();
  });

  it.each([
    ["all settings", { write: (stage: Stage) => stage.edit(ALL_SETTINGS) }],
    ["services behind a VPC origin", INSIDE],
    ["volumes, a job and an internal service", { write: (stage: Stage) => stage.edit(SEVERAL) }],
  ])("gives up what the config has lost with it: %s", async (_what, { write }) => {
    const stage = new Stage();
    write(stage);
    expect((await stage.run("reconcile")).exit).toBe(0);
    await lose(stage);
    stage.edit({});
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(stage.things()["budgets.budgets"]).toBeUndefined();
    await lose(stage);
    expect(await changes(stage)).toEqual([]);
    stage.remove();
  });
});
