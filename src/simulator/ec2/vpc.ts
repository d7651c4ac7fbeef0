import type {
  CreateVpcCommandInput,
  CreateVpcCommandOutput,
  DeleteVpcCommandInput,
  DescribeVpcAttributeCommandInput,
  DescribeVpcAttributeCommandOutput,
  DescribeVpcsCommandInput,
  DescribeVpcsCommandOutput,
  ModifyVpcAttributeCommandInput,
  Tag,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { visible, type Answer, type Lagging, type Operations, type Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { passes, tagsOf } from "./shared.ts";

/** A VPC of the simulated world. */
export interface SimVpc extends Lagging {
  id: string;
  cidr: string;
  dnsSupport: boolean;
  dnsHostnames: boolean;
  tags: Tag[];
}

/** The VPC `id`, or EC2's refusal where there is none. */
export function vpcOf(sim: Sim, id: string | undefined): SimVpc {
  const vpc = sim.table<SimVpc>("ec2.vpcs")[id ?? ""];
  return vpc ?? refuse("InvalidVpcID.NotFound", `The vpc ID '${id}' does not exist`);
}

const answerOf = (sim: Sim, vpc: SimVpc) => ({
  VpcId: vpc.id,
  CidrBlock: vpc.cidr,
  State: "available" as const,
  OwnerId: sim.account,
  IsDefault: false,
  Tags: vpc.tags,
});

export const vpcOperations = {
  CreateVpc(input: CreateVpcCommandInput, sim): Answer<CreateVpcCommandOutput> {
    const cidr =
      input.CidrBlock ?? refuse("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
    const id = sim.id("vpc");
    const vpc: SimVpc = {
      id,
      cidr,
      dnsSupport: true,
      dnsHostnames: false,
      tags: tagsOf(input.TagSpecifications),
      visibleAt: sim.in(sim.world.random() * TIMING.listLag),
    };
    sim.table<SimVpc>("ec2.vpcs")[id] = vpc;
    return { Vpc: { ...answerOf(sim, vpc), State: "pending" } };
  },

  DescribeVpcs(input: DescribeVpcsCommandInput, sim): Answer<DescribeVpcsCommandOutput> {
    const asked = input.VpcIds?.map((id) => vpcOf(sim, id));
    const vpcs = (asked ?? visible(sim.table<SimVpc>("ec2.vpcs"), sim)).filter((vpc) =>
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
    const vpc = vpcOf(sim, input.VpcId);
    delete sim.table<SimVpc>("ec2.vpcs")[vpc.id];
    return {};
  },
} satisfies Operations;
