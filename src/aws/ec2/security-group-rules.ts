// All rules of a group are one resource: rules have no owner tags, so an undeclared rule is revoked, including AWS's
// defaults that allow all outbound traffic, in a VPC with IPv6 also that. A group with only those defaults has no managed rules.
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsEgressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
  type IpPermission,
  type SecurityGroup as Group,
} from "@aws-sdk/client-ec2";
import { allDone } from "../../all-done.ts";
import { equal } from "../../engine/equal.ts";
import { KnownAfterApply } from "../../engine/output.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { CallOptions } from "../call.ts";
import { defineKind } from "../define-kind.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { isOfStack } from "../owned.ts";
import { ownerOf, tagsFrom } from "../tags.ts";
import { groups } from "./security-group.ts";
import { EC2_LAG } from "./ec2-kind.ts";
import { notSeenYet, ownedIn } from "./shared.ts";

/** One rule with one peer. The description is not part of a rule's identity on AWS. */
export interface Rule {
  /** `tcp`, `udp` or `icmp`, or `-1` for all of them. */
  protocol: string;
  /** The ICMP type for `icmp`; -1 for the protocol `-1`. */
  fromPort: number;
  toPort: number;
  /** A CIDR, or the id of a security group or of a prefix list. */
  peer: string;
  /** Empty for none. */
  description: string;
}

export interface SecurityGroupRulesSpec {
  groupId: string;
  ingress: Rule[];
  egress: Rule[];
}

export interface SecurityGroupRulesAttrs {
  groupId: string;
}

export const SecurityGroupRules = defineKind<SecurityGroupRulesSpec, SecurityGroupRulesAttrs>({
  type: "ec2/security-group-rules",
  fields: {
    groupId: { immutable: true, unique: true },
    ingress: {},
    egress: {},
  },
  // Requests pass through rules of a group that others are only members of.
  traits: { markedAtOnce: true, ownerless: true, addsFirst: true, deletedLast: true },
  timing: { listed: EC2_LAG },
  inventory: { lists: "plan" },

  canonical: (spec) => ({ ...spec, ingress: inOrder(spec.ingress), egress: inOrder(spec.egress) }),

  async observe(aws, look) {
    const id = look.knownId ?? look.spec.groupId;
    const group = id === undefined ? undefined : await groups.byId(aws, id, look.snapshot);
    if (!group?.GroupId) return undefined;
    const ingress = rulesOf(group.IpPermissions);
    const egress = rulesOf(group.IpPermissionsEgress);
    const { ingress: ownIngress, egress: ownEgress } = look.spec;
    const declared = ownIngress?.length === 0 && ownEgress !== undefined && equal(inOrder(ownEgress), egress);
    if (isBare(ingress, egress) && !declared) return undefined;
    const owner = ownerOf(tagsFrom(group.Tags));
    return {
      id: group.GroupId,
      attrs: { groupId: group.GroupId },
      spec: { groupId: group.GroupId, ingress, egress },
      // They cannot be tagged; the owner of the group owns them.
      owner: owner === undefined || isOfStack(aws, owner) ? look.owner : owner,
      ready: true,
    };
  },

  async list(aws, _ids, snapshot = new Snapshot()) {
    const own = await groups.ofStack(aws, snapshot);
    // While groups reference each other, none of them can be deleted.
    const ruled = own.filter((group) => !isBare(rulesOf(group.IpPermissions), rulesOf(group.IpPermissionsEgress)));
    return ownedIn(aws, ruled, ({ GroupId }: Group) => GroupId);
  },

  async create(aws, spec, making) {
    const { groupId } = spec;
    await making.created(groupId);
    await allDone([authorize(aws, INGRESS, groupId, spec.ingress), replaceDefaults(aws, groupId, spec.egress)]);
    return { id: groupId, attrs: { groupId } };
  },

  async update(aws, observed, spec, _changed, { addOnly = false } = { note: () => {} }) {
    await mend(aws, INGRESS, observed.id, { now: observed.spec.ingress ?? [], wanted: spec.ingress, addOnly });
    await mend(aws, EGRESS, observed.id, { now: observed.spec.egress ?? [], wanted: spec.egress, addOnly });
  },

  async delete(aws, observed) {
    const { ingress = [], egress = [] } = observed.spec;
    await allDone([
      absent(revoke(aws, INGRESS, observed.id, ingress), ...groups.notFound),
      absent(revoke(aws, EGRESS, observed.id, egress), ...groups.notFound),
    ]);
  },
});

const ALLOW_ALL: Rule = { protocol: "-1", fromPort: -1, toPort: -1, peer: "0.0.0.0/0", description: "" };
/** The second default of a group that is created in a VPC with IPv6 (VPC User Guide, "Default security groups for your VPCs"). */
const ALLOW_ALL_IPV6: Rule = { ...ALLOW_ALL, peer: "::/0" };

/** Whether a group has only AWS's default rules: the same as no rules, unless exactly those are declared. */
const isBare = (ingress: readonly Rule[], egress: readonly Rule[]) =>
  ingress.length === 0 && egress.every((rule) => equal(rule, ALLOW_ALL) || equal(rule, ALLOW_ALL_IPV6));

/** Adds the outbound rules and revokes AWS's defaults, at the same time where none of the rules is one of those. */
async function replaceDefaults(aws: Aws, groupId: string, egress: readonly Rule[]): Promise<void> {
  const add = () => authorize(aws, EGRESS, groupId, egress);
  const revoked = allDone([revoke(aws, EGRESS, groupId, [ALLOW_ALL], { notYet }), revokeIpv6Default(aws, groupId)]);
  const isDefault = (rule: Rule) => [ALLOW_ALL, ALLOW_ALL_IPV6].some((one) => keyOf(one) === keyOf(rule));
  try {
    if (egress.some(isDefault)) await revoked;
    await allDone([revoked, add()]);
  } catch (error) {
    // As many as a group may have do not fit beside the defaults.
    if (!hasCode(error, TOO_MANY)) throw error;
    await revoked;
    await add();
  }
}

const TOO_MANY = "RulesPerSecurityGroupLimitExceeded";

/**
 * Revokes the default for IPv6. Nothing that a rule refers to says whether the VPC has it, and without it EC2 refuses the call in one of two
 * ways (terraform-provider-aws, internal/service/ec2/vpc_security_group.go, which sends the same two calls after each create).
 */
async function revokeIpv6Default(aws: Aws, groupId: string): Promise<void> {
  try {
    await revoke(aws, EGRESS, groupId, [ALLOW_ALL_IPV6], { notYet });
  } catch (error) {
    if (!hasCode(error, "InvalidParameterValue") || !messageOf(error).includes("remote-ipv6-range")) throw error;
  }
}

interface Change {
  GroupId: string;
  IpPermissions: IpPermission[];
}

/** A group that was created a moment ago may not be found yet; one that has been there is gone. */
type Patience = Pick<CallOptions, "notYet">;
const notYet = notSeenYet(...groups.notFound);

const INGRESS = {
  authorize: (aws: Aws, change: Change) => aws.ec2(new AuthorizeSecurityGroupIngressCommand(change), { notYet }),
  revoke: (aws: Aws, change: Change, patience: Patience) =>
    aws.ec2(new RevokeSecurityGroupIngressCommand(change), patience),
  reword: (aws: Aws, change: Change) => aws.ec2(new UpdateSecurityGroupRuleDescriptionsIngressCommand(change)),
};

const EGRESS = {
  authorize: (aws: Aws, change: Change) => aws.ec2(new AuthorizeSecurityGroupEgressCommand(change), { notYet }),
  revoke: (aws: Aws, change: Change, patience: Patience) =>
    aws.ec2(new RevokeSecurityGroupEgressCommand(change), patience),
  reword: (aws: Aws, change: Change) => aws.ec2(new UpdateSecurityGroupRuleDescriptionsEgressCommand(change)),
};

type Direction = typeof INGRESS | typeof EGRESS;

interface Rules {
  readonly now: readonly Rule[];
  readonly wanted: readonly Rule[];
  /** Only add rules for now. */
  readonly addOnly: boolean;
}

async function mend(aws: Aws, direction: Direction, GroupId: string, { now, wanted, addOnly }: Rules) {
  const has = (rules: readonly Rule[]) => {
    const keys = new Set(rules.map(keyOf));
    return (rule: Rule) => keys.has(keyOf(rule));
  };
  const fresh = wanted.filter((rule) => !has(now)(rule));
  const stale = now.filter((rule) => !has(wanted)(rule));
  const reworded = wanted.filter((rule) => has(now)(rule) && !now.some((old) => equal(old, rule)));
  try {
    // New rules come first, so that traffic is not interrupted.
    await authorize(aws, direction, GroupId, fresh);
    if (!addOnly) await revoke(aws, direction, GroupId, stale);
  } catch (error) {
    // A prefix list counts as many rules: old and new may not fit at the same time.
    if (!hasCode(error, TOO_MANY) || stale.length === 0) throw error;
    await revoke(aws, direction, GroupId, stale);
    await authorize(aws, direction, GroupId, fresh);
  }
  if (reworded.length > 0) await direction.reword(aws, { GroupId, IpPermissions: reworded.map(permission) });
}

/** Adds rules; one that already exists was added by a call whose response was lost. */
const authorize = (aws: Aws, direction: Direction, GroupId: string, rules: readonly Rule[]) =>
  allOrEach(rules, "InvalidPermission.Duplicate", (IpPermissions) =>
    direction.authorize(aws, { GroupId, IpPermissions }),
  );

/** Revokes rules; one that no longer exists is a success. */
const revoke = (aws: Aws, direction: Direction, GroupId: string, rules: readonly Rule[], patience: Patience = {}) =>
  allOrEach(rules, "InvalidPermission.NotFound", (IpPermissions) =>
    direction.revoke(aws, { GroupId, IpPermissions }, patience),
  );

/** One call for all rules. AWS rejects the whole call if one of them is already `done`: then one call for each. */
async function allOrEach(rules: readonly Rule[], done: string, send: (rules: IpPermission[]) => Promise<unknown>) {
  if (rules.length === 0) return;
  try {
    await send(rules.map(permission));
  } catch (error) {
    if (!hasCode(error, done)) throw error;
    if (rules.length > 1) for (const rule of rules) await absent(send([permission(rule)]), done);
  }
}

const keyOf = ({ protocol, fromPort, toPort, peer }: Rule) => `${protocol} ${fromPort} ${toPort} ${nameOf(peer)}`;

/** In a plan a peer may be a group that is not created yet: it is identified by its source. */
const nameOf = (peer: unknown) => (peer instanceof KnownAfterApply ? peer.source : String(peer));

/** Rules in canonical form: sorted, without ports if the protocol has none, without duplicates. */
function inOrder(rules: readonly Rule[]): Rule[] {
  const byKey = new Map<string, Rule>();
  for (const rule of rules) {
    const own = rule.protocol === "-1" ? { ...rule, fromPort: -1, toPort: -1 } : rule;
    byKey.set(keyOf(own), own);
  }
  return [...byKey.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, rule]) => rule);
}

const rulesOf = (permissions: readonly IpPermission[] = []): Rule[] =>
  inOrder(
    permissions.flatMap((of) => {
      const peers: { peer: string | undefined; Description?: string | undefined }[] = [
        ...(of.IpRanges ?? []).map((range) => ({ ...range, peer: range.CidrIp })),
        ...(of.Ipv6Ranges ?? []).map((range) => ({ ...range, peer: range.CidrIpv6 })),
        ...(of.UserIdGroupPairs ?? []).map((pair) => ({ ...pair, peer: pair.GroupId })),
        ...(of.PrefixListIds ?? []).map((list) => ({ ...list, peer: list.PrefixListId })),
      ];
      return peers.map(({ peer = "", Description = "" }) => ({
        protocol: of.IpProtocol ?? "-1",
        fromPort: of.FromPort ?? -1,
        toPort: of.ToPort ?? -1,
        peer,
        description: Description,
      }));
    }),
  );

function permission({ protocol, fromPort, toPort, peer, description }: Rule): IpPermission {
  const Description = description === "" ? undefined : description;
  return {
    IpProtocol: protocol,
    ...(protocol === "-1" ? {} : { FromPort: fromPort, ToPort: toPort }),
    ...(peer.startsWith("sg-")
      ? { UserIdGroupPairs: [{ GroupId: peer, Description }] }
      : peer.startsWith("pl-")
        ? { PrefixListIds: [{ PrefixListId: peer, Description }] }
        : peer.includes(":")
          ? { Ipv6Ranges: [{ CidrIpv6: peer, Description }] }
          : { IpRanges: [{ CidrIp: peer, Description }] }),
  };
}
