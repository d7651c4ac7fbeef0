import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import { changedByHand } from "../support/by-hand.ts";
import type { StackConfig } from "../../src/index.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const ENDPOINTS: StackConfig = { network: { endpoints: ["s3", "sqs", "ecr.api"] } };

describe("VPC endpoints beside NAT gateways", () => {
  const stage = new Stage();
  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    writeService(stage);
    await deployed(stage);
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  const standing = () =>
    stage.meddle(async ({ ec2 }) => {
      const { VpcEndpoints = [] } = await ec2(new DescribeVpcEndpointsCommand({}));
      return Object.fromEntries(
        VpcEndpoints.filter(({ State }) => State !== ("deleting" as never)).map((one) => [
          one.ServiceName?.replace("com.amazonaws.ap-northeast-1.", ""),
          one,
        ]),
      );
    });

  it("are created on a stack that serves, with their costs in the plan", async () => {
    stage.edit(ENDPOINTS);
    const { lines } = await stage.say("plan", { cost: true });
    const text = lines.join("\n");
    expect(text).not.toContain("Interrupts traffic");
    expect(text).toContain("compute/endpoint-sqs");
    const run = await watched(stage);
    expect(run).toMatchObject({ exit: 0, broken: [] });
    expect(await stage.planned()).toEqual({});
    const { s3, sqs } = await standing();
    expect(Object.keys(await standing()).toSorted()).toEqual(["ecr.api", "s3", "sqs"]);
    expect(s3).toMatchObject({ VpcEndpointType: "Gateway", RouteTableIds: [expect.any(String), expect.any(String)] });
    expect(sqs).toMatchObject({ VpcEndpointType: "Interface", PrivateDnsEnabled: true });
    expect(sqs?.SubnetIds).toHaveLength(2);
  });

  it("stay the same ones when NAT gateways go and come back", async () => {
    const before = await standing();
    for (const network of [
      { nat: "none", endpoints: ["sqs", "s3", "ecr.api"] },
      { nat: "single", endpoints: ["s3", "ecr.api", "sqs"] },
    ] satisfies StackConfig["network"][]) {
      stage.edit({ network });
      expect(await watched(stage)).toMatchObject({ exit: 0, broken: [] });
      expect(await stage.planned()).toEqual({});
      const after = await standing();
      for (const name of ["s3", "sqs", "ecr.api"]) expect(after[name]?.VpcEndpointId).toBe(before[name]?.VpcEndpointId);
    }
    expect(Object.keys(await standing()).toSorted()).toEqual(["ecr.api", "s3", "sqs"]);
  });

  it("lead from public subnets too, if tasks run there", async () => {
    stage.edit({ network: { nat: "none", tasks: "public", endpoints: ["s3"] } });
    expect(await watched(stage)).toMatchObject({ exit: 0, broken: [] });
    const { s3 } = await standing();
    expect(s3?.RouteTableIds).toHaveLength(3);
    expect(await stage.planned()).toEqual({});
  });

  it("are deleted for a sleep if they are charged by the hour, and come back with it", async () => {
    stage.edit(ENDPOINTS);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.type("sleep", "--yes")).exit).toBe(0);
    expect(Object.keys(await standing())).toEqual(["s3"]);
    expect((await stage.type("wake", "--yes")).exit).toBe(0);
    expect(Object.keys(await standing()).toSorted()).toEqual(["ecr.api", "s3", "sqs"]);
    expect(await stage.planned()).toEqual({});
  });

  it("are set again where someone changed one, and made again where someone deleted one", async () => {
    await changedByHand(stage, ["compute/endpoint-ecr-api"]);
    await stage.meddle(async ({ ec2 }, clock) => {
      const { VpcEndpoints = [] } = await ec2(new DescribeVpcEndpointsCommand({}));
      const gone = VpcEndpoints.filter(({ ServiceName }) => ServiceName?.endsWith(".sqs"));
      await ec2(new DeleteVpcEndpointsCommand({ VpcEndpointIds: gone.map(({ VpcEndpointId = "" }) => VpcEndpointId) }));
      await clock.sleep(600_000);
    });
    const { json } = await stage.run("plan");
    const changes = json.actions.filter(({ action }) => action !== "noop");
    expect(Object.fromEntries(changes.map(({ id, action, drift }) => [id, [action, drift]]))).toEqual({
      "compute/endpoint-ecr-api": ["update", true],
      "compute/endpoint-sqs": ["create", true],
    });
    expect(await watched(stage)).toMatchObject({ exit: 0, broken: [] });
    expect(await stage.planned()).toEqual({});
  });

  it("are refused before anything is changed where the region or a zone has none", async () => {
    stage.edit({
      network: { endpoints: ["secretmanager", "email-smtp", "s3"], zones: ["ap-northeast-1a", "ap-northeast-1d"] },
    });
    const refused = await stage.type("reconcile", "--yes");
    const text = refused.lines.join("\n");
    expect(refused.exit).not.toBe(0);
    expect(text).toContain(
      "network.endpoints: secretmanager has no VPC endpoint in ap-northeast-1. Did you mean secretsmanager? Remove it, or use another name. To list the services: aws ec2 describe-vpc-endpoint-services",
    );
    expect(text).toContain(
      "network.endpoints: email-smtp has no VPC endpoint in zone ap-northeast-1d, but in ap-northeast-1a, ap-northeast-1c.",
    );
  });

  it("are refused where somebody else's endpoint has their place", async () => {
    stage.edit({});
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await standing()).toEqual({});
    const id = await stage.meddle(async ({ ec2 }, clock) => {
      const { Vpcs = [] } = await ec2(new DescribeVpcsCommand({}));
      const { VpcEndpoint } = await ec2(
        new CreateVpcEndpointCommand({
          VpcId: Vpcs[0]?.VpcId,
          ServiceName: "com.amazonaws.ap-northeast-1.sqs",
          VpcEndpointType: "Interface",
          PrivateDnsEnabled: true,
        }),
      );
      // Lists show it by then.
      await clock.sleep(60_000);
      return VpcEndpoint?.VpcEndpointId ?? "";
    });
    stage.edit(ENDPOINTS);
    const { exit, lines } = await stage.type("reconcile", "--yes");
    expect(exit).not.toBe(0);
    expect(lines.join("\n")).toContain(
      `already has an endpoint for com.amazonaws.ap-northeast-1.sqs, ${id}, which is not the stack's, and AWS accepts only one. Delete that one, or remove the service from the config: aws ec2 delete-vpc-endpoints --vpc-endpoint-ids ${id}`,
    );
  });

  it("go with the stack", async () => {
    await stage.meddle(async ({ ec2 }, clock) => {
      const { VpcEndpoints = [] } = await ec2(new DescribeVpcEndpointsCommand({}));
      await ec2(
        new DeleteVpcEndpointsCommand({ VpcEndpointIds: VpcEndpoints.map(({ VpcEndpointId = "" }) => VpcEndpointId) }),
      );
      await clock.sleep(600_000);
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(Object.keys(await standing()).toSorted()).toEqual(["ecr.api", "s3", "sqs"]);
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
