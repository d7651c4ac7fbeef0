// CreateVpc has no client token, so a retry after a lost response would create a second VPC unless it is looked up by tag first; and
// the two DNS attributes are read and written one per call, since DescribeVpcs does not return them.
import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
  type Vpc as Listed,
} from "@aws-sdk/client-ec2";
import type { Seen } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { some } from "../beyond.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import type { Tags } from "../tags.ts";
import { heldVpc } from "./held-vpc.ts";
import { ec2Kind, ec2Resources } from "./ec2-kind.ts";
import { IN_USE, notSeenYet, tagSpecifications } from "./shared.ts";

export interface VpcSpec {
  cidr: string;
  dnsSupport: boolean;
  dnsHostnames: boolean;
  tags: Tags;
}

export interface VpcAttrs {
  vpcId: string;
}

const vpcs = ec2Resources<Listed>("ec2/vpc", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(new DescribeVpcsCommand({ VpcIds: ids, Filters: filters, NextToken }));
    return { items: page.Vpcs, next: page.NextToken };
  },
  idOf: ({ VpcId }) => VpcId,
  notFound: "InvalidVpcID.NotFound",
});

export const Vpc = ec2Kind<VpcSpec, VpcAttrs, Listed>(vpcs, {
  fields: {
    cidr: { immutable: true },
    dnsSupport: {},
    dnsHostnames: {},
    tags: {},
  },

  async read(aws, vpc) {
    const { VpcId = "" } = vpc;
    const [support, hostnames] = await Promise.all(
      (["enableDnsSupport", "enableDnsHostnames"] as const).map((Attribute) =>
        absent(aws.ec2(new DescribeVpcAttributeCommand({ VpcId, Attribute })), "InvalidVpcID.NotFound"),
      ),
    );
    // It is still listed, but already deleted.
    if (!support || !hostnames) return undefined;
    return {
      attrs: { vpcId: VpcId },
      spec: {
        cidr: vpc.CidrBlock,
        dnsSupport: support.EnableDnsSupport?.Value ?? true,
        dnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
      },
      unmanaged: some(unmanagedOf(vpc)),
      ready: vpc.State === "available",
      status: vpc.State,
    };
  },

  async create(aws, spec, making) {
    const { Vpc: vpc } = await aws.ec2(
      new CreateVpcCommand({ CidrBlock: spec.cidr, TagSpecifications: tagSpecifications("vpc", spec.tags) }),
      { once: true },
    );
    const vpcId = vpc?.VpcId ?? "";
    await making.created(vpcId);
    // A new VPC has DNS support on and DNS hostnames off.
    await setDns(aws, vpcId, { dnsSupport: true, dnsHostnames: false }, spec);
    return { id: vpcId, attrs: { vpcId } };
  },

  async update(aws, observed, spec) {
    await setDns(aws, observed.id, observed.spec, spec);
  },

  delete: (aws, VpcId) =>
    aws.ec2(new DeleteVpcCommand({ VpcId }), { notYet: unlessHeld(aws, heldVpc(aws, VpcId), IN_USE) }),
});

/** CIDR blocks added to the VPC outside Fairlead; the list also contains the VPC's primary one. */
const unmanagedOf = ({
  CidrBlock,
  CidrBlockAssociationSet = [],
  Ipv6CidrBlockAssociationSet = [],
}: Listed): string[] => [
  ...CidrBlockAssociationSet.filter(({ CidrBlockState }) => !isGone(CidrBlockState?.State))
    .filter((association) => association.CidrBlock !== CidrBlock)
    .map((association) => `range ${association.CidrBlock}`),
  ...Ipv6CidrBlockAssociationSet.filter(({ Ipv6CidrBlockState }) => !isGone(Ipv6CidrBlockState?.State)).map(
    (association) => `range ${association.Ipv6CidrBlock}`,
  ),
];

const isGone = (state = "") => /^(disassociat|fail)/.test(state);

type Dns = Pick<VpcSpec, "dnsSupport" | "dnsHostnames">;

async function setDns(aws: Aws, VpcId: string, now: Seen<Dns>, wanted: Dns) {
  const notYet = notSeenYet("InvalidVpcID.NotFound");
  // Support first: AWS rejects hostnames while support is off.
  if (now.dnsSupport !== wanted.dnsSupport)
    await aws.ec2(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: wanted.dnsSupport } }), { notYet });
  if (now.dnsHostnames !== wanted.dnsHostnames)
    await aws.ec2(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: wanted.dnsHostnames } }), {
      notYet,
    });
}
