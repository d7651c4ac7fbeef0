import type {
  CreateSubnetCommandInput,
  CreateSubnetCommandOutput,
  DeleteSubnetCommandInput,
  DescribeSubnetsCommandInput,
  DescribeSubnetsCommandOutput,
  ModifySubnetAttributeCommandInput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { type Answer, type Operations, type Sim } from "../sim.ts";
import { liveNetworkInterfaces } from "./network-interfaces.ts";
import { described, subnetOf, vpcOf, vpcRanges, type SimRouteTable, type SimSubnet } from "./records.ts";
import { giveRange, told } from "./ipv6.ts";
import { zoneIdOf, zonesOf } from "./zones.ts";
import { drop, listed, overlap, passes, rangeOf, tagsOf, visibleFrom, within } from "./shared.ts";

const subnets = (sim: Sim) => sim.table<SimSubnet>("ec2.subnets");

/**
 * How many addresses of a subnet are left: AWS keeps the first four and the last one ("Subnet CIDR blocks", VPC User Guide), and each
 * interface has one.
 */
export function freeAddresses(sim: Sim, { id, cidr }: SimSubnet): number {
  const { first, last } = rangeOf(cidr);
  return last - first + 1 - 5 - liveNetworkInterfaces(sim).filter(({ subnetId }) => subnetId === id).length;
}

const answerOf = (sim: Sim, subnet: SimSubnet) => ({
  SubnetId: subnet.id,
  VpcId: subnet.vpcId,
  CidrBlock: subnet.cidr,
  AvailabilityZone: subnet.zone,
  AvailabilityZoneId: zoneIdOf(sim, subnet.zone),
  AvailableIpAddressCount: freeAddresses(sim, subnet),
  MapPublicIpOnLaunch: subnet.mapPublicIp,
  AssignIpv6AddressOnCreation: subnet.assignsIpv6 ?? false,
  Ipv6CidrBlockAssociationSet: subnet.ipv6 ? [told(sim, subnet.ipv6)] : [],
  State: "available" as const,
  OwnerId: sim.account,
  Tags: subnet.tags,
});

export const subnetOperations = {
  CreateSubnet(input: CreateSubnetCommandInput, sim): Answer<CreateSubnetCommandOutput> {
    const vpc = vpcOf(sim, input.VpcId);
    const cidr = input.CidrBlock ?? refuse("MissingParameter", "The request must contain the parameter cidrBlock");
    const { bits } = rangeOf(cidr);
    if (bits < 16 || bits > 28 || !vpcRanges(vpc).some((range) => within(cidr, range)))
      refuse("InvalidSubnet.Range", `The CIDR '${cidr}' is invalid.`);
    const zone = input.AvailabilityZone ?? `${sim.region}a`;
    if (!zonesOf(sim).includes(zone))
      refuse(
        "InvalidParameterValue",
        `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zonesOf(sim).join(", ")}.`,
      );
    for (const other of Object.values(subnets(sim)))
      if (other.vpcId === vpc.id && overlap(cidr, other.cidr))
        refuse("InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with another subnet`);
    const id = sim.id("subnet");
    const subnet: SimSubnet = {
      id,
      vpcId: vpc.id,
      cidr,
      zone,
      mapPublicIp: false,
      tags: tagsOf(input.TagSpecifications),
      visibleAt: visibleFrom(sim),
    };
    if (input.Ipv6CidrBlock !== undefined) giveRange(sim, subnet, input.Ipv6CidrBlock);
    subnets(sim)[id] = subnet;
    return { Subnet: answerOf(sim, subnet) };
  },

  DescribeSubnets(input: DescribeSubnetsCommandInput, sim): Answer<DescribeSubnetsCommandOutput> {
    const asked = described(sim, input.SubnetIds, subnetOf);
    const found = (asked ?? listed<SimSubnet>(sim, "ec2.subnets")).filter((subnet) =>
      passes(input.Filters, subnet.tags, { "vpc-id": subnet.vpcId, "subnet-id": subnet.id }),
    );
    return { Subnets: found.map((subnet) => answerOf(sim, subnet)) };
  },

  ModifySubnetAttribute(input: ModifySubnetAttributeCommandInput, sim) {
    const subnet = subnetOf(sim, input.SubnetId);
    const { SubnetId: _id, MapPublicIpOnLaunch: mapped, AssignIpv6AddressOnCreation: assigned, ...rest } = input;
    if (Object.keys(rest).length > 0)
      refuse("InvalidParameterCombination", `The simulated AWS does not know ${Object.keys(rest).join(", ")}`);
    // "You may only modify one subnet attribute at a time" (hashicorp/terraform-provider-aws sets each by a call of its own, ec2/vpc_subnet.go).
    if (mapped && assigned) refuse("InvalidParameterCombination", "Fields for multiple attribute types specified");
    if (assigned?.Value && !subnet.ipv6)
      refuse(
        "InvalidParameterValue",
        `Invalid value 'true' for assignIpv6AddressOnCreation. Subnet must have an IPv6 CIDR block associated first.`,
      );
    if (assigned) subnet.assignsIpv6 = assigned.Value ?? false;
    if (mapped) subnet.mapPublicIp = mapped.Value ?? false;
    return {};
  },

  DeleteSubnet(input: DeleteSubnetCommandInput, sim) {
    const { id } = subnetOf(sim, input.SubnetId);
    if (liveNetworkInterfaces(sim).some(({ subnetId }) => subnetId === id))
      refuse("DependencyViolation", `The subnet '${id}' has dependencies and cannot be deleted.`);
    // Its association with a route table goes along.
    for (const { associations } of Object.values(sim.table<SimRouteTable>("ec2.routeTables")))
      for (const [association, subnetId] of Object.entries(associations))
        if (subnetId === id) delete associations[association];
    drop(sim, "ec2.subnets", id);
    return {};
  },
} satisfies Operations;
