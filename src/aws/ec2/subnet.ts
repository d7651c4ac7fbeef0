// CreateSubnet has no client token and no option for public addresses: after a lost response the subnet is found by tag, and the
// option is set by a separate call, which may come before AWS knows the subnet.
import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeSubnetsCommand,
  ModifySubnetAttributeCommand,
  type Subnet as Listed,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import { unlessHeld } from "../obstacles.ts";
import type { Tags } from "../tags.ts";
import { heldSubnet } from "./obstacles.ts";
import { rangeTaken } from "./subnet-ranges.ts";
import { ec2Kind, ec2Resources } from "./ec2-kind.ts";
import { IN_USE, notSeenYet, tagSpecifications } from "./shared.ts";

export interface SubnetSpec {
  vpcId: string;
  cidr: string;
  zone: string;
  mapPublicIp: boolean;
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
    tags: {},
  },

  refuse: rangeTaken,

  read: (_aws, subnet) => ({
    attrs: { subnetId: subnet.SubnetId ?? "" },
    spec: {
      vpcId: subnet.VpcId,
      cidr: subnet.CidrBlock,
      zone: subnet.AvailabilityZone,
      mapPublicIp: subnet.MapPublicIpOnLaunch ?? false,
    },
    unmanaged: some(unmanagedIn(subnet, USUAL)),
    ready: subnet.State === "available",
    status: subnet.State,
  }),

  async create(aws, spec, making) {
    const { Subnet: subnet } = await aws.ec2(
      new CreateSubnetCommand({
        VpcId: spec.vpcId,
        CidrBlock: spec.cidr,
        AvailabilityZone: spec.zone,
        TagSpecifications: tagSpecifications("subnet", spec.tags),
      }),
      { once: true, notYet: notSeenYet("InvalidVpcID.NotFound") },
    );
    const subnetId = subnet?.SubnetId ?? "";
    await making.created(subnetId);
    // A new subnet has public addresses off.
    if (spec.mapPublicIp) await mapPublicIp(aws, subnetId, true);
    return { id: subnetId, attrs: { subnetId } };
  },

  async update(aws, observed, spec) {
    if (observed.spec.mapPublicIp !== spec.mapPublicIp) await mapPublicIp(aws, observed.id, spec.mapPublicIp);
  },

  delete: (aws, SubnetId) =>
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

const mapPublicIp = (aws: Aws, SubnetId: string, Value: boolean) =>
  aws.ec2(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value } }), {
    notYet: notSeenYet("InvalidSubnetID.NotFound"),
  });
