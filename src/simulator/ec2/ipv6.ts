import type {
  AssociateSubnetCidrBlockCommandInput,
  AssociateSubnetCidrBlockCommandOutput,
  CreateEgressOnlyInternetGatewayCommandInput,
  CreateEgressOnlyInternetGatewayCommandOutput,
  DeleteEgressOnlyInternetGatewayCommandInput,
  DescribeEgressOnlyInternetGatewaysCommandInput,
  DescribeEgressOnlyInternetGatewaysCommandOutput,
  DisassociateSubnetCidrBlockCommandInput,
  DisassociateVpcCidrBlockCommandInput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { type Answer, type Operations, type Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { liveNetworkInterfaces } from "./network-interfaces.ts";
import {
  egressOnlyGatewayOf,
  subnetOf,
  vpcOf,
  type SimEgressOnlyGateway,
  type SimIpv6Range,
  type SimNetworkInterface,
  type SimSubnet,
  type SimVpc,
} from "./records.ts";
import { drop, listed, passes, tagsOf, visibleFrom, withToken } from "./shared.ts";

/** How AWS tells a range: `associating` first ("VpcCidrBlockState" in the EC2 API reference). */
export const told = (sim: Sim, { id, cidr, readyAt }: SimIpv6Range) => ({
  AssociationId: id,
  Ipv6CidrBlock: cidr,
  Ipv6CidrBlockState: { State: readyAt > sim.now ? ("associating" as const) : ("associated" as const) },
});

/** Gives a VPC a /56 that Amazon chooses; a VPC has one of those ("IPv6 CIDR blocks per VPC" counts other pools too; moto allows one). */
export function provideRange(sim: Sim, vpc: SimVpc): SimIpv6Range {
  if (vpc.ipv6) refuse("CidrLimitExceeded", `This network '${vpc.id}' has met its maximum number of allowed CIDRs: 1`);
  // The first one that no VPC has: AWS chooses as it likes, and a run that dies and goes on must not end with another one for that.
  const taken = Object.values(sim.table<SimVpc>("ec2.vpcs")).flatMap(({ ipv6 }) => ipv6?.cidr ?? []);
  const rangeAt = (place: number) => `2406:da14:a00:${(0xa1 + place).toString(16)}00::/56`;
  let place = 0;
  while (taken.includes(rangeAt(place))) place++;
  const cidr = rangeAt(place);
  vpc.ipv6 = { id: sim.id("vpc-cidr-assoc"), cidr, readyAt: sim.in(TIMING.ipv6Range) };
  return vpc.ipv6;
}

/** The first 56 bits of a range, and the eight that say which of its /64 ranges it is; refuses any other form than that of a subnet. */
function partsOf(cidr: string) {
  const [, head = "", last = ""] =
    /^([0-9a-f]{1,4}:[0-9a-f]{1,4}:[0-9a-f]{1,4}:)([0-9a-f]{1,4})::\/64$/.exec(cidr) ?? [];
  if (head === "") refuse("InvalidParameterValue", `The IPv6 CIDR '${cidr}' is invalid: it must have the size /64.`);
  return `${head}${last.padStart(4, "0").slice(0, 2)}`;
}

/**
 * Gives a subnet a /64: within an associated range of its VPC, and no other subnet's ("Subnet CIDR blocks", VPC User Guide; the same errors as
 * for IPv4).
 */
export function giveRange(sim: Sim, subnet: SimSubnet, cidr: string): SimIpv6Range {
  const vpc = vpcOf(sim, subnet.vpcId);
  const whole = vpc.ipv6 && vpc.ipv6.readyAt <= sim.now ? vpc.ipv6.cidr : undefined;
  const prefix = partsOf(cidr);
  if (whole === undefined || partsOf(whole.replace("::/56", "::/64")) !== prefix)
    refuse("InvalidSubnet.Range", `The CIDR '${cidr}' is invalid.`);
  for (const other of Object.values(sim.table<SimSubnet>("ec2.subnets")))
    if (other.vpcId === vpc.id && other.ipv6?.cidr === cidr)
      refuse("InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with another subnet`);
  subnet.ipv6 = { id: sim.id("subnet-cidr-assoc"), cidr, readyAt: sim.in(TIMING.ipv6Range) };
  return subnet.ipv6;
}

const gateways = (sim: Sim) => sim.table<SimEgressOnlyGateway>("ec2.egressOnlyGateways");

const gatewayAnswer = ({ id, vpcId, tags }: SimEgressOnlyGateway) => ({
  EgressOnlyInternetGatewayId: id,
  Attachments: [{ VpcId: vpcId, State: "attached" as const }],
  Tags: tags,
});

/** The interfaces that have an address of a subnet's range. */
const bearers = (sim: Sim, subnet: SimSubnet): SimNetworkInterface[] =>
  liveNetworkInterfaces(sim).filter(({ subnetId, ipv6 }) => subnetId === subnet.id && ipv6 !== undefined);

/** IPv6: ranges of VPCs and of subnets, and egress-only internet gateways. */
export const ipv6Operations = {
  DisassociateVpcCidrBlock(input: DisassociateVpcCidrBlockCommandInput, sim) {
    const { AssociationId: id = "" } = input;
    const vpcs = Object.values(sim.table<SimVpc>("ec2.vpcs"));
    const holder = vpcs.find((vpc) => vpc.ipv6?.id === id || id in (vpc.more ?? {}));
    if (!holder)
      return refuse(
        "InvalidVpcCidrBlockAssociationID.NotFound",
        `The vpc CIDR block association ID '${id}' does not exist`,
      );
    if (id in (holder.more ?? {})) delete holder.more?.[id];
    else {
      // hashicorp/terraform-provider-aws#29077 has AWS's words.
      if (Object.values(sim.table<SimSubnet>("ec2.subnets")).some(({ vpcId, ipv6 }) => vpcId === holder.id && ipv6))
        refuse(
          "InvalidCidrBlock.InUse",
          `The vpc ${holder.id} currently has a subnet within CIDR block ${holder.ipv6?.cidr}`,
        );
      delete holder.ipv6;
    }
    return { VpcId: holder.id };
  },

  AssociateSubnetCidrBlock(
    input: AssociateSubnetCidrBlockCommandInput,
    sim,
  ): Answer<AssociateSubnetCidrBlockCommandOutput> {
    onlyKnown("AssociateSubnetCidrBlock", input, "SubnetId", "Ipv6CidrBlock");
    const subnet = subnetOf(sim, input.SubnetId);
    // "You can only associate a single IPv6 CIDR block with your subnet" (EC2 API reference).
    if (subnet.ipv6)
      refuse("SubnetLimitExceeded", `The subnet '${subnet.id}' already has an IPv6 CIDR block associated with it.`);
    const range = giveRange(sim, subnet, input.Ipv6CidrBlock ?? "");
    return { SubnetId: subnet.id, Ipv6CidrBlockAssociation: told(sim, range) };
  },

  DisassociateSubnetCidrBlock(input: DisassociateSubnetCidrBlockCommandInput, sim) {
    const { AssociationId: id } = input;
    const subnet = Object.values(sim.table<SimSubnet>("ec2.subnets")).find(({ ipv6 }) => ipv6?.id === id);
    if (!subnet)
      return refuse(
        "InvalidSubnetCidrBlockAssociationID.NotFound",
        `The subnet CIDR block association ID '${id}' does not exist`,
      );
    // hashicorp/terraform-provider-aws#1519 has AWS's words; "You must detach or delete all gateways and resources that are associated with
    // the CIDR block before you can disassociate it" (EC2 API reference).
    const because = (why: string) =>
      refuse(
        "InvalidCidrBlock.InUse",
        `The subnet IPv6 CIDR block with association ID ${id} may not be disassociated, because ${why}.`,
      );
    if (subnet.assignsIpv6) because("its subnet has assign-ipv6-address-on-creation set to true");
    if (bearers(sim, subnet).length > 0) because("network interfaces in its subnet have addresses of it");
    delete subnet.ipv6;
    return { SubnetId: subnet.id };
  },

  CreateEgressOnlyInternetGateway(
    input: CreateEgressOnlyInternetGatewayCommandInput,
    sim,
  ): Answer<CreateEgressOnlyInternetGatewayCommandOutput> {
    const id = withToken(sim, "CreateEgressOnlyInternetGateway", input, () => {
      const made = sim.id("eigw");
      const vpcId = vpcOf(sim, input.VpcId).id;
      gateways(sim)[made] = { id: made, vpcId, tags: tagsOf(input.TagSpecifications), visibleAt: visibleFrom(sim) };
      return made;
    });
    const gateway = gateways(sim)[id] ?? egressOnlyGatewayOf(sim, id);
    return { EgressOnlyInternetGateway: gatewayAnswer(gateway), ClientToken: input.ClientToken };
  },

  DescribeEgressOnlyInternetGateways(
    input: DescribeEgressOnlyInternetGatewaysCommandInput,
    sim,
  ): Answer<DescribeEgressOnlyInternetGatewaysCommandOutput> {
    const { EgressOnlyInternetGatewayIds: ids } = input;
    const all = listed<SimEgressOnlyGateway>(sim, "ec2.egressOnlyGateways");
    // Of filters, it has those for tags alone (EC2 API reference). That an unknown id is an error is not documented: clients that wait for
    // one would wait forever.
    const found = all.filter(({ id, tags }) => (ids?.includes(id) ?? true) && passes(input.Filters, tags, {}));
    return { EgressOnlyInternetGateways: found.map(gatewayAnswer) };
  },

  DeleteEgressOnlyInternetGateway(input: DeleteEgressOnlyInternetGatewayCommandInput, sim) {
    drop(sim, "ec2.egressOnlyGateways", egressOnlyGatewayOf(sim, input.EgressOnlyInternetGatewayId).id);
    return { ReturnCode: true };
  },
} satisfies Operations;
