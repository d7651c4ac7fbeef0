// A subnet always has exactly one network ACL, so it is never released: it is moved to another one, and back to the VPC's default before
// the ACL can be deleted. Rules are keyed by number and direction, and the first that matches a packet decides.
import {
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclCommand,
  DeleteNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  ReplaceNetworkAclAssociationCommand,
  ReplaceNetworkAclEntryCommand,
  type NetworkAcl as Acl,
  type NetworkAclEntry,
} from "@aws-sdk/client-ec2";
import { Busy } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { some } from "../beyond.ts";
import { afterSlash } from "../define-kind.ts";
import { absent, hasCode } from "../errors.ts";
import type { Tags } from "../tags.ts";
import { ec2Kind, ec2Resources } from "./ec2-kind.ts";
import { clientToken, IN_USE, notSeenYet, sorted, tagSpecifications } from "./shared.ts";

/** One rule of one direction. */
export interface AclEntry {
  /** 1 to 32766; lower ones come first. */
  number: number;
  action: "allow" | "deny";
  /** `tcp`, `udp`, `icmp`, `icmpv6`, another protocol's number, or `-1` for all. */
  protocol: string;
  /** Of ICMP, the type; -1 for all, and where the protocol has no ports. */
  fromPort: number;
  /** Of ICMP, the code. */
  toPort: number;
  /** Of IPv4 or of IPv6. */
  cidr: string;
}

export interface NetworkAclSpec {
  vpcId: string;
  /** Sorted by number, as `egress`. */
  ingress: AclEntry[];
  egress: AclEntry[];
  /** Sorted. */
  subnetIds: string[];
  tags: Tags;
}

export interface NetworkAclAttrs {
  networkAclId: string;
}

const acls = ec2Resources<Acl>("ec2/network-acl", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(new DescribeNetworkAclsCommand({ NetworkAclIds: ids, Filters: filters, NextToken }));
    return { items: page.NetworkAcls, next: page.NextToken };
  },
  idOf: ({ NetworkAclId }) => NetworkAclId,
  notFound: "InvalidNetworkAclID.NotFound",
});

export const NetworkAcl = ec2Kind<NetworkAclSpec, NetworkAclAttrs, Acl>(acls, {
  fields: {
    vpcId: { immutable: true },
    ingress: {},
    egress: {},
    subnetIds: {},
    tags: {},
  },
  // A subnet keeps its rules until what is in it has moved.
  traits: { addsFirst: ["subnetIds"] },
  inventory: { idIn: afterSlash("ec2", "network-acl"), lists: "receipt" },

  canonical: (spec) => ({
    ...spec,
    ingress: inOrder(spec.ingress),
    egress: inOrder(spec.egress),
    subnetIds: sorted(spec.subnetIds),
  }),

  read(_aws, acl, { spec: { ingress = [], egress = [] } }) {
    const filtersIpv6 = [...ingress, ...egress].some(({ cidr }) => isIpv6(cidr));
    return {
      attrs: { networkAclId: acl.NetworkAclId ?? "" },
      spec: {
        vpcId: acl.VpcId,
        ingress: entriesOf(acl, false, filtersIpv6),
        egress: entriesOf(acl, true, filtersIpv6),
        subnetIds: sorted(acl.Associations?.flatMap(({ SubnetId }) => SubnetId ?? [])),
      },
      unmanaged: filtersIpv6 ? undefined : some(unmanagedOf(acl)),
      ready: true,
    };
  },

  async create(aws, spec, making) {
    const { NetworkAcl: acl } = await aws.ec2(
      new CreateNetworkAclCommand({
        VpcId: spec.vpcId,
        TagSpecifications: tagSpecifications("network-acl", spec.tags),
        ClientToken: clientToken(making, spec.vpcId),
      }),
      { once: true, notYet: notSeenYet("InvalidVpcID.NotFound") },
    );
    const networkAclId = acl?.NetworkAclId ?? "";
    await making.created(networkAclId);
    // A new one denies everything, so the rules come before the subnets.
    await setEntries(aws, networkAclId, false, [], spec.ingress);
    await setEntries(aws, networkAclId, true, [], spec.egress);
    await making.until(async () => ((await moved(aws, spec.subnetIds, networkAclId)).length === 0 ? true : undefined));
    return { id: networkAclId, attrs: { networkAclId } };
  },

  async update(
    aws,
    { id, spec: { ingress = [], egress = [], subnetIds = [] } },
    spec,
    { addOnly = false } = { note: () => {} },
  ) {
    await setEntries(aws, id, false, ingress, spec.ingress);
    await setEntries(aws, id, true, egress, spec.egress);
    const [missing] = await moved(
      aws,
      spec.subnetIds.filter((subnet) => !subnetIds.includes(subnet)),
      id,
    );
    if (missing !== undefined) throw new Busy(`AWS does not tell yet which network ACL subnet ${missing} has.`);
    if (!addOnly)
      await released(
        aws,
        id,
        spec.vpcId,
        subnetIds.filter((subnet) => !spec.subnetIds.includes(subnet)),
      );
  },

  async delete(aws, { id: NetworkAclId, spec: { vpcId, subnetIds = [] } }) {
    await released(aws, NetworkAclId, vpcId, subnetIds);
    await aws.ec2(new DeleteNetworkAclCommand({ NetworkAclId }), { notYet: IN_USE });
  },
});

/** The names of the protocols that have ports, or types and codes (IANA, "Protocol Numbers"). */
const PROTOCOLS: Readonly<Record<string, string>> = { tcp: "6", udp: "17", icmp: "1", icmpv6: "58" };

/** A range that the apply has still to tell is no text yet. */
const isIpv6 = (cidr: unknown): boolean => typeof cidr === "string" && cidr.includes(":");

const nameOf = (protocol = "-1") =>
  Object.keys(PROTOCOLS).find((name) => PROTOCOLS[name] === protocol || name === protocol) ?? protocol;

const inOrder = (entries: readonly AclEntry[]): AclEntry[] =>
  entries
    .map((entry) => {
      const protocol = nameOf(entry.protocol);
      return protocol in PROTOCOLS ? { ...entry, protocol } : { ...entry, protocol, fromPort: -1, toPort: -1 };
    })
    .toSorted((one, other) => one.number - other.number);

/** The last rule of each direction, `*` in the console, which denies the rest: no one can change it, and IPv6 has one of its own. */
const isLast = ({ RuleNumber = 0 }: NetworkAclEntry) => RuleNumber > 32_766;

const ofDirection = ({ Entries = [] }: Acl, egress: boolean) =>
  Entries.filter((entry) => (entry.Egress ?? false) === egress && !isLast(entry));

/**
 * Rules for IPv4 are the stack's, whoever wrote them; those for IPv6 decide nothing in a VPC without IPv6, and are the stack's where it has
 * declared any.
 */
const entriesOf = (acl: Acl, egress: boolean, filtersIpv6: boolean): AclEntry[] =>
  inOrder(
    ofDirection(acl, egress)
      .filter(({ CidrBlock }) => filtersIpv6 || CidrBlock !== undefined)
      .map(({ RuleNumber = 0, RuleAction, Protocol, PortRange, IcmpTypeCode, CidrBlock, Ipv6CidrBlock }) => ({
        number: RuleNumber,
        action: RuleAction === "allow" ? "allow" : "deny",
        protocol: nameOf(Protocol),
        fromPort: PortRange?.From ?? IcmpTypeCode?.Type ?? -1,
        toPort: PortRange?.To ?? IcmpTypeCode?.Code ?? -1,
        cidr: CidrBlock ?? Ipv6CidrBlock ?? "",
      })),
  );

const unmanagedOf = (acl: Acl): string[] =>
  [false, true].flatMap((egress) =>
    ofDirection(acl, egress).flatMap(({ RuleNumber, Ipv6CidrBlock }) =>
      Ipv6CidrBlock === undefined ? [] : [`${egress ? "outbound" : "inbound"} rule ${RuleNumber} for ${Ipv6CidrBlock}`],
    ),
  );

/**
 * Writes the rules of one direction. Rules that shift by one number exist twice for a moment and never not at all: where a list grows, the
 * last is written first.
 */
async function setEntries(
  aws: Aws,
  NetworkAclId: string,
  Egress: boolean,
  now: readonly AclEntry[],
  wanted: readonly AclEntry[],
) {
  const notYet = notSeenYet("InvalidNetworkAclID.NotFound");
  const numbers = new Set(wanted.map(({ number }) => number));
  let stale = now.filter(({ number }) => !numbers.has(number));
  const removeStale = async () => {
    for (const { number: RuleNumber } of stale)
      await absent(
        aws.ec2(new DeleteNetworkAclEntryCommand({ NetworkAclId, RuleNumber, Egress })),
        "InvalidNetworkAclEntry.NotFound",
      );
    stale = [];
  };
  const write = async (entry: AclEntry, isThere: boolean) => {
    const input = { NetworkAclId, Egress, ...inputOf(entry) };
    const create = () => aws.ec2(new CreateNetworkAclEntryCommand(input), { notYet });
    const replace = () => aws.ec2(new ReplaceNetworkAclEntryCommand(input), { notYet });
    const [first, second] = isThere ? [replace, create] : [create, replace];
    try {
      await first();
    } catch (error) {
      // Written by a call whose response was lost, or changed outside Fairlead since.
      if (hasCode(error, "NetworkAclEntryAlreadyExists", "InvalidNetworkAclEntry.NotFound")) await second();
      else if (hasCode(error, "NetworkAclEntryLimitExceeded") && stale.length > 0) {
        await removeStale();
        await first();
      } else throw error;
    }
  };
  for (const entry of wanted.length < now.length ? wanted : wanted.toReversed()) {
    const old = now.find(({ number }) => number === entry.number);
    if (!old || !isSame(old, entry)) await write(entry, old !== undefined);
  }
  await removeStale();
}

const isSame = (one: AclEntry, other: AclEntry) =>
  (["action", "protocol", "fromPort", "toPort", "cidr"] as const).every((field) => one[field] === other[field]);

const inputOf = ({ number, action, protocol, fromPort, toPort, cidr }: AclEntry) => ({
  RuleNumber: number,
  RuleAction: action,
  Protocol: PROTOCOLS[protocol] ?? protocol,
  ...(isIpv6(cidr) ? { Ipv6CidrBlock: cidr } : { CidrBlock: cidr }),
  ...(protocol === "icmp" || protocol === "icmpv6"
    ? { IcmpTypeCode: { Type: fromPort, Code: toPort } }
    : protocol in PROTOCOLS
      ? { PortRange: { From: fromPort, To: toPort } }
      : {}),
});

/** The associations of subnets, by subnet: the id of each is another after every move. */
async function associationsOf(aws: Aws, subnetIds: readonly string[]) {
  const filter = { Name: "association.subnet-id", Values: [...subnetIds] };
  const found = (await acls.filtered(aws, [filter])).flatMap(({ Associations = [] }) => Associations);
  return new Map(found.map((one) => [one.SubnetId ?? "", one]));
}

/** Moves subnets to an ACL. Returns those of which AWS does not tell any ACL: they are new. */
async function moved(aws: Aws, subnetIds: readonly string[], NetworkAclId: string): Promise<string[]> {
  if (subnetIds.length === 0) return [];
  const associations = await associationsOf(aws, subnetIds);
  const missing: string[] = [];
  for (const subnetId of subnetIds) {
    const { NetworkAclAssociationId: AssociationId, NetworkAclId: current } = associations.get(subnetId) ?? {};
    if (current === NetworkAclId) continue;
    const done =
      AssociationId !== undefined &&
      (await absent(
        aws.ec2(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }), {
          notYet: notSeenYet("InvalidNetworkAclID.NotFound"),
        }),
        // It was moved in the meantime, or the list lags.
        "InvalidAssociationID.NotFound",
      ));
    if (!done) missing.push(subnetId);
  }
  return missing;
}

/** Gives subnets the default ACL of their VPC again; one that is gone, or was moved to another in the meantime, stays as it is. */
async function released(aws: Aws, id: string, vpcId: string | undefined, subnetIds: readonly string[]): Promise<void> {
  if (subnetIds.length === 0 || vpcId === undefined) return;
  const associations = await associationsOf(aws, subnetIds);
  const held = subnetIds.filter((subnetId) => associations.get(subnetId)?.NetworkAclId === id);
  if (held.length === 0) return;
  const [own] = await acls.filtered(aws, [
    { Name: "vpc-id", Values: [vpcId] },
    { Name: "default", Values: ["true"] },
  ]);
  if (own?.NetworkAclId !== undefined) await moved(aws, held, own.NetworkAclId);
}
