import {
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { everyPage } from "../../../src/aws/pages.ts";
import type { SimNetworkInterface } from "../../../src/simulator/ec2/network-interfaces.ts";
import { balancer, vpc } from "../../contract/ground.ts";
import { TIMING } from "../../../src/simulator/timing.ts";
import { simulated } from "../../support/simulated.ts";

describe("the simulated network interfaces", () => {
  it("say whose they are, what they are for, and what they are attached to", async () => {
    const at = simulated();
    await balancer(at);
    const table = at.world.table<SimNetworkInterface>(`ec2.networkInterfaces@${at.aws.region}`);
    const [one] = Object.values(table);
    if (!one) throw new Error("The load balancer has no interface.");
    table["eni-1"] = { ...one, id: "eni-1", description: "", requesterId: undefined, byHand: true, instanceId: "i-1" };
    table["eni-2"] = { ...one, id: "eni-2", available: true };
    const { NetworkInterfaces: all = [] } = await at.aws.ec2(new DescribeNetworkInterfacesCommand({}));
    const byId = new Map(all.map((found) => [found.NetworkInterfaceId, found]));
    const made = { InterfaceType: "interface", RequesterId: "amazon-elb", RequesterManaged: true };
    expect(byId.get(one.id)).toMatchObject({ ...made, Status: "in-use", Attachment: { Status: "attached" } });
    expect(byId.get("eni-1")).toMatchObject({ RequesterManaged: false, Attachment: { InstanceId: "i-1" } });
    expect(byId.get("eni-2")).toMatchObject({ ...made, Status: "available" });
    expect(byId.get("eni-2")).not.toHaveProperty("Attachment");
    const Filters = [{ Name: "status", Values: ["available"] }];
    const free = await at.aws.ec2(new DescribeNetworkInterfacesCommand({ Filters }));
    expect(free.NetworkInterfaces?.map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toEqual(["eni-2"]);
  });

  it("are deleted only where they are attached to nothing, and once", async () => {
    const at = simulated();
    await balancer(at);
    const table = at.world.table<SimNetworkInterface>(`ec2.networkInterfaces@${at.aws.region}`);
    const [one] = Object.values(table);
    if (!one) throw new Error("The load balancer has no interface.");
    const remove = () => at.aws.ec2(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: one.id }));
    await expect(remove()).rejects.toMatchObject({
      name: "InvalidParameterValue",
      message: `Network interface '${one.id}' is currently in use.`,
    });
    one.available = true;
    await remove();
    expect(table).not.toHaveProperty(one.id);
    await expect(remove()).rejects.toMatchObject({ name: "InvalidNetworkInterfaceID.NotFound" });
  });
});

describe("a simulated security group", () => {
  it.each([
    { ipv6: false, peers: ["0.0.0.0/0"] },
    { ipv6: true, peers: ["0.0.0.0/0", "::/0"] },
  ])("allows all outbound traffic when it is new, in a VPC with IPv6 ($ipv6): $peers", async ({ ipv6, peers }) => {
    const { aws, clock } = simulated();
    const { Vpc } = await aws.ec2(
      new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", AmazonProvidedIpv6CidrBlock: ipv6 }),
    );
    const VpcId = Vpc?.VpcId;
    // Until it is found.
    await clock.sleep(2_000 * TIMING.listLag);
    await aws.ec2(new CreateSecurityGroupCommand({ GroupName: "own", Description: "own", VpcId }));
    // Until it is listed.
    await clock.sleep(2_000 * TIMING.listLag);
    const { SecurityGroups = [] } = await aws.ec2(new DescribeSecurityGroupsCommand({}));
    expect(new Set(SecurityGroups.map(({ GroupName }) => GroupName))).toEqual(new Set(["default", "own"]));
    for (const { IpPermissionsEgress: rules = [] } of SecurityGroups) {
      expect(rules.map(({ IpProtocol }) => IpProtocol)).toEqual(peers.map(() => "-1"));
      const ranges = rules.flatMap(({ IpRanges = [], Ipv6Ranges = [] }) => [...IpRanges, ...Ipv6Ranges]);
      expect(ranges.map((range) => Object.values(range)[0])).toEqual(peers);
    }
  });
});

describe("the simulated lists of load balancers and target groups", () => {
  it("come in pages of the size that is asked for, and refuse what AWS does not take", async () => {
    const { aws, ...at } = simulated();
    const { vpcId: VpcId } = await vpc({ aws, ...at });
    for (const Name of ["one", "two", "three"])
      await aws.elb(new CreateTargetGroupCommand({ Name, VpcId, Protocol: "HTTP", Port: 80, TargetType: "ip" }));
    // Until the last one is listed.
    await at.clock.sleep(2_000 * TIMING.listLag);
    const sizes: (number | undefined)[] = [];
    const all = await everyPage(async (Marker) => {
      const page = await aws.elb(new DescribeTargetGroupsCommand({ Marker, PageSize: 2 }));
      sizes.push(page.TargetGroups?.length);
      return { items: page.TargetGroups, next: page.NextMarker };
    });
    expect(all.map(({ TargetGroupName }) => TargetGroupName)).toEqual(["one", "two", "three"]);
    expect(sizes).toEqual([2, 1]);
    for (const input of [{ PageSize: 401 }, { PageSize: 0 }, { Marker: "nonsense" }]) {
      await expect(aws.elb(new DescribeTargetGroupsCommand(input))).rejects.toThrow(/page|pagination/i);
      await expect(aws.elb(new DescribeLoadBalancersCommand(input))).rejects.toThrow(/page|pagination/i);
    }
  });
});
