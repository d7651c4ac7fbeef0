import { rmSync } from "node:fs";
import { join } from "node:path";
import { DescribeRouteTablesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";

describe("a stack whose state was lost", () => {
  it("deletes the routes to its own NAT gateways with them, instead of reporting them as unmanaged", async () => {
    const stage = new Stage();
    await stage.run("reconcile");
    rmSync(join(stage.directory, ".fairlead", "fairlead-app-dev.json"));
    // The tagging API tells of what was made a moment ago only after a while.
    await stage.meddle((_aws, clock) => clock.sleep(200_000));
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
    rmSync(join(stage.directory, ".fairlead", "fairlead-app-dev.json"));
    await stage.meddle((_aws, clock) => clock.sleep(200_000));
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
});
