import type {
  CreateNetworkAclCommandInput,
  CreateNetworkAclCommandOutput,
  CreateNetworkAclEntryCommandInput,
  DeleteNetworkAclCommandInput,
  DeleteNetworkAclEntryCommandInput,
  DescribeNetworkAclsCommandInput,
  DescribeNetworkAclsCommandOutput,
  ReplaceNetworkAclAssociationCommandInput,
  ReplaceNetworkAclAssociationCommandOutput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { type Answer, type Operations, type Sim } from "../sim.ts";
import { ALLOW_ALL, aclOf, associationOf, defaultAclOf } from "./acls.ts";
import { described, networkAclOf, vpcOf, type SimAclEntry, type SimNetworkAcl } from "./records.ts";
import { listed, drop, dotted, passes, rangeOf, tagsOf, visibleFrom, withToken } from "./shared.ts";
import type { SimSubnet, SimVpc } from "./records.ts";

const acls = (sim: Sim) => sim.table<SimNetworkAcl>("ec2.networkAcls");

/** Rules in one direction, the last one included ("Amazon VPC quotas": "Rules per network ACL", 20). */
const MOST_RULES = 20;

/** AWS's own last rule in each direction; it is told with the number 32767 (EC2 API reference, DescribeNetworkAcls, the example). */
const LAST = 32_767;

const told = ({ number, egress, action, protocol, from, to, cidr }: SimAclEntry) => ({
  RuleNumber: number,
  Egress: egress,
  RuleAction: action,
  Protocol: protocol,
  ...(cidr.includes(":") ? { Ipv6CidrBlock: cidr } : { CidrBlock: cidr }),
  ...(protocol === "6" || protocol === "17" ? { PortRange: { From: from, To: to } } : {}),
  ...(protocol === "1" || protocol === "58" ? { IcmpTypeCode: { Type: from, Code: to } } : {}),
});

const answerOf = (sim: Sim, acl: SimNetworkAcl) => {
  // With IPv6 there is one more, for IPv6 ("Control subnet traffic with network access control lists", VPC User Guide).
  const hasIpv6 = sim.table<SimVpc>("ec2.vpcs")[acl.vpcId]?.ipv6 !== undefined;
  const last = [false, true].flatMap((egress) => [
    told({ ...ALLOW_ALL, egress, number: LAST, action: "deny" }),
    ...(hasIpv6 ? [told({ ...ALLOW_ALL, egress, number: LAST + 1, action: "deny", cidr: "::/0" })] : []),
  ]);
  return {
    NetworkAclId: acl.id,
    VpcId: acl.vpcId,
    OwnerId: sim.account,
    IsDefault: acl.id === defaultAclOf(acl.vpcId).id,
    Tags: acl.tags,
    Entries: [...(acl.entries ?? []).map(told), ...last],
    Associations: subnetsOf(sim, acl).map((subnet) => ({
      NetworkAclAssociationId: associationOf(subnet),
      NetworkAclId: acl.id,
      SubnetId: subnet.id,
    })),
  };
};

const subnetsOf = (sim: Sim, { id }: SimNetworkAcl): SimSubnet[] =>
  Object.values(sim.table<SimSubnet>("ec2.subnets")).filter((subnet) => aclOf(sim, subnet).id === id);

/** The rule that a call is about. */
function entryIn(
  { entries = [] }: SimNetworkAcl,
  number: number | undefined,
  egress: boolean | undefined,
): SimAclEntry {
  return (
    entries.find((one) => one.number === number && one.egress === (egress ?? false)) ??
    refuse("InvalidNetworkAclEntry.NotFound", `The network acl entry identified by ${number} does not exist.`)
  );
}

/** EC2 API reference, CreateNetworkAclEntry: what each protocol requires, and that the range is stored in its canonical form. */
function readEntry(input: CreateNetworkAclEntryCommandInput): SimAclEntry {
  onlyKnown(
    "CreateNetworkAclEntry",
    input,
    ...([
      "NetworkAclId",
      "RuleNumber",
      "RuleAction",
      "Protocol",
      "Egress",
      "CidrBlock",
      "Ipv6CidrBlock",
      "PortRange",
      "IcmpTypeCode",
    ] as const),
  );
  const {
    RuleNumber: number = 0,
    RuleAction: action = "deny",
    Protocol: protocol = "",
    Egress: egress = false,
  } = input;
  if (!Number.isInteger(number) || number < 1 || number > 32_766)
    refuse("InvalidParameterValue", `Value (${number}) for parameter ruleNumber is invalid.`);
  if (!/^(-1|\d{1,3})$/.test(protocol))
    refuse("InvalidParameterValue", `Invalid value '${protocol}' for IP protocol. Unknown protocol.`);
  const entry = { number, egress, action, protocol, cidr: rangeIn(input) };
  if (protocol === "6" || protocol === "17") {
    const { From: from = -1, To: to = -1 } = input.PortRange ?? {};
    if (from < 0 || to < from || to > 65_535)
      refuse("InvalidParameterCombination", "The port range is required with TCP and UDP.");
    return { ...entry, from, to };
  }
  if (protocol === "1" || protocol === "58") {
    const { Type: from, Code: to } = input.IcmpTypeCode ?? {};
    if (from === undefined || to === undefined)
      return refuse("InvalidParameterCombination", "The ICMP type and code are required with ICMP.");
    return { ...entry, from, to };
  }
  return { ...entry, from: -1, to: -1 };
}

/** An IPv4 range in its canonical form, or an IPv6 range. */
function rangeIn({ CidrBlock, Ipv6CidrBlock }: CreateNetworkAclEntryCommandInput): string {
  if (Ipv6CidrBlock !== undefined)
    return /^[0-9a-f:]+\/\d+$/.test(Ipv6CidrBlock)
      ? Ipv6CidrBlock
      : refuse("InvalidParameterValue", `Value (${Ipv6CidrBlock}) for parameter ipv6CidrBlock is invalid.`);
  const { first, bits } = rangeOf(
    CidrBlock ?? refuse("MissingParameter", "The request must contain the parameter cidrBlock"),
  );
  return `${dotted(first)}/${bits}`;
}

export const networkAclOperations = {
  CreateNetworkAcl(input: CreateNetworkAclCommandInput, sim): Answer<CreateNetworkAclCommandOutput> {
    const id = withToken(sim, "CreateNetworkAcl", input, () => {
      const made = sim.id("acl");
      acls(sim)[made] = {
        id: made,
        vpcId: vpcOf(sim, input.VpcId).id,
        entries: [],
        tags: tagsOf(input.TagSpecifications),
        visibleAt: visibleFrom(sim),
      };
      return made;
    });
    return { NetworkAcl: answerOf(sim, acls(sim)[id] ?? networkAclOf(sim, id)), ClientToken: input.ClientToken };
  },

  DescribeNetworkAcls(input: DescribeNetworkAclsCommandInput, sim): Answer<DescribeNetworkAclsCommandOutput> {
    onlyKnown("DescribeNetworkAcls", input, "Filters", "NetworkAclIds", "NextToken");
    const asked = described(sim, input.NetworkAclIds, networkAclOf);
    const defaults = listed<SimVpc>(sim, "ec2.vpcs").map(({ id }) => defaultAclOf(id));
    const found = (asked ?? [...defaults, ...listed<SimNetworkAcl>(sim, "ec2.networkAcls")])
      .map((acl) => ({ acl, answer: answerOf(sim, acl) }))
      .filter(({ acl, answer: { IsDefault, Associations } }) =>
        passes(input.Filters, acl.tags, {
          "vpc-id": acl.vpcId,
          "network-acl-id": acl.id,
          default: String(IsDefault),
          "association.subnet-id": Associations.map(({ SubnetId }) => SubnetId),
        }),
      );
    return { NetworkAcls: found.map(({ answer }) => answer) };
  },

  CreateNetworkAclEntry(input: CreateNetworkAclEntryCommandInput, sim) {
    const acl = networkAclOf(sim, input.NetworkAclId);
    const entry = readEntry(input);
    const own = (acl.entries ??= []);
    if (own.some(({ number, egress }) => number === entry.number && egress === entry.egress))
      refuse("NetworkAclEntryAlreadyExists", `The network acl entry identified by ${entry.number} already exists.`);
    if (own.filter(({ egress }) => egress === entry.egress).length + 1 >= MOST_RULES)
      refuse("NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached.");
    own.push(entry);
    return {};
  },

  ReplaceNetworkAclEntry(input: CreateNetworkAclEntryCommandInput, sim) {
    const acl = networkAclOf(sim, input.NetworkAclId);
    const entry = readEntry(input);
    Object.assign(entryIn(acl, entry.number, entry.egress), entry);
    return {};
  },

  DeleteNetworkAclEntry(input: DeleteNetworkAclEntryCommandInput, sim) {
    const acl = networkAclOf(sim, input.NetworkAclId);
    const gone = entryIn(acl, input.RuleNumber, input.Egress);
    acl.entries = acl.entries?.filter((one) => one !== gone);
    return {};
  },

  ReplaceNetworkAclAssociation(
    input: ReplaceNetworkAclAssociationCommandInput,
    sim,
  ): Answer<ReplaceNetworkAclAssociationCommandOutput> {
    const subnet =
      Object.values(sim.table<SimSubnet>("ec2.subnets")).find((one) => associationOf(one) === input.AssociationId) ??
      refuse("InvalidAssociationID.NotFound", `The association ID '${input.AssociationId}' does not exist`);
    const own = defaultAclOf(subnet.vpcId);
    const acl = input.NetworkAclId === own.id ? own : networkAclOf(sim, input.NetworkAclId);
    if (acl.vpcId !== subnet.vpcId)
      refuse("InvalidParameterValue", `Network ACL ${acl.id} and subnet ${subnet.id} belong to different networks.`);
    // Every move gives another id (EC2 API reference, ReplaceNetworkAclAssociation: newAssociationId).
    const association = sim.id("aclassoc");
    subnet.acl = { id: acl.id, association };
    return { NewAssociationId: association };
  },

  DeleteNetworkAcl(input: DeleteNetworkAclCommandInput, sim) {
    const { NetworkAclId: id = "" } = input;
    if (Object.values(sim.table<SimVpc>("ec2.vpcs")).some((vpc) => defaultAclOf(vpc.id).id === id))
      refuse("InvalidParameterValue", `Cannot delete the default network ACL '${id}'.`);
    const acl = networkAclOf(sim, id);
    // "You can't delete the ACL if it's associated with any subnets" (EC2 API reference, DeleteNetworkAcl).
    if (subnetsOf(sim, acl).length > 0)
      refuse("DependencyViolation", `The networkAcl '${id}' has dependencies and cannot be deleted.`);
    drop(sim, "ec2.networkAcls", id);
    return {};
  },
} satisfies Operations;
