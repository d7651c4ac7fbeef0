// The group alone: its rules are a resource of their own, so that two groups can name each other. AWS gives every new group
// a rule that lets everything out, which stays until the rules take it away.
import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type SecurityGroup as Group,
} from "@aws-sdk/client-ec2";
import type { Look } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { defineKind } from "../define-kind.ts";
import { tagsFrom, type Tags } from "../tags.ts";
import { heldGroup } from "./obstacles.ts";
import {
  changeTags,
  EC2_LAG,
  find,
  IN_USE,
  IN_USE_FOR,
  notSeenYet,
  ofStack,
  ownedIn,
  tagSpecifications,
  findById,
} from "./shared.ts";

export interface SecurityGroupSpec {
  name: string;
  description: string;
  vpcId: string;
  tags: Tags;
}

export interface SecurityGroupAttrs {
  groupId: string;
}

export const SecurityGroup = defineKind<SecurityGroupSpec, SecurityGroupAttrs>({
  type: "ec2/security-group",
  fields: {
    name: { immutable: true, unique: true },
    // AWS cannot change it, and nothing depends on it: a group keeps the one that it was made with, also one that is adopted.
    description: { ignoreChanges: true },
    vpcId: { immutable: true, unique: true },
    tags: {},
  },
  timing: { listed: EC2_LAG },
  inventory: { lists: "plan" },

  async observe(aws, look) {
    const own = await find(look, await securityGroups(aws, look.snapshot), idOf, (id) =>
      securityGroup(aws, look.snapshot, id),
    );
    const group = own ?? (await namesake(aws, look));
    if (!group?.GroupId) return undefined;
    const tags = tagsFrom(group.Tags);
    return {
      id: group.GroupId,
      attrs: { groupId: group.GroupId },
      spec: { name: group.GroupName, description: group.Description, vpcId: group.VpcId, tags },
      ready: true,
    };
  },

  list: async (aws, _ids, snapshot = new Snapshot()) => ownedIn(aws, await securityGroups(aws, snapshot), idOf),

  async create(aws, spec, making) {
    const { GroupId: groupId = "" } = await aws.ec2(
      new CreateSecurityGroupCommand({
        GroupName: spec.name,
        Description: spec.description,
        VpcId: spec.vpcId,
        TagSpecifications: tagSpecifications("security-group", spec.tags),
      }),
      { once: true, notYet: notSeenYet("InvalidVpcID.NotFound") },
    );
    await making.created(groupId);
    return { id: groupId, attrs: { groupId } };
  },

  async update(aws, observed, spec) {
    await changeTags(aws, observed.id, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    const { id: GroupId } = observed;
    const notYet = unlessHeld(aws, heldGroup(aws, GroupId), [...IN_USE, ...GROUP_IN_USE]);
    await absent(aws.ec2(new DeleteSecurityGroupCommand({ GroupId }), { notYet }), ...NO_GROUP);
  },
});

const idOf = ({ GroupId }: Group) => GroupId;

/** What EC2 answers besides, while a group is still in use: terraform-provider-aws, vpc_security_group.go, repeats both for 15 minutes. */
const GROUP_IN_USE = [{ code: "InvalidGroup.InUse", budget: IN_USE_FOR }];

/** AWS has two codes for a group that is not there. */
export const NO_GROUP = ["InvalidGroup.NotFound", "InvalidSecurityGroupID.NotFound"] as const;

/** The stack's groups with their rules: one read for the groups and for their rules. */
export const securityGroups = (aws: Aws, snapshot: Snapshot): Promise<Group[]> =>
  snapshot.once("ec2/security-group", () =>
    everyPage(async (NextToken) => {
      const page = await aws.ec2(new DescribeSecurityGroupsCommand({ Filters: ofStack(aws), NextToken }));
      return { items: page.SecurityGroups, next: page.NextToken };
    }),
  );

/**
 * A group of the same name in the same VPC, whoever made it: AWS allows one (`InvalidGroup.Duplicate`; EC2 API reference,
 * CreateSecurityGroup). A VPC that is yet to be made has none.
 */
async function namesake(aws: Aws, { spec, excludeIds }: Look<SecurityGroupSpec>): Promise<Group | undefined> {
  const { name, vpcId } = spec;
  if (typeof name !== "string" || typeof vpcId !== "string") return undefined;
  const Filters = [
    { Name: "vpc-id", Values: [vpcId] },
    { Name: "group-name", Values: [name] },
  ];
  const { SecurityGroups = [] } = await aws.ec2(new DescribeSecurityGroupsCommand({ Filters }));
  return SecurityGroups.find(({ GroupName, GroupId = "" }) => GroupName === name && !excludeIds.includes(GroupId));
}

/** The group `id`, whether it bears the stack's tags or not. */
export async function securityGroup(aws: Aws, snapshot: Snapshot, id: string): Promise<Group | undefined> {
  const own = (await securityGroups(aws, snapshot)).find(({ GroupId }) => GroupId === id);
  if (own) return own;
  return snapshot.once(`ec2/security-group ${id}`, () => {
    const asking = aws.ec2(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    return findById(
      id,
      idOf,
      asking.then(({ SecurityGroups }) => SecurityGroups),
      ...NO_GROUP,
    );
  });
}
