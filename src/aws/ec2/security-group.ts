// The group without its rules, which are a separate resource so that two groups can reference each other. AWS gives every new group
// a rule that allows all outbound traffic, and one for IPv6 where the VPC has it, which stay until the rules resource revokes them.
import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type SecurityGroup as Group,
} from "@aws-sdk/client-ec2";
import type { Look } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { unlessHeld } from "../obstacles.ts";
import type { Tags } from "../tags.ts";
import { heldGroup } from "./obstacles.ts";
import { ec2Kind, ec2Resources } from "./ec2-kind.ts";
import { IN_USE, IN_USE_FOR, notSeenYet, tagSpecifications } from "./shared.ts";

export interface SecurityGroupSpec {
  name: string;
  description: string;
  vpcId: string;
  tags: Tags;
}

export interface SecurityGroupAttrs {
  groupId: string;
}

/** Groups with their rules: one read for the groups and for their rules. AWS has two codes for a group that does not exist. */
export const groups = ec2Resources<Group>("ec2/security-group", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(new DescribeSecurityGroupsCommand({ GroupIds: ids, Filters: filters, NextToken }));
    return { items: page.SecurityGroups, next: page.NextToken };
  },
  idOf: ({ GroupId }) => GroupId,
  notFound: ["InvalidGroup.NotFound", "InvalidSecurityGroupID.NotFound"],
});

export const SecurityGroup = ec2Kind<SecurityGroupSpec, SecurityGroupAttrs, Group>(groups, {
  fields: {
    name: { immutable: true, unique: true },
    // It cannot be changed, and nothing depends on it: a group keeps its original description, also an adopted one.
    description: { ignoreChanges: true },
    vpcId: { immutable: true, unique: true },
    tags: {},
  },

  namesake,

  read: (_aws, { GroupId = "", GroupName, Description, VpcId }) => ({
    attrs: { groupId: GroupId },
    spec: { name: GroupName, description: Description, vpcId: VpcId },
    ready: true,
  }),

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

  delete: (aws, { id: GroupId }) =>
    aws.ec2(new DeleteSecurityGroupCommand({ GroupId }), {
      notYet: unlessHeld(aws, heldGroup(aws, GroupId), [...IN_USE, ...GROUP_IN_USE]),
    }),
});

/** Another error of EC2 while a group is still in use: terraform-provider-aws, vpc_security_group.go, retries both for 15 minutes. */
const GROUP_IN_USE = [{ code: "InvalidGroup.InUse", budget: IN_USE_FOR }];

/**
 * Any group of the same name in the same VPC: AWS allows one (`InvalidGroup.Duplicate`; EC2 API reference,
 * CreateSecurityGroup). A VPC that is not created yet has none.
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
