import type {
  AuthorizeSecurityGroupIngressCommandInput,
  CreateSecurityGroupCommandInput,
  CreateSecurityGroupCommandOutput,
  DeleteSecurityGroupCommandInput,
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput,
  IpPermission,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { type Answer, type Operation, type Operations, type Sim } from "../sim.ts";
import { liveNetworkInterfaces } from "./network-interfaces.ts";
import { prefixListOf, weightOf } from "./prefix-lists.ts";
import { described, securityGroupOf, vpcOf, type SimRule, type SimSecurityGroup, type SimVpc } from "./records.ts";
import { drop, listed, passes, rangeOf, tagsOf, visibleFrom } from "./shared.ts";

/** Rules that a group may have in each direction; a prefix list counts as many. */
const QUOTA = 60;

const groups = (sim: Sim) => sim.table<SimSecurityGroup>("ec2.securityGroups");

const isSame = (one: SimRule, other: SimRule) =>
  one.protocol === other.protocol && one.from === other.from && one.to === other.to && one.peer === other.peer;

const textOf = ({ peer, protocol, from, to }: SimRule) =>
  `peer: ${peer}, ${protocol === "-1" ? "ALL" : protocol.toUpperCase()}, from port: ${from}, to port: ${to}, ALLOW`;

/** Each peer of a permission is a separate rule. */
function rulesOf(sim: Sim, permissions: readonly IpPermission[] = []): SimRule[] {
  return permissions.flatMap((permission) => {
    const protocol = permission.IpProtocol ?? refuse("MissingParameter", "The request must contain ipProtocol");
    const ports =
      protocol === "-1"
        ? { from: -1, to: -1 }
        : {
            from: permission.FromPort ?? refuse("InvalidParameterValue", "Invalid value for portRange."),
            to: permission.ToPort ?? refuse("InvalidParameterValue", "Invalid value for portRange."),
          };
    const rule = (peer: string, description: string | undefined): SimRule => ({
      protocol,
      ...ports,
      peer,
      description,
    });
    return [
      ...(permission.IpRanges ?? []).map(({ CidrIp = "", Description }) => {
        rangeOf(CidrIp);
        return rule(CidrIp, Description);
      }),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 = "", Description }) => {
        if (!/^[0-9a-f:]+\/\d+$/.test(CidrIpv6)) refuse("InvalidParameterValue", `CIDR block ${CidrIpv6} is malformed`);
        return rule(CidrIpv6, Description);
      }),
      ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, Description }) =>
        rule(securityGroupOf(sim, GroupId).id, Description),
      ),
      ...(permission.PrefixListIds ?? []).map(({ PrefixListId = "", Description }) => {
        return rule(prefixListOf(sim, PrefixListId), Description);
      }),
    ];
  });
}

/** A rule as a separate permission: AWS groups them in no guaranteed way. */
function permissionOf({ protocol, from, to, peer, description: Description }: SimRule, sim: Sim): IpPermission {
  return {
    IpProtocol: protocol,
    ...(protocol === "-1" ? {} : { FromPort: from, ToPort: to }),
    IpRanges: peer.includes("/") && !peer.includes(":") ? [{ CidrIp: peer, Description }] : [],
    UserIdGroupPairs: peer.startsWith("sg-") ? [{ GroupId: peer, UserId: sim.account, Description }] : [],
    PrefixListIds: peer.startsWith("pl-") ? [{ PrefixListId: peer, Description }] : [],
    Ipv6Ranges: peer.includes(":") ? [{ CidrIpv6: peer, Description }] : [],
  };
}

type Direction = "ingress" | "egress";
type Change = AuthorizeSecurityGroupIngressCommandInput;

const authorize =
  (direction: Direction): Operation =>
  (input: Change, sim) => {
    const group = securityGroupOf(sim, input.GroupId);
    const rules = rulesOf(sim, input.IpPermissions);
    for (const rule of rules) {
      if (group[direction].some((other) => isSame(rule, other)))
        refuse("InvalidPermission.Duplicate", `the specified rule "${textOf(rule)}" already exists`);
    }
    const all = [...group[direction], ...rules];
    if (all.reduce((sum, { peer }) => sum + weightOf(sim, peer), 0) > QUOTA)
      refuse("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.");
    group[direction] = all;
    return { Return: true };
  };

const revoke =
  (direction: Direction): Operation =>
  (input: Change, sim) => {
    const group = securityGroupOf(sim, input.GroupId);
    const rules = rulesOf(sim, input.IpPermissions);
    for (const rule of rules)
      if (!group[direction].some((other) => isSame(rule, other)))
        refuse("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
    group[direction] = group[direction].filter((rule) => !rules.some((other) => isSame(rule, other)));
    return { Return: true };
  };

const reword =
  (direction: Direction): Operation =>
  (input: Change, sim) => {
    const group = securityGroupOf(sim, input.GroupId);
    for (const rule of rulesOf(sim, input.IpPermissions)) {
      const own =
        group[direction].find((other) => isSame(rule, other)) ??
        refuse("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
      own.description = rule.description;
    }
    return { Return: true };
  };

/**
 * What a new group allows: all outbound traffic, by IPv6 only where the VPC has a range of it (VPC User Guide, "Default security groups for your
 * VPCs"; for any other group terraform-provider-aws, internal/service/ec2/vpc_security_group.go, which revokes both after each create).
 */
export const defaultEgress = ({ ipv6 }: SimVpc): SimRule[] =>
  ["0.0.0.0/0", ...(ipv6 ? ["::/0"] : [])].map((peer) => ({ protocol: "-1", from: -1, to: -1, peer }));

export const securityGroupOperations: Operations = {
  CreateSecurityGroup(input: CreateSecurityGroupCommandInput, sim): Answer<CreateSecurityGroupCommandOutput> {
    const vpc = vpcOf(sim, input.VpcId);
    const { GroupName: name = "", Description: description = "" } = input;
    if (!/^[\w .\-:/()#,@[\]+=&;{}!$*]{1,255}$/.test(name) || name.startsWith("sg-"))
      refuse("InvalidParameterValue", `Value (${name}) for parameter GroupName is invalid.`);
    if (!/^[\w .\-:/()#,@[\]+=&;{}!$*]{0,255}$/.test(description))
      refuse("InvalidParameterValue", `Value (${description}) for parameter GroupDescription is invalid.`);
    if (Object.values(groups(sim)).some((group) => group.vpcId === vpc.id && group.name === name))
      refuse("InvalidGroup.Duplicate", `The security group '${name}' already exists for VPC '${vpc.id}'`);
    const id = sim.id("sg");
    const tags = tagsOf(input.TagSpecifications);
    groups(sim)[id] = {
      id,
      vpcId: vpc.id,
      name,
      description,
      ingress: [],
      egress: defaultEgress(vpc),
      tags,
      visibleAt: visibleFrom(sim),
    };
    return { GroupId: id, Tags: tags };
  },

  DescribeSecurityGroups(input: DescribeSecurityGroupsCommandInput, sim): Answer<DescribeSecurityGroupsCommandOutput> {
    const asked = described(sim, input.GroupIds, securityGroupOf);
    const found = (asked ?? listed<SimSecurityGroup>(sim, "ec2.securityGroups")).filter((group) =>
      passes(input.Filters, group.tags, {
        "vpc-id": group.vpcId,
        "group-name": group.name,
        "group-id": group.id,
        "ip-permission.group-id": group.ingress.map(({ peer }) => peer),
        "egress.ip-permission.group-id": group.egress.map(({ peer }) => peer),
      }),
    );
    return {
      SecurityGroups: found.map((group) => ({
        GroupId: group.id,
        GroupName: group.name,
        Description: group.description,
        VpcId: group.vpcId,
        OwnerId: sim.account,
        IpPermissions: group.ingress.map((rule) => permissionOf(rule, sim)),
        IpPermissionsEgress: group.egress.map((rule) => permissionOf(rule, sim)),
        Tags: group.tags,
      })),
    };
  },

  AuthorizeSecurityGroupIngress: authorize("ingress"),
  AuthorizeSecurityGroupEgress: authorize("egress"),
  RevokeSecurityGroupIngress: revoke("ingress"),
  RevokeSecurityGroupEgress: revoke("egress"),
  UpdateSecurityGroupRuleDescriptionsIngress: reword("ingress"),
  UpdateSecurityGroupRuleDescriptionsEgress: reword("egress"),

  DeleteSecurityGroup(input: DeleteSecurityGroupCommandInput, sim) {
    const group = securityGroupOf(sim, input.GroupId);
    if (group.name === "default")
      refuse("CannotDelete", `the specified group: "${group.id}" name: "default" cannot be deleted by a user`);
    const named = Object.values(groups(sim)).some(
      (other) => other !== group && [...other.ingress, ...other.egress].some(({ peer }) => peer === group.id),
    );
    if (named || liveNetworkInterfaces(sim).some(({ groupIds }) => groupIds.includes(group.id)))
      refuse("DependencyViolation", `resource ${group.id} has a dependent object`);
    drop(sim, "ec2.securityGroups", group.id);
    return {};
  },
};
