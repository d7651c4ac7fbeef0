// CreateSubnet has no client token and no switch for public addresses: a lost answer is found again by tag, and the switch
// is a call of its own, which may come too early for AWS to know the subnet.
import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeSubnetsCommand,
  ModifySubnetAttributeCommand,
  type Subnet as Listed,
} from "@aws-sdk/client-ec2";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { defineKind } from "../define-kind.ts";
import { isOfStack } from "../owned.ts";
import { ID_TAG, ownerOf, tagsFrom, type Tags } from "../tags.ts";
import { heldSubnet } from "./obstacles.ts";
import { freeRanges, overlap } from "./ranges.ts";
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

export const Subnet = defineKind<SubnetSpec, SubnetAttrs>({
  type: "ec2/subnet",
  fields: {
    vpcId: { immutable: true, unique: true },
    cidr: { immutable: true, unique: true },
    zone: { immutable: true },
    mapPublicIp: {},
    tags: {},
  },
  timing: { listed: EC2_LAG },
  inventory: { lists: "plan" },

  refuse({ id, action, spec, observed }, all) {
    const { vpcId, cidr } = spec ?? {};
    // In a VPC that is made with it nothing stands yet.
    if ((action !== "create" && action !== "replace") || typeof vpcId !== "string" || cidr === undefined)
      return undefined;
    const standing = all.flatMap((other) =>
      other.observed?.spec.vpcId === vpcId && other.observed.spec.cidr !== undefined
        ? [{ id: other.id, subnetId: other.observed.id, cidr: other.observed.spec.cidr }]
        : [],
    );
    const met = standing.find((other) => overlap(other.cidr, cidr));
    if (!met) return undefined;
    const wanted = all.flatMap((other) => (other.spec?.cidr === undefined ? [] : [other.spec.cidr]));
    // Each of several gets a suggestion of its own.
    const place = all
      .filter((other) => other.action === "create" || other.action === "replace")
      .findIndex((other) => other.id === id);
    const free = freeRanges(cidr, [...standing.map((other) => other.cidr), ...wanted], place + 1)[place];
    const instead = `Give it a range that meets none of those that stand${free === undefined ? "" : `, such as ${free}`}.`;
    // EC2 takes no two subnets with a common address (InvalidSubnet.Conflict), and one goes only once nothing is in it.
    if (met.id === id && met.cidr === cidr)
      return `AWS cannot move subnet ${met.subnetId} to zone ${spec?.zone}, and a second subnet of ${cidr} cannot stand beside it until the load balancer and the tasks have left. ${instead}`;
    return `${cidr} overlaps ${met.cidr}, where ${met.id} (${met.subnetId}) stands until the load balancer and the tasks have left it${observed ? "" : ", if it goes at all"}. ${instead}`;
  },

  async observe(aws, look) {
    const subnet = await find(look, await look.snapshot.once("ec2/subnet", () => listed(aws)), idOf, (id) => {
      const asking = aws.ec2(new DescribeSubnetsCommand({ SubnetIds: [id] }));
      return findById(
        id,
        idOf,
        asking.then(({ Subnets }) => Subnets),
        "InvalidSubnetID.NotFound",
      );
    });
    if (!subnet?.SubnetId) return undefined;
    const tags = tagsFrom(subnet.Tags);
    return {
      id: subnet.SubnetId,
      attrs: { subnetId: subnet.SubnetId },
      spec: {
        vpcId: subnet.VpcId,
        cidr: subnet.CidrBlock,
        zone: subnet.AvailabilityZone,
        mapPublicIp: subnet.MapPublicIpOnLaunch ?? false,
        tags,
      },
      unmanaged: some(unmanagedIn(subnet, USUAL)),
      ready: subnet.State === "available",
      status: subnet.State,
    };
  },

  list: async (aws, _ids, snapshot = new Snapshot()) =>
    ownedIn(aws, await snapshot.once("ec2/subnet", () => listed(aws)), idOf),

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
    // AWS starts every subnet without public addresses.
    if (spec.mapPublicIp) await mapPublicIp(aws, subnetId, true);
    return { id: subnetId, attrs: { subnetId } };
  },

  async update(aws, observed, spec) {
    if (observed.spec.mapPublicIp !== spec.mapPublicIp) await mapPublicIp(aws, observed.id, spec.mapPublicIp);
    await changeTags(aws, observed.id, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    const { id: SubnetId } = observed;
    const notYet = unlessHeld(aws, heldSubnet(aws, SubnetId), IN_USE);
    await absent(aws.ec2(new DeleteSubnetCommand({ SubnetId }), { notYet }), "InvalidSubnetID.NotFound");
  },
});

const idOf = ({ SubnetId }: Listed) => SubnetId;

/** What Fairlead or EC2 sets ("Subnet" in its API reference); what others switch on besides stays. */
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
  // Set for the account.
  BlockPublicAccessStates: SET,
  PrivateDnsNameOptionsOnLaunch: { HostnameType: "ip-name" },
};

/** The stack's subnets. */
const listed = (aws: Aws): Promise<Listed[]> =>
  everyPage(async (NextToken) => {
    const page = await aws.ec2(new DescribeSubnetsCommand({ Filters: ofStack(aws), NextToken }));
    return { items: page.Subnets, next: page.NextToken };
  });

/**
 * The zones that the stack's network is in, each at the place of its number: `network/public-2`, or else `network/private-2`, tells the
 * second one. Where neither is there, nothing is. AWS is asked and not the state, which may be wrong, and a zone cannot be changed.
 */
export async function standingZones(aws: Aws, snapshot: Snapshot): Promise<(string | undefined)[]> {
  const subnets = await snapshot.once("ec2/subnet", () => listed(aws));
  const zones: (string | undefined)[] = [];
  for (const tier of ["public", "private"])
    for (const { AvailabilityZone: zone, Tags } of subnets) {
      const tags = tagsFrom(Tags);
      const owner = ownerOf(tags);
      const id = owner !== undefined && isOfStack(aws, owner) ? (tags[ID_TAG] ?? "") : "";
      const [, number] = new RegExp(`^network/${tier}-([1-9])$`).exec(id) ?? [];
      if (number !== undefined) zones[Number(number) - 1] ??= zone;
    }
  return Array.from(zones);
}

const mapPublicIp = (aws: Aws, SubnetId: string, Value: boolean) =>
  aws.ec2(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value } }), {
    notYet: notSeenYet("InvalidSubnetID.NotFound"),
  });
