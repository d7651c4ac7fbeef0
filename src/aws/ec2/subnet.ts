// CreateSubnet has no client token and no option for public addresses: after a lost response the subnet is found by tag, and the
// option is set by a separate call, which may come before AWS knows the subnet. Its IPv6 range stays while any interface has an address of it.
import {
  AssociateSubnetCidrBlockCommand,
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeSubnetsCommand,
  DisassociateSubnetCidrBlockCommand,
  ModifySubnetAttributeCommand,
  type Subnet as Listed,
  type SubnetIpv6CidrBlockAssociation,
} from "@aws-sdk/client-ec2";
import { Busy, type Drifted } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import type { Tags } from "../tags.ts";
import { heldSubnet } from "./obstacles.ts";
import { rangeTaken } from "./subnet-ranges.ts";
import { ec2Kind, ec2Resources } from "./ec2-kind.ts";
import { IN_USE, notSeenYet, RANGE_IN_USE, tagSpecifications } from "./shared.ts";

export interface SubnetSpec {
  vpcId: string;
  cidr: string;
  zone: string;
  mapPublicIp: boolean;
  /** A /64 of the VPC's range, of which every new interface gets an address; omitted for none. */
  ipv6Cidr?: string | undefined;
  tags: Tags;
}

export interface SubnetAttrs {
  subnetId: string;
}

export const subnets = ec2Resources<Listed>("ec2/subnet", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(new DescribeSubnetsCommand({ SubnetIds: ids, Filters: filters, NextToken }));
    return { items: page.Subnets, next: page.NextToken };
  },
  idOf: ({ SubnetId }) => SubnetId,
  notFound: "InvalidSubnetID.NotFound",
});

export const Subnet = ec2Kind<SubnetSpec, SubnetAttrs, Listed>(subnets, {
  fields: {
    vpcId: { immutable: true, unique: true },
    cidr: { immutable: true, unique: true },
    zone: { immutable: true },
    mapPublicIp: {},
    ipv6Cidr: {},
    tags: {},
  },
  // The range goes once nothing has an address of it any more.
  traits: { addsFirst: ["ipv6Cidr"], readyBeforeUse: true },

  refuse: rangeTaken,

  read: (_aws, subnet, { spec: { ipv6Cidr } }) => ({
    attrs: { subnetId: subnet.SubnetId ?? "" },
    spec: {
      vpcId: subnet.VpcId,
      cidr: subnet.CidrBlock,
      zone: subnet.AvailabilityZone,
      mapPublicIp: subnet.MapPublicIpOnLaunch ?? false,
      // A run that died between the range and the assignment of its addresses has not given it one yet.
      ...(ipv6Cidr === undefined && !subnet.AssignIpv6AddressOnCreation ? {} : ipv6Of(subnet)),
    },
    unmanaged: some(unmanagedIn(subnet, ipv6Cidr === undefined ? USUAL : USUAL_WITH_IPV6)),
    drifted: ipv6Cidr === undefined || !rangeIn(subnet) ? undefined : assigns(subnet),
    // While its range is `associating`, interfaces get no address of it.
    ready: subnet.State === "available" && rangeIn(subnet)?.Ipv6CidrBlockState?.State !== "associating",
    status: subnet.State,
  }),

  async create(aws, spec, making) {
    const { Subnet: subnet } = await aws.ec2(
      new CreateSubnetCommand({
        VpcId: spec.vpcId,
        CidrBlock: spec.cidr,
        AvailabilityZone: spec.zone,
        Ipv6CidrBlock: spec.ipv6Cidr,
        TagSpecifications: tagSpecifications("subnet", spec.tags),
      }),
      { once: true, notYet: notSeenYet("InvalidVpcID.NotFound") },
    );
    const subnetId = subnet?.SubnetId ?? "";
    await making.created(subnetId);
    // Public addresses by default are for "instances created in the specified subnet" (botocore ec2, ModifySubnetAttribute): load balancers have
    // theirs by their scheme (botocore elbv2, CreateLoadBalancerInput.Scheme), NAT gateways and tasks by what they are created with.
    if (spec.ipv6Cidr === undefined) making.usable({ subnetId });
    // A new subnet has public addresses off.
    if (spec.mapPublicIp) await mapPublicIp(aws, subnetId, true);
    if (spec.ipv6Cidr !== undefined) {
      await making.until(async () => (await isAssociated(aws, subnetId)) || undefined);
      await assignIpv6(aws, subnetId, true);
    }
    return { id: subnetId, attrs: { subnetId } };
  },

  async update(aws, observed, spec, updating, changed) {
    if (observed.spec.mapPublicIp !== spec.mapPublicIp) await mapPublicIp(aws, observed.id, spec.mapPublicIp);
    if (!changed.has("ipv6Cidr")) return;
    if (spec.ipv6Cidr !== undefined) await setRange(aws, observed.id, spec.ipv6Cidr);
    else if (!updating?.addOnly) await dropRange(aws, observed.id);
  },

  delete: (aws, { id: SubnetId }) =>
    aws.ec2(new DeleteSubnetCommand({ SubnetId }), { notYet: unlessHeld(aws, heldSubnet(aws, SubnetId), IN_USE) }),
});

/** What Fairlead or EC2 sets ("Subnet" in its API reference); other settings are kept. */
const USUAL: Usual = {
  SubnetId: SET,
  SubnetArn: SET,
  VpcId: SET,
  OwnerId: SET,
  State: SET,
  CidrBlock: SET,
  AvailabilityZone: SET,
  AvailabilityZoneId: SET,
  AvailableIpAddressCount: SET,
  DefaultForAz: SET,
  MapPublicIpOnLaunch: SET,
  Tags: SET,
  Type: SET,
  // Set for the whole account.
  BlockPublicAccessStates: SET,
  PrivateDnsNameOptionsOnLaunch: { HostnameType: "ip-name" },
};

/** With an IPv6 range, of which new interfaces get addresses. */
const USUAL_WITH_IPV6: Usual = { ...USUAL, Ipv6CidrBlockAssociationSet: SET, AssignIpv6AddressOnCreation: SET };

/** With a range, new interfaces get addresses of it, whatever AWS's own clients do. */
const assigns = ({ AssignIpv6AddressOnCreation: old = false }: Listed): Drifted[] | undefined =>
  old ? undefined : [{ field: "ipv6Cidr", path: "assignIpv6AddressOnCreation", old, new: true }];

/** The IPv6 range of a subnet: it has at most one, and one that is gone is listed for a while (hashicorp/terraform#12895). */
const rangeIn = ({ Ipv6CidrBlockAssociationSet = [] }: Listed): SubnetIpv6CidrBlockAssociation | undefined =>
  Ipv6CidrBlockAssociationSet.find(
    ({ Ipv6CidrBlockState }) => !/^(disassociat|fail)/.test(Ipv6CidrBlockState?.State ?? ""),
  );

function ipv6Of(subnet: Listed): { ipv6Cidr?: string } {
  const ipv6Cidr = rangeIn(subnet)?.Ipv6CidrBlock;
  return ipv6Cidr === undefined ? {} : { ipv6Cidr };
}

async function isAssociated(aws: Aws, subnetId: string): Promise<boolean> {
  const subnet = await subnets.byId(aws, subnetId);
  return subnet !== undefined && rangeIn(subnet)?.Ipv6CidrBlockState?.State === "associated";
}

/** Gives a subnet this range and no other, whatever a call whose response was lost has done of it. */
async function setRange(aws: Aws, SubnetId: string, Ipv6CidrBlock: string): Promise<void> {
  const subnet = await subnets.byId(aws, SubnetId);
  if (!subnet) return;
  const now = rangeIn(subnet)?.Ipv6CidrBlock;
  if (now !== undefined && now !== Ipv6CidrBlock) await dropRange(aws, SubnetId);
  if (now !== Ipv6CidrBlock) await aws.ec2(new AssociateSubnetCidrBlockCommand({ SubnetId, Ipv6CidrBlock }));
  if (!(await isAssociated(aws, SubnetId)))
    throw new Busy(`AWS has not given subnet ${SubnetId} the range ${Ipv6CidrBlock} yet.`);
  if (!subnet.AssignIpv6AddressOnCreation) await assignIpv6(aws, SubnetId, true);
}

async function dropRange(aws: Aws, SubnetId: string): Promise<void> {
  const subnet = await subnets.byId(aws, SubnetId);
  const { AssociationId } = (subnet && rangeIn(subnet)) ?? {};
  if (AssociationId === undefined) return;
  // "may not be disassociated, because its subnet has assign-ipv6-address-on-creation set to true" (hashicorp/terraform-provider-aws#1519).
  await assignIpv6(aws, SubnetId, false);
  await absent(
    aws.ec2(new DisassociateSubnetCidrBlockCommand({ AssociationId }), { notYet: RANGE_IN_USE }),
    "InvalidSubnetCidrBlockAssociationID.NotFound",
  );
}

/** A subnet that was created a moment ago may not be found yet. */
const notYet = notSeenYet("InvalidSubnetID.NotFound");

const assignIpv6 = (aws: Aws, SubnetId: string, Value: boolean) =>
  aws.ec2(new ModifySubnetAttributeCommand({ SubnetId, AssignIpv6AddressOnCreation: { Value } }), { notYet });

const mapPublicIp = (aws: Aws, SubnetId: string, Value: boolean) =>
  aws.ec2(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value } }), { notYet });
