// The group alone: its rules are a resource of their own, so that two groups can name each other. AWS gives every new group
// a rule that lets everything out, which stays until the rules take it away.
import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type SecurityGroup as Group,
} from "@aws-sdk/client-ec2";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws, AwsKind } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { ownerOf, tagsFrom, type Tags } from "../tags.ts";
import { inUse } from "./interfaces.ts";
import { changeTags, EC2_LAG, find, notSeenYet, ofStack, ownedIn, tagSpecifications, theOne } from "./shared.ts";

export interface SecurityGroupSpec {
  name: string;
  description: string;
  vpcId: string;
  tags: Tags;
}

export interface SecurityGroupAttrs {
  groupId: string;
}

export const SecurityGroup: AwsKind<SecurityGroupSpec, SecurityGroupAttrs> = {
  type: "ec2/security-group",
  tagged: true,
  immutable: ["name", "description", "vpcId"],
  unique: ["vpcId", "name"],
  usual: {},
  lag: EC2_LAG,

  async observe(aws, look) {
    const group = await find(look, await securityGroups(aws, look.snapshot), idOf, (id) =>
      securityGroup(aws, look.snapshot, id),
    );
    if (!group?.GroupId) return undefined;
    const tags = tagsFrom(group.Tags);
    return {
      id: group.GroupId,
      attrs: { groupId: group.GroupId },
      spec: { name: group.GroupName, description: group.Description, vpcId: group.VpcId, tags },
      owner: ownerOf(tags),
      ready: true,
    };
  },

  owned: async (aws) => ownedIn(aws, await securityGroups(aws, new Snapshot()), idOf),

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
    const notYet = inUse(aws, { filter: "group-id", id: GroupId });
    await absent(aws.ec2(new DeleteSecurityGroupCommand({ GroupId }), { notYet }), ...NO_GROUP);
  },
};

const idOf = ({ GroupId }: Group) => GroupId;

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

/** The group `id`, whether it bears the stack's tags or not. */
export async function securityGroup(aws: Aws, snapshot: Snapshot, id: string): Promise<Group | undefined> {
  const own = (await securityGroups(aws, snapshot)).find(({ GroupId }) => GroupId === id);
  if (own) return own;
  return snapshot.once(`ec2/security-group ${id}`, () => {
    const asking = aws.ec2(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    return theOne(
      id,
      idOf,
      asking.then(({ SecurityGroups }) => SecurityGroups),
      ...NO_GROUP,
    );
  });
}
