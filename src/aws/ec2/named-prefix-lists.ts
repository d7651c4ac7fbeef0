// A prefix list belongs to one region, and a rule that names it counts as the most entries that the list can have, however many it has.
import { DescribeManagedPrefixListsCommand, type ManagedPrefixList } from "@aws-sdk/client-ec2";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import type { NetworkFindings } from "./existing-network.ts";
import { everyPage } from "../pages.ts";

/**
 * Inbound rules of a security group, where a prefix list counts as its maximum number of entries. A quota that can be raised (Amazon VPC User Guide,
 * "Amazon VPC quotas").
 */
const MOST_RULES = 60;

/** What lets users reach a load balancer. */
export interface NamedSources {
  /** Ranges, and ids of prefix lists. */
  readonly sources: readonly string[];
  readonly ports: number;
  /** Whether the load balancer has IPv6 addresses. */
  readonly hasIpv6: boolean;
}

const SETTING = "balancer.allowFrom";

/** Why AWS would refuse rules that name these sources, or would let nobody in by them, one sentence each. Read-only. */
export async function checkedPrefixLists(
  aws: Aws,
  { sources, ports, hasIpv6 }: NamedSources,
): Promise<NetworkFindings> {
  const ids = sources.filter((source) => source.startsWith("pl-"));
  if (ids.length === 0) return { problems: [], notes: [] };
  // By filter, not by id: a missing id would fail the whole call.
  const lists = await everyPage(async (NextToken) => {
    const page = await aws.ec2(
      new DescribeManagedPrefixListsCommand({ Filters: [{ Name: "prefix-list-id", Values: ids }], NextToken }),
    );
    return { items: page.PrefixLists, next: page.NextToken };
  });
  const found = new Map(lists.map((list) => [list.PrefixListId, list]));
  return {
    problems: ids.flatMap((id) => problemOf(aws, id, found.get(id), hasIpv6) ?? []),
    // Whether the account's quota was raised only another service can tell.
    notes: tooMany(sources, ports, found),
  };
}

function problemOf(aws: Aws, id: string, list: ManagedPrefixList | undefined, hasIpv6: boolean): string | undefined {
  if (!list)
    return `${SETTING}: there is no prefix list ${id} in ${aws.region}, or it is not shared with account ${aws.account}. A load balancer can only use lists of its own region. To see those: ${awsCommand(["ec2", "describe-managed-prefix-lists"], aws)}`;
  if (list.State?.endsWith("-failed") === true || list.State?.startsWith("delete-") === true)
    return `${SETTING}: prefix list ${id} is ${list.State}${list.StateMessage ? ` (${list.StateMessage})` : ""}.`;
  if (list.AddressFamily === "IPv6" && !hasIpv6)
    return `${SETTING}: prefix list ${id} has IPv6 addresses, and the load balancer has IPv4 addresses only. Name a list with IPv4 addresses, or give the load balancer IPv6 addresses: with network.ipv6, and an IPv6 range in ${SETTING}.`;
  return undefined;
}

function tooMany(
  sources: readonly string[],
  ports: number,
  lists: ReadonlyMap<string | undefined, ManagedPrefixList>,
): string[] {
  const weights = sources.map((source) => ({ source, weight: lists.get(source)?.MaxEntries ?? 1 }));
  const all = ports * weights.reduce((sum, { weight }) => sum + weight, 0);
  if (all <= MOST_RULES) return [];
  const heavy = weights
    .filter(({ weight }) => weight > 1)
    .map(({ source, weight }) => `${source} for ${weight}`)
    .join(", ");
  const where = ports === 1 ? "" : ` on ${ports} ports`;
  return [
    `${SETTING}: its ${sources.length === 1 ? "entry counts" : `${sources.length} entries count`} as ${all} rules${where}, and AWS refuses more than ${MOST_RULES} in a security group unless its quota "Inbound or outbound rules per security group" was raised for this account. A prefix list counts as its maximum number of entries, however many it has: ${heavy}.`,
  ];
}
