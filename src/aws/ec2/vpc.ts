// CreateVpc has no client token, so a retry after a lost response would create a second VPC unless it is looked up by tag first; and
// the two DNS attributes are read and written one per call, since DescribeVpcs does not return them. AWS chooses the IPv6 range itself, and
// lists one that is gone for a while, as `disassociated`.
import {
  AssociateVpcCidrBlockCommand,
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DisassociateVpcCidrBlockCommand,
  ModifyVpcAttributeCommand,
  type Vpc as Listed,
  type VpcIpv6CidrBlockAssociation,
} from "@aws-sdk/client-ec2";
import { Busy, type Seen } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { some } from "../beyond.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import type { Tags } from "../tags.ts";
import { heldVpc } from "./held-vpc.ts";
import { ec2Kind, ec2Resources } from "./ec2-kind.ts";
import { IN_USE, notSeenYet, RANGE_IN_USE, tagSpecifications } from "./shared.ts";

export interface VpcSpec {
  cidr: string;
  dnsSupport: boolean;
  dnsHostnames: boolean;
  /** Whether it has an IPv6 range of Amazon's; omitted for no. */
  ipv6?: true | undefined;
  tags: Tags;
}

export interface VpcAttrs {
  vpcId: string;
  /** A /56; only where there is one. */
  ipv6Cidr?: string;
}

const vpcs = ec2Resources<Listed>("ec2/vpc", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(new DescribeVpcsCommand({ VpcIds: ids, Filters: filters, NextToken }));
    return { items: page.Vpcs, next: page.NextToken };
  },
  idOf: ({ VpcId }) => VpcId,
  notFound: "InvalidVpcID.NotFound",
});

export const Vpc = ec2Kind<VpcSpec, VpcAttrs, Listed, Dns>(vpcs, {
  fields: {
    cidr: { immutable: true },
    dnsSupport: {},
    dnsHostnames: {},
    ipv6: {},
    tags: {},
  },
  attrs: { ipv6Cidr: { changesWith: ["ipv6"] } },
  // The range goes once the subnets have none of it any more.
  traits: { addsFirst: ["ipv6"], readyBeforeUse: true },

  part: async (aws, VpcId) => {
    const [support, hostnames] = await Promise.all(
      (["enableDnsSupport", "enableDnsHostnames"] as const).map((Attribute) =>
        absent(aws.ec2(new DescribeVpcAttributeCommand({ VpcId, Attribute })), "InvalidVpcID.NotFound"),
      ),
    );
    return (
      support &&
      hostnames && {
        dnsSupport: support.EnableDnsSupport?.Value ?? true,
        dnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
      }
    );
  },

  async read(_aws, vpc, look, partOf) {
    const { VpcId = "" } = vpc;
    const dns = look.toDelete ? {} : await partOf(VpcId);
    // It is still listed, but already deleted.
    if (!dns) return undefined;
    const range = amazonRange(vpc);
    return {
      attrs: { vpcId: VpcId, ...cidrOf(range) },
      spec: {
        cidr: vpc.CidrBlock,
        ...dns,
        ...(range ? { ipv6: true as const } : {}),
      },
      unmanaged: some(unmanagedOf(vpc, look.spec.ipv6 === true ? range : undefined)),
      // Subnets cannot have ranges of one that is only `associating`, also where the run that asked for it has died.
      ready: vpc.State === "available" && range?.Ipv6CidrBlockState?.State !== "associating",
      status: vpc.State,
    };
  },

  async create(aws, spec, making) {
    const { Vpc: vpc } = await aws.ec2(
      new CreateVpcCommand({
        CidrBlock: spec.cidr,
        ...(spec.ipv6 && { AmazonProvidedIpv6CidrBlock: true }),
        TagSpecifications: tagSpecifications("vpc", spec.tags),
      }),
      { once: true },
    );
    const vpcId = vpc?.VpcId ?? "";
    await making.created(vpcId);
    // Whether instances get names in it (botocore ec2, ModifyVpcAttribute) matters to none of its parts, but to an interface endpoint with
    // private names (CreateVpcEndpointRequest.PrivateDnsEnabled), which waits. Its IPv6 range does to its subnets.
    if (!spec.ipv6) making.usable({ vpcId });
    // A new VPC has DNS support on and DNS hostnames off.
    await setDns(aws, vpcId, { dnsSupport: true, dnsHostnames: false }, spec);
    const range = spec.ipv6 && (await making.until(() => associated(aws, vpcId)));
    return { id: vpcId, attrs: { vpcId, ...range } };
  },

  async update(aws, observed, spec, updating, changed) {
    await setDns(aws, observed.id, observed.spec, spec);
    if (!changed.has("ipv6")) return {};
    if (spec.ipv6) return { ipv6Cidr: await added(aws, observed.id) };
    if (!updating?.addOnly) await removed(aws, observed.id);
    return {};
  },

  delete: (aws, { id: VpcId }) =>
    aws.ec2(new DeleteVpcCommand({ VpcId }), { notYet: unlessHeld(aws, heldVpc(aws, VpcId), IN_USE) }),
});

/** The IPv6 range that Amazon provided: those of other pools are their owner's (terraform-provider-aws, ec2/vpc_.go, amazonIPv6PoolID). */
const amazonRange = ({ Ipv6CidrBlockAssociationSet = [] }: Listed): VpcIpv6CidrBlockAssociation | undefined =>
  Ipv6CidrBlockAssociationSet.find(
    ({ Ipv6Pool = AMAZON, Ipv6CidrBlockState }) => Ipv6Pool === AMAZON && !isGone(Ipv6CidrBlockState?.State),
  );

const AMAZON = "Amazon";

const cidrOf = ({ Ipv6CidrBlock: ipv6Cidr }: VpcIpv6CidrBlockAssociation = {}) =>
  ipv6Cidr === undefined ? {} : { ipv6Cidr };

/** The range of a VPC once it can be used: it is `associating` first. */
async function associated(aws: Aws, vpcId: string): Promise<{ ipv6Cidr: string } | undefined> {
  const vpc = await vpcs.byId(aws, vpcId);
  const range = vpc && amazonRange(vpc);
  const { Ipv6CidrBlock: ipv6Cidr, Ipv6CidrBlockState } = range ?? {};
  return ipv6Cidr === undefined || Ipv6CidrBlockState?.State !== "associated" ? undefined : { ipv6Cidr };
}

/** Gives a VPC a range, if a call whose response was lost has not done so, and returns it. */
async function added(aws: Aws, VpcId: string): Promise<string> {
  const before = await vpcs.byId(aws, VpcId);
  if (before && !amazonRange(before))
    await aws.ec2(new AssociateVpcCidrBlockCommand({ VpcId, AmazonProvidedIpv6CidrBlock: true }), { once: true });
  const range = await associated(aws, VpcId);
  if (!range) throw new Busy(`AWS has not given VPC ${VpcId} its IPv6 range yet.`);
  return range.ipv6Cidr;
}

async function removed(aws: Aws, VpcId: string): Promise<void> {
  const vpc = await vpcs.byId(aws, VpcId);
  const { AssociationId } = (vpc && amazonRange(vpc)) ?? {};
  if (AssociationId !== undefined)
    await absent(
      aws.ec2(new DisassociateVpcCidrBlockCommand({ AssociationId }), { notYet: RANGE_IN_USE }),
      "InvalidVpcCidrBlockAssociationID.NotFound",
    );
}

/** CIDR blocks added to the VPC outside Fairlead; the list also contains the VPC's primary one. */
const unmanagedOf = (
  { CidrBlock, CidrBlockAssociationSet = [], Ipv6CidrBlockAssociationSet = [] }: Listed,
  own: VpcIpv6CidrBlockAssociation | undefined,
): string[] => [
  ...CidrBlockAssociationSet.filter(({ CidrBlockState }) => !isGone(CidrBlockState?.State))
    .filter((association) => association.CidrBlock !== CidrBlock)
    .map((association) => `range ${association.CidrBlock}`),
  ...Ipv6CidrBlockAssociationSet.filter(
    (association) => association !== own && !isGone(association.Ipv6CidrBlockState?.State),
  ).map((association) => `range ${association.Ipv6CidrBlock}`),
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
