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
});
