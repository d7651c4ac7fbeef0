import {
  AssociateVpcCidrBlockCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doctor } from "../../src/cli/commands/doctor.ts";
import { makeNetwork, networkSettings, toldOf, type MadeNetwork } from "../support/existing-network.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const later = 300_000;

describe("a stack in an existing network", () => {
  const stage = new Stage();
  let made: MadeNetwork;
  let before: unknown;
  const told = () =>
    stage.meddle(async (aws, clock) => {
      await clock.sleep(later);
      return toldOf(aws, made);
    });
  const state = () => stage.type("state", "show");

  beforeAll(async () => {
    made = await stage.meddle((aws, clock) => makeNetwork(aws, clock));
    before = await told();
    stage.edit({ network: networkSettings(made) });
  });
  afterAll(() => stage.remove());

  it("is planned without any network resource", async () => {
    const { json } = await stage.run("plan");
    expect(json.problems).toEqual([]);
    const types = new Set(json.actions.map(({ type }) => type));
    for (const type of ["vpc", "subnet", "route-table", "internet-gateway", "nat-gateway", "elastic-ip"])
      expect(types).not.toContain(`ec2/${type}`);
    expect(types).toContain("ec2/security-group");
  });

  it("is created, and then needs no changes", async () => {
    const { exit, json } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(json.outputs).toMatchObject({
      vpc_id: made.vpc,
      public_subnet_ids: made.publicSubnets,
      private_subnet_ids: made.privateSubnets,
    });
    expect(await stage.planned()).toEqual({});
    expect((await state()).lines.join("\n")).not.toContain("network/");
  });

  it("accepts a release, and its doctor checks the request path", async () => {
    writeService(stage);
    await deployed(stage);
    expect((await stage.run("reconcile")).exit).toBe(0);
    const found = await stage.act((context) => doctor({ target: "local", json: true }, context));
    const { hops } = JSON.parse(found.answer) as { hops: { name: string; state: string; what: string }[] };
    expect(hops.filter(({ state: is }) => is !== "ok")).toEqual([]);
    expect(hops.map(({ what }) => what).join("\n")).toContain(`2 private subnets route 0.0.0.0/0 to ${made.nat}.`);
  });

  it("lets tasks query DNS in every range of the VPC", async () => {
    await stage.meddle(async (aws) => {
      await aws.ec2(new AssociateVpcCidrBlockCommand({ VpcId: made.vpc, CidrBlock: "100.64.0.0/16" }));
    });
    before = await told().then(({ Vpcs }) => ({ ...(before as object), Vpcs }));
    expect(await stage.planned()).toEqual({ "security/tasks-rules": "update" });
    await stage.run("reconcile");
    const groups = await stage.meddle((aws) => aws.ec2(new DescribeSecurityGroupsCommand({})));
    const tasks = groups.SecurityGroups?.find(({ GroupName }) => GroupName?.endsWith("-tasks"));
    const ranges = tasks?.IpPermissionsEgress?.filter(
      ({ FromPort, IpProtocol }) => FromPort === 53 && IpProtocol === "udp",
    );
    expect(ranges?.flatMap(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp))).toEqual([
      "10.9.0.0/16",
      "100.64.0.0/16",
    ]);
  });

  it("has no drift if others change the network", async () => {
    await stage.meddle(async (aws) => {
      await aws.ec2(new CreateTagsCommand({ Resources: [made.vpc], Tags: [{ Key: "Cost", Value: "42" }] }));
    });
    before = await told().then(({ Vpcs }) => ({ ...(before as object), Vpcs }));
    const { json, lines } = await stage.run("plan", { check: true });
    expect(json.actions.filter(({ action, drift }) => drift || action !== "noop")).toEqual([]);
    expect(lines.join("\n")).not.toContain(made.vpc);
    const status = await stage.say("status");
    expect(status.exit).toBe(0);
    expect(status.lines.join("\n")).not.toMatch(/network|drift/i);
  });

  it("is torn down, and the network is as it was", async () => {
    const { exit, json } = await stage.run("teardown");
    expect(exit).toBe(0);
    expect(json.actions.map(({ type }) => type)).toContain("ec2/security-group");
    expect(await told()).toEqual(before);
  });
});

describe("a network that changes under a stack", () => {
  const stage = new Stage();
  let made: MadeNetwork;
  afterAll(() => stage.remove());

  it("stops the next run before any change if a route is lost, but no teardown", async () => {
    made = await stage.meddle((aws, clock) => makeNetwork(aws, clock));
    stage.edit({ network: networkSettings(made) });
    await stage.run("reconcile");
    await stage.meddle(async (aws) => {
      await aws.ec2(new DeleteRouteCommand({ RouteTableId: made.publicTable, DestinationCidrBlock: "0.0.0.0/0" }));
    });
    const found = await stage.act((context) => doctor({ target: "local", json: true }, context));
    const { hops } = JSON.parse(found.answer) as { hops: { name: string; what: string; fix: string }[] };
    expect(hops.find(({ name }) => name === "public subnets' routes")).toMatchObject({
      what: `Public subnet ${made.publicSubnets[0]} has no route to 0.0.0.0/0.`,
      fix: `Ask the owner of VPC ${made.vpc} to change it: Fairlead uses that VPC but does not modify it.`,
    });
    stage.edit({ network: networkSettings(made), logs: { retentionDays: 90 } });
    const { exit, lines } = await stage.type("reconcile", "--yes");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain(
      `network.publicSubnets: ${made.publicSubnets[0]} is not public: ${made.publicTable} has no route for 0.0.0.0/0.`,
    );
    expect((await stage.run("teardown")).exit).toBe(0);
  });
});

describe("an existing network that a stack cannot use", () => {
  const stage = new Stage();
  let made: MadeNetwork;
  let whole: () => void;
  beforeAll(async () => {
    made = await stage.meddle((aws, clock) => makeNetwork(aws, clock));
    whole = stage.keep();
  });
  afterAll(() => stage.remove());

  const problems = async (network: Partial<ReturnType<typeof networkSettings>>) => {
    stage.edit({ network: { ...networkSettings(made), ...network } });
    const { exit, json } = await stage.run("plan");
    expect(exit).toBe(1);
    return json.problems ?? [];
  };

  it("is one that does not exist", async () => {
    expect(await problems({ vpc: "vpc-0123456789abcdef0" })).toEqual([
      "network.vpc: vpc-0123456789abcdef0 does not exist in ap-northeast-1 of account 123456789012, or is not shared with it. Correct the id, the region or the credentials. To list the VPCs: aws ec2 describe-vpcs --region ap-northeast-1",
    ]);
  });

  it("has subnets that are missing, or of another VPC", async () => {
    const other = await stage.meddle((aws, clock) => makeNetwork(aws, clock));
    const [first = ""] = made.publicSubnets;
    const found = await problems({ publicSubnets: [first, "subnet-0123456789abcdef0", other.publicSubnets[1] ?? ""] });
    const look = `To list its subnets: aws ec2 describe-subnets --filters Name=vpc-id,Values=${made.vpc} --region ap-northeast-1`;
    expect(found.slice(0, 2)).toEqual([
      `network.publicSubnets: subnet-0123456789abcdef0 does not exist in ap-northeast-1 of account 123456789012, or is not shared with it. Use a subnet of ${made.vpc}. ${look}`,
      `network.publicSubnets: ${other.publicSubnets[1]} is in ${other.vpc}, not in ${made.vpc}. Use a subnet of ${made.vpc}. ${look}`,
    ]);
    whole();
  });

  it("has public subnets for private ones, and private ones for public ones", async () => {
    const found = await problems({ publicSubnets: made.privateSubnets, privateSubnets: made.publicSubnets });
    expect(found).toEqual([
      ...made.privateSubnets.map(
        (id) =>
          `network.publicSubnets: ${id} is not public: ${made.mainTable} routes 0.0.0.0/0 to ${made.nat}, not to an internet gateway. Add a route for 0.0.0.0/0 to the internet gateway of the VPC to ${made.mainTable}, or use a public subnet.`,
      ),
      ...made.publicSubnets.map(
        (id) =>
          `network.privateSubnets: ${id}: ${made.publicTable} routes 0.0.0.0/0 to ${made.internetGateway}, but a task has no public IP address to reach the internet with. Use a subnet whose route out of the VPC is a NAT gateway, a transit gateway or similar.`,
      ),
    ]);
  });

  it("gives tasks no route to the internet or to AWS", async () => {
    await stage.meddle(async (aws) => {
      await aws.ec2(new DeleteRouteCommand({ RouteTableId: made.mainTable, DestinationCidrBlock: "0.0.0.0/0" }));
    });
    const closed = `network.privateSubnets: ${made.privateSubnets.join(", ")} have no route out of the VPC`;
    const names = ["ecr.api", "ecr.dkr", "logs", "s3"].map((name) => `com.amazonaws.ap-northeast-1.${name}`);
    expect(await problems({})).toEqual([
      expect.stringContaining(
        `${closed}, and the VPC lacks the endpoints that tasks then need to start: ${names.join(", ")}.`,
      ),
      expect.stringContaining(`${closed}, and DNS hostnames (enableDnsHostnames) of ${made.vpc} is off`),
    ]);
    whole();
  });

  it("is the stack's own", async () => {
    const own = new Stage();
    const { json } = await own.run("reconcile");
    const { vpc_id, public_subnet_ids, private_subnet_ids } = json.outputs;
    const publicSubnets = public_subnet_ids as string[];
    const privateSubnets = private_subnet_ids as string[];
    own.edit({ network: { vpc: String(vpc_id), publicSubnets, privateSubnets } });
    const planned = await own.run("plan");
    expect(planned.json.problems).toContain(
      `network.vpc: ${String(vpc_id)} was created by this stack, which would delete it, because a stack that uses an existing VPC has no VPC of its own. Use another VPC, or remove network.vpc from the config.`,
    );
    own.remove();
  });
});
