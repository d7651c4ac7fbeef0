// CreateVpc has no client token, so a lost answer doubles the VPC unless it is looked up by tag first; and the two DNS
// attributes are read and written one a call, DescribeVpcs does not tell them.
import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
  type Vpc as Listed,
} from "@aws-sdk/client-ec2";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Seen } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { some } from "../beyond.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { defineKind } from "../define-kind.ts";
import { tagsFrom, type Tags } from "../tags.ts";
import { heldVpc } from "./held-vpc.ts";
import {
  changeTags,
  EC2_LAG,
  find,
  IN_USE,
  notSeenYet,
  ofStack,
  ownedIn,
  tagSpecifications,
  findById,
} from "./shared.ts";

export interface VpcSpec {
  cidr: string;
  dnsSupport: boolean;
  dnsHostnames: boolean;
  tags: Tags;
}

export interface VpcAttrs {
  vpcId: string;
}

export const Vpc = defineKind<VpcSpec, VpcAttrs>({
  type: "ec2/vpc",
  fields: {
    cidr: { immutable: true },
    dnsSupport: {},
    dnsHostnames: {},
    tags: {},
  },
  timing: { listed: EC2_LAG },
  inventory: { lists: "plan" },

  async observe(aws, look) {
    const vpc = await find(look, await look.snapshot.once("ec2/vpc", () => listed(aws)), idOf, (id) => {
      const asking = aws.ec2(new DescribeVpcsCommand({ VpcIds: [id] }));
      return findById(
        id,
        idOf,
        asking.then(({ Vpcs }) => Vpcs),
        "InvalidVpcID.NotFound",
      );
    });
    if (!vpc?.VpcId) return undefined;
    const VpcId = vpc.VpcId;
    const [support, hostnames] = await Promise.all(
      (["enableDnsSupport", "enableDnsHostnames"] as const).map((Attribute) =>
        absent(aws.ec2(new DescribeVpcAttributeCommand({ VpcId, Attribute })), "InvalidVpcID.NotFound"),
      ),
    );
    // The list still tells of it, and it is gone.
    if (!support || !hostnames) return undefined;
    const tags = tagsFrom(vpc.Tags);
    return {
      id: VpcId,
      attrs: { vpcId: VpcId },
      spec: {
        cidr: vpc.CidrBlock,
        dnsSupport: support.EnableDnsSupport?.Value ?? true,
        dnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
        tags,
      },
      unmanaged: some(unmanagedOf(vpc)),
      ready: vpc.State === "available",
      status: vpc.State,
    };
  },

  list: async (aws, _ids, snapshot = new Snapshot()) =>
    ownedIn(aws, await snapshot.once("ec2/vpc", () => listed(aws)), idOf),

  async create(aws, spec, making) {
    const { Vpc: vpc } = await aws.ec2(
      new CreateVpcCommand({ CidrBlock: spec.cidr, TagSpecifications: tagSpecifications("vpc", spec.tags) }),
      { once: true },
    );
    const vpcId = vpc?.VpcId ?? "";
    await making.created(vpcId);
    // AWS starts every VPC with DNS support on and DNS hostnames off.
    await setDns(aws, vpcId, { dnsSupport: true, dnsHostnames: false }, spec);
    return { id: vpcId, attrs: { vpcId } };
  },

  async update(aws, observed, spec) {
    await setDns(aws, observed.id, observed.spec, spec);
    await changeTags(aws, observed.id, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    const { id: VpcId } = observed;
    const notYet = unlessHeld(aws, heldVpc(aws, VpcId), IN_USE);
    await absent(aws.ec2(new DeleteVpcCommand({ VpcId }), { notYet }), "InvalidVpcID.NotFound");
  },
});

const idOf = ({ VpcId }: Listed) => VpcId;

/** Ranges that others added to the VPC; the first one is the VPC's own, and is listed among them. */
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

/** The stack's VPCs. */
const listed = (aws: Aws): Promise<Listed[]> =>
  everyPage(async (NextToken) => {
    const page = await aws.ec2(new DescribeVpcsCommand({ Filters: ofStack(aws), NextToken }));
    return { items: page.Vpcs, next: page.NextToken };
  });

type Dns = Pick<VpcSpec, "dnsSupport" | "dnsHostnames">;

async function setDns(aws: Aws, VpcId: string, now: Seen<Dns>, wanted: Dns) {
  const notYet = notSeenYet("InvalidVpcID.NotFound");
  // Support first: AWS refuses hostnames while support is off.
  if (now.dnsSupport !== wanted.dnsSupport)
    await aws.ec2(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: wanted.dnsSupport } }), { notYet });
  if (now.dnsHostnames !== wanted.dnsHostnames)
    await aws.ec2(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: wanted.dnsHostnames } }), {
      notYet,
    });
}
