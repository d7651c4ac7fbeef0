import { rmSync } from "node:fs";
import { join } from "node:path";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { afterEach, describe, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";

let stage: Stage;
afterEach(() => stage.remove());

describe("an account that lacks some zones of a region", () => {
  it("gets its network in the zones that it has", async () => {
    stage = new Stage({ region: "us-west-1" });
    const { exit } = await stage.run("reconcile");
    const { aws } = stage.world("us-west-1");
    const { Subnets = [] } = await aws.ec2(new DescribeSubnetsCommand({}));
    expect(exit).toBe(0);
    expect(new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone))).toEqual(
      new Set(["us-west-1a", "us-west-1c"]),
    );
    expect(await stage.planned()).toEqual({});
  });

  it("keeps the network in its zones if the state is lost, whichever zones come first by then", async () => {
    stage = new Stage({ region: "us-west-2", network: { zones: ["us-west-2c", "us-west-2a"] } });
    await stage.run("reconcile");
    rmSync(join(stage.directory, ".fairlead", "fairlead-app-dev.json"));
    stage.edit({ region: "us-west-2" });
    expect(Object.values(await stage.planned())).not.toContain("replace");
  });

  it("keeps the second zone in its position if a first run only created that one", async () => {
    stage = new Stage();
    await stage.run("reconcile");
    await stage.meddle(async (_aws, _clock, { data }) => {
      const left = /^(~|ec2\.(vpcs|subnets)@)/;
      for (const name of Object.keys(data.tables)) if (!left.test(name)) delete data.tables[name];
      const { "ec2.subnets@ap-northeast-1": subnets = {} } = data.tables;
      for (const [id, subnet] of Object.entries(subnets))
        if (!JSON.stringify(subnet).includes('"network/public-2"')) delete subnets[id];
    });
    rmSync(join(stage.directory, ".fairlead", "fairlead-app-dev.json"));
    const planned = await stage.planned();
    expect(planned["network/public-1"]).toBe("create");
    expect(planned["network/public-2"]).toBe("adopt");
  });

  it("gets an error about a missing zone before anything is created", async () => {
    stage = new Stage({ region: "us-west-1", network: { zones: ["us-west-1a", "us-west-1b"] } });
    const { exit, lines } = await stage.type("reconcile");
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain(
      `network.zones[1]: "us-west-1b" is not an availability zone of this account in us-west-1; allowed: "us-west-1a", "us-west-1c"`,
    );
    expect(stage.things()).toEqual({});
  });
});
