import type {
  AssociateVpcCidrBlockCommandInput,
  AssociateVpcCidrBlockCommandOutput,
  CreateVpcCommandInput,
  CreateVpcCommandOutput,
  DeleteVpcCommandInput,
  DescribeVpcAttributeCommandInput,
  DescribeVpcAttributeCommandOutput,
  DescribeVpcsCommandInput,
  DescribeVpcsCommandOutput,
  ModifyVpcAttributeCommandInput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { type Answer, type Operations, type Sim } from "../sim.ts";
import { liveNetworkInterfaces } from "./network-interfaces.ts";
import { provideRange, told } from "./ipv6.ts";
import { othersIn } from "./others.ts";
import {
  described,
  vpcOf,
  vpcRanges,
  type SimInternetGateway,
  type SimRouteTable,
  type SimSecurityGroup,
} from "./records.ts";
import type { SimSubnet, SimVpc, SimVpcEndpoint } from "./records.ts";
import { defaultEgress } from "./security-groups.ts";
import { drop, listed, overlap, passes, rangeOf, tagsOf, visibleFrom } from "./shared.ts";

const answerOf = (sim: Sim, vpc: SimVpc) => ({
  VpcId: vpc.id,
  CidrBlock: vpc.cidr,
  // The first range is listed among the associated ones too (EC2 API reference, "Vpc": cidrBlockAssociationSet).
  CidrBlockAssociationSet: Object.entries({ [`vpc-cidr-assoc-${vpc.id.slice(4)}`]: vpc.cidr, ...vpc.more }).map(
    ([AssociationId, CidrBlock]) => ({ AssociationId, CidrBlock, CidrBlockState: { State: "associated" as const } }),
  ),
  ...(vpc.ipv6 && { Ipv6CidrBlockAssociationSet: [{ ...told(sim, vpc.ipv6), Ipv6Pool: "Amazon" }] }),
  State: "available" as const,
  OwnerId: sim.account,
  IsDefault: false,
  Tags: vpc.tags,
});

export const vpcOperations = {
  CreateVpc(input: CreateVpcCommandInput, sim): Answer<CreateVpcCommandOutput> {
    const cidr =
      input.CidrBlock ?? refuse("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
    const { bits } = rangeOf(cidr);
    if (bits < 16 || bits > 28) refuse("InvalidVpc.Range", `The CIDR '${cidr}' is invalid.`);
    const id = sim.id("vpc");
    const vpc: SimVpc = {
      id,
      cidr,
      dnsSupport: true,
      dnsHostnames: false,
      tags: tagsOf(input.TagSpecifications),
      visibleAt: visibleFrom(sim),
    };
    sim.table<SimVpc>("ec2.vpcs")[id] = vpc;
    if (input.AmazonProvidedIpv6CidrBlock) provideRange(sim, vpc);
    addDefaults(sim, vpc);
    return { Vpc: { ...answerOf(sim, vpc), State: "pending" } };
  },

  AssociateVpcCidrBlock(input: AssociateVpcCidrBlockCommandInput, sim): Answer<AssociateVpcCidrBlockCommandOutput> {
    onlyKnown("AssociateVpcCidrBlock", input, "VpcId", "CidrBlock", "AmazonProvidedIpv6CidrBlock");
    const vpc = vpcOf(sim, input.VpcId);
    if (input.AmazonProvidedIpv6CidrBlock) {
      // The range is told once it is associated (the example of the AWS CLI's reference, associate-vpc-cidr-block, has none).
      const { AssociationId, Ipv6CidrBlockState } = told(sim, provideRange(sim, vpc));
      return { VpcId: vpc.id, Ipv6CidrBlockAssociation: { AssociationId, Ipv6CidrBlockState } };
    }
    const CidrBlock = input.CidrBlock ?? refuse("MissingParameter", "The request must contain the parameter cidrBlock");
    const { bits } = rangeOf(CidrBlock);
    if (bits < 16 || bits > 28) refuse("InvalidVpc.Range", `The CIDR '${CidrBlock}' is invalid.`);
    if (vpcRanges(vpc).some((range) => overlap(range, CidrBlock)))
      refuse("InvalidVpc.Range", `The CIDR '${CidrBlock}' conflicts with a CIDR block of the VPC '${vpc.id}'.`);
    const AssociationId = sim.id("vpc-cidr-assoc");
    (vpc.more ??= {})[AssociationId] = CidrBlock;
    return {
      VpcId: vpc.id,
      CidrBlockAssociation: { AssociationId, CidrBlock, CidrBlockState: { State: "associating" } },
    };
  },

  DescribeVpcs(input: DescribeVpcsCommandInput, sim): Answer<DescribeVpcsCommandOutput> {
    const asked = described(sim, input.VpcIds, vpcOf);
    const vpcs = (asked ?? listed<SimVpc>(sim, "ec2.vpcs")).filter((vpc) =>
      passes(input.Filters, vpc.tags, { "vpc-id": vpc.id, cidr: vpc.cidr }),
    );
    return { Vpcs: vpcs.map((vpc) => answerOf(sim, vpc)) };
  },

  DescribeVpcAttribute(input: DescribeVpcAttributeCommandInput, sim): Answer<DescribeVpcAttributeCommandOutput> {
    const vpc = vpcOf(sim, input.VpcId);
    switch (input.Attribute) {
      case "enableDnsSupport":
        return { VpcId: vpc.id, EnableDnsSupport: { Value: vpc.dnsSupport } };
      case "enableDnsHostnames":
        return { VpcId: vpc.id, EnableDnsHostnames: { Value: vpc.dnsHostnames } };
      default:
        return refuse("InvalidParameterValue", `The attribute '${input.Attribute}' is not known`);
    }
  },

  ModifyVpcAttribute(input: ModifyVpcAttributeCommandInput, sim) {
    const vpc = vpcOf(sim, input.VpcId);
    const { EnableDnsSupport: support, EnableDnsHostnames: hostnames } = input;
    if (support && hostnames) refuse("InvalidParameterCombination", "Fields for multiple attribute types specified");
    if (hostnames?.Value && !vpc.dnsSupport)
      refuse("InvalidParameterValue", "DNS hostnames need DNS support to be enabled");
    if (support) vpc.dnsSupport = support.Value ?? false;
    if (hostnames) vpc.dnsHostnames = hostnames.Value ?? false;
    return {};
  },

  DeleteVpc(input: DeleteVpcCommandInput, sim) {
    const { id } = vpcOf(sim, input.VpcId);
    const of = <T extends { vpcId?: string | undefined }>(table: string) =>
      Object.values(sim.table<T>(table)).filter(({ vpcId }) => vpcId === id);
    const tables = of<SimRouteTable>("ec2.routeTables");
    const groups = of<SimSecurityGroup>("ec2.securityGroups");
    const dependents = [
      ...of<SimSubnet>("ec2.subnets"),
      ...of<SimInternetGateway>("ec2.internetGateways"),
      ...of<SimVpcEndpoint>("ec2.vpcEndpoints"),
      ...liveNetworkInterfaces(sim).filter(({ vpcId }) => vpcId === id),
      ...othersIn(sim, id),
      ...tables.filter(({ main }) => !main),
      ...groups.filter(({ name }) => name !== "default"),
    ];
    if (dependents.length > 0) refuse("DependencyViolation", `The vpc '${id}' has dependencies and cannot be deleted.`);
    for (const table of tables) drop(sim, "ec2.routeTables", table.id);
    for (const group of groups) drop(sim, "ec2.securityGroups", group.id);
    drop(sim, "ec2.vpcs", id);
    return {};
  },
} satisfies Operations;

/** What AWS makes along with every VPC: its main route table and its default group. */
function addDefaults(sim: Sim, vpc: SimVpc) {
  const vpcId = vpc.id;
  const tableId = sim.id("rtb");
  sim.table<SimRouteTable>("ec2.routeTables")[tableId] = {
    id: tableId,
    vpcId,
    main: true,
    routes: [],
    associations: {},
    tags: [],
    visibleAt: sim.now,
  };
  const groupId = sim.id("sg");
  sim.table<SimSecurityGroup>("ec2.securityGroups")[groupId] = {
    id: groupId,
    vpcId,
    name: "default",
    description: "default VPC security group",
    ingress: [{ protocol: "-1", from: -1, to: -1, peer: groupId }],
    egress: defaultEgress(vpc),
    tags: [],
    visibleAt: sim.now,
  };
}
