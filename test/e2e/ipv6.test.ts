import {
  CreateManagedPrefixListCommand,
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DisassociateSubnetCidrBlockCommand,
  ModifySubnetAttributeCommand,
} from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import type { StackConfig } from "../../src/index.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

/** A stack that serves requests. */
async function serving(stage: Stage): Promise<void> {
  expect((await stage.run("reconcile")).exit).toBe(0);
  writeService(stage);
  expect((await deployed(stage)).exit).toBe(0);
  expect((await stage.run("reconcile")).exit).toBe(0);
}

/** Reconciles while requests come in, and expects none to fail and nothing to do afterwards. */
async function serves(stage: Stage, config: StackConfig): Promise<void> {
  stage.edit(config);
  expect(await watched(stage)).toMatchObject({ exit: 0, broken: [] });
  expect(await stage.planned()).toEqual({});
}

/** What AWS has of IPv6, once its lists show it. */
const standing = (stage: Stage) =>
  stage.meddle(async ({ ec2, elb }, clock) => {
    await clock.sleep(60_000);
    const [{ Vpcs = [] }, { Subnets = [] }, { RouteTables = [] }, gateways, { SecurityGroups = [] }, balancers] =
      await Promise.all([
        ec2(new DescribeVpcsCommand({})),
        ec2(new DescribeSubnetsCommand({})),
        ec2(new DescribeRouteTablesCommand({})),
        ec2(new DescribeEgressOnlyInternetGatewaysCommand({})),
        ec2(new DescribeSecurityGroupsCommand({})),
        elb(new DescribeLoadBalancersCommand({})),
      ]);
    const ranges = Subnets.flatMap(({ CidrBlock, Ipv6CidrBlockAssociationSet = [] }) =>
      Ipv6CidrBlockAssociationSet.map(({ Ipv6CidrBlock = "" }) => `${CidrBlock} ${Ipv6CidrBlock}`),
    );
    return {
      vpc: Vpcs[0]?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock,
      subnets: Subnets,
      ranges: ranges.toSorted(),
      routes: RouteTables.flatMap(({ Routes = [] }) =>
        Routes.filter(({ DestinationIpv6CidrBlock }) => DestinationIpv6CidrBlock === "::/0"),
      ).map(({ GatewayId, EgressOnlyInternetGatewayId }) =>
        (GatewayId ?? EgressOnlyInternetGatewayId ?? "").slice(0, 4),
      ),
      gateways: gateways.EgressOnlyInternetGateways?.length,
      // A VPC's own group, which nothing uses, has AWS's default for IPv6.
      rules: SecurityGroups.filter(({ GroupName }) => GroupName !== "default")
        .flatMap(({ IpPermissions = [], IpPermissionsEgress = [] }) =>
          [...IpPermissions, ...IpPermissionsEgress].filter(({ Ipv6Ranges = [] }) => Ipv6Ranges.length > 0),
        )
        .map(({ FromPort }) => FromPort),
      balancer: balancers.LoadBalancers?.[0]?.IpAddressType,
    };
  });

const NONE = { vpc: undefined, ranges: [], routes: [], gateways: 0, rules: [] };

describe("a stack that serves and gets IPv6", () => {
  const stage = new Stage();
  beforeAll(() => serving(stage));
  afterAll(() => stage.remove());
  const ON: StackConfig = { network: { ipv6: true } };

  it("is planned without replacing anything", async () => {
    stage.edit(ON);
    const planned = await stage.planned();
    expect(planned).toEqual({
      "network/vpc": "update",
      "network/public-1": "update",
      "network/public-2": "update",
      "network/private-1": "update",
      "network/private-2": "update",
      "network/public-routes": "update",
      "network/private-routes-1": "update",
      "network/private-routes-2": "update",
      "network/egress-only-gateway": "create",
      "security/tasks-rules": "update",
    });
  });

  it("has a range in each subnet, ways out and rules, without a request failing", async () => {
    await serves(stage, ON);
    const { vpc = "", ranges, routes, gateways, rules, balancer } = await standing(stage);
    const part = (hex: string) => vpc.replace("00::/56", `${hex}::/64`);
    expect(ranges).toEqual([
      `10.0.1.0/24 ${part("01")}`,
      `10.0.10.0/24 ${part("0a")}`,
      `10.0.2.0/24 ${part("02")}`,
      `10.0.20.0/24 ${part("14")}`,
    ]);
    expect(routes.toSorted()).toEqual(["eigw", "eigw", "igw-"]);
    expect({ gateways, rules, balancer }).toEqual({ gateways: 1, rules: [443], balancer: "ipv4" });
    expect((await stage.run("reconcile")).json.outputs["vpc_ipv6_cidr"]).toBe(vpc);
  });

  it("is turned off while no task has an address, and on again", async () => {
    await serves(stage, {});
    expect(await standing(stage)).toMatchObject(NONE);
    await serves(stage, ON);
  });

  it("gets back what somebody takes away", async () => {
    await stage.meddle(async ({ ec2 }, clock) => {
      const { Subnets = [] } = await ec2(new DescribeSubnetsCommand({}));
      const [one, other] = Subnets.filter(({ CidrBlock }) => /10\.0\.[12]\.0/.test(CidrBlock ?? ""));
      for (const { SubnetId } of [one ?? {}, other ?? {}])
        await ec2(new ModifySubnetAttributeCommand({ SubnetId, AssignIpv6AddressOnCreation: { Value: false } }));
      const [{ AssociationId } = {}] = one?.Ipv6CidrBlockAssociationSet ?? [];
      await ec2(new DisassociateSubnetCidrBlockCommand({ AssociationId }));
      await clock.sleep(60_000);
    });
    const { json } = await stage.run("plan");
    const changed = json.actions.filter(({ action }) => action !== "noop");
    expect(changed.map(({ id, action, drift }) => [id, action, drift])).toEqual([
      ["network/public-1", "update", true],
      ["network/public-2", "update", true],
    ]);
    await serves(stage, ON);
    const { subnets, ranges } = await standing(stage);
    expect(ranges).toHaveLength(4);
    expect(subnets.map(({ AssignIpv6AddressOnCreation }) => AssignIpv6AddressOnCreation)).toEqual(
      Array.from({ length: 4 }, () => true),
    );
  });

  const moves: readonly (readonly [string, StackConfig])[] = [
    ["network ACLs", { network: { ipv6: true, acls: { deny: ["2001:db8::/32"] } } }],
    ["other private subnets", { network: { ipv6: true, privateSubnets: ["10.0.32.0/20", "10.0.48.0/20"] } }],
    ["public addresses", { network: { ipv6: true, nat: "none", tasks: "public" } }],
    ["the way it was", ON],
  ];
  for (const [what, config] of moves) it(`keeps serving through an edit to ${what}`, () => serves(stage, config));

  it("is refused to be turned off while tasks have addresses", async () => {
    writeService(stage, "", { "version.txt": "2" });
    expect((await deployed(stage)).exit).toBe(0);
    const keep = stage.keep();
    stage.edit({});
    const { exit, lines } = await stage.type("reconcile");
    expect(exit).not.toBe(0);
    const text = lines.join("\n");
    expect(text).toContain("network.ipv6 cannot be turned off while 2 network interfaces (such as eni-");
    expect(text).toContain("npx fairlead sleep");
    expect(text).toContain("Blocked by 1 error (above). No changes were made.");
    keep();
  });

  it("is turned off without a request failing where tasks move to other subnets", async () => {
    const keep = stage.keep();
    await serves(stage, { network: { privateSubnets: ["10.0.32.0/20", "10.0.48.0/20"] } });
    expect(await standing(stage)).toMatchObject(NONE);
    keep();
  });

  it("is turned off while it sleeps", async () => {
    stage.edit(ON);
    expect((await stage.type("sleep", "--yes")).exit).toBe(0);
    stage.edit({});
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.type("wake", "--yes")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(await standing(stage)).toMatchObject(NONE);
  });

  it("leaves nothing behind, after a config that lost the setting too", async () => {
    await serves(stage, ON);
    stage.edit({});
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("Receipt: no resources of fairlead-app-dev are left");
  });
});

describe("a stack with IPv6 and without CDN", () => {
  const stage = new Stage();
  afterAll(() => stage.remove());
  const OPEN: StackConfig = { domain: "shop.example.com", edge: false, network: { ipv6: true } };
  const aliases = () =>
    Object.values(stage.world().world.table<{ type: string }>("route53.records")).filter(({ type }) => type === "AAAA")
      .length;

  it("is reached by IPv6 from the start", async () => {
    stage.edit(OPEN);
    await serving(stage);
    expect(await stage.planned()).toEqual({});
    const { balancer, rules } = await standing(stage);
    expect({ balancer, rules: rules.map(String).toSorted() }).toEqual({
      balancer: "dualstack",
      rules: ["443", "443", "80"],
    });
    expect(aliases()).toBe(1);
  });

  it("is reached by IPv4 alone where only IPv4 ranges are let in, and by both again", async () => {
    await serves(stage, { ...OPEN, balancer: { allowFrom: ["0.0.0.0/0"] } });
    expect(await standing(stage)).toMatchObject({ balancer: "ipv4", rules: [443] });
    expect(aliases()).toBe(0);
    await serves(stage, OPEN);
  });

  it("says which prefix lists it cannot let in", async () => {
    const keep = stage.keep();
    const [small, large, ipv6] = await stage.meddle(async ({ ec2 }) => {
      const list = async (MaxEntries: number, AddressFamily: string) => {
        const { PrefixList } = await ec2(
          new CreateManagedPrefixListCommand({ PrefixListName: `l${MaxEntries}`, MaxEntries, AddressFamily }),
        );
        return PrefixList?.PrefixListId ?? "";
      };
      return [await list(2, "IPv4"), await list(40, "IPv4"), await list(3, "IPv6")];
    });
    const said = async (...allowFrom: string[]) => {
      stage.edit({ ...OPEN, balancer: { allowFrom } });
      const { exit, lines } = await stage.type("plan");
      return `${exit}\n${lines.join("\n")}`;
    };
    const missing = await said("pl-0123456789abcdef0", ipv6 ?? "");
    expect(missing).toMatch(/^1\n/);
    expect(missing).toContain("there is no prefix list pl-0123456789abcdef0 in ap-northeast-1, or it is not shared");
    expect(missing).toContain("aws ec2 describe-managed-prefix-lists --region ap-northeast-1");
    expect(missing).toContain(`prefix list ${ipv6} has IPv6 addresses, and the load balancer has IPv4 addresses only.`);
    const heavy = await said(large ?? "", "203.0.113.0/24");
    expect(heavy).toContain("its 2 entries count as 82 rules on 2 ports, and AWS refuses more than 60");
    expect(heavy).toContain(`${large} for 40.`);
    expect(await said(small ?? "", ipv6 ?? "", "2001:db8::/32")).not.toContain("balancer.allowFrom:");
    keep();
  });

  it("is turned off while it sleeps, and torn down to nothing", async () => {
    stage.edit(OPEN);
    expect((await stage.type("sleep", "--yes")).exit).toBe(0);
    stage.edit({ domain: "shop.example.com", edge: false });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await standing(stage)).toMatchObject({ ...NONE, balancer: "ipv4" });
    expect((await stage.run("teardown")).exit).toBe(0);
  });
});
