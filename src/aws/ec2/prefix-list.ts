// AWS keeps the addresses from which CloudFront calls an origin in a list of its own, under another id in every region.
import { DescribeManagedPrefixListsCommand } from "@aws-sdk/client-ec2";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { SecurityGroupRules } from "./security-group-rules.ts";
import { groups } from "./security-group.ts";

const ORIGIN_FACING = "com.amazonaws.global.cloudfront.origin-facing";

/** The id of the prefix list that holds CloudFront's own addresses, for a group that lets nobody else in. */
export async function originFacingPrefixList(aws: Aws): Promise<string> {
  const { PrefixLists = [] } = await aws.ec2(
    new DescribeManagedPrefixListsCommand({ Filters: [{ Name: "prefix-list-name", Values: [ORIGIN_FACING] }] }),
  );
  const id = PrefixLists.find(({ PrefixListName }) => PrefixListName === ORIGIN_FACING)?.PrefixListId;
  if (id === undefined)
    throw new Error(
      `AWS has no prefix list ${ORIGIN_FACING} in ${aws.region}, so the load balancer cannot be closed to everybody but CloudFront there.`,
    );
  return id;
}

/** What the state remembers of a resource. */
export interface Remembered {
  readonly type: string;
  readonly id?: string;
  /** What was applied last. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The same id without a call of its own, where two that do not know of each other say it: the state, which remembers what was looked up
 * when the stack's rules were written, and EC2, whose group of the state's id and with the stack's mark lets exactly that list in now. The
 * groups are read for the observation in any case. AWS keeps the id: "You cannot create, modify, share, or delete an AWS-managed prefix
 * list" (VPC User Guide, "Prefix lists"). Where the two do not say the same, which is drift or a damaged state, AWS is asked
 * by the list's name.
 */
export async function originFacingPrefixListOf(
  aws: Aws,
  snapshot: Snapshot,
  remembered: readonly Remembered[],
): Promise<string> {
  const rules = remembered.filter(({ type }) => type === SecurityGroupRules.type);
  const applied = rules.flatMap(({ id, spec }) => listsIn(spec["ingress"]).map((list) => ({ id, list })));
  const [one, ...others] = applied;
  if (!one || others.length > 0) return originFacingPrefixList(aws);
  const group = (await groups.ofStack(aws, snapshot)).find(({ GroupId }) => GroupId === one.id);
  const live = group?.IpPermissions?.flatMap(({ PrefixListIds = [] }) => PrefixListIds) ?? [];
  const stands = live.length === 1 && live[0]?.PrefixListId === one.list;
  return stands ? one.list : originFacingPrefixList(aws);
}

/** The prefix lists among the peers of remembered rules. */
const listsIn = (rules: unknown): string[] =>
  Array.isArray(rules)
    ? rules.flatMap((rule: { readonly peer?: unknown } | null) =>
        typeof rule?.peer === "string" && /^pl-[0-9a-f]+$/.test(rule.peer) ? [rule.peer] : [],
      )
    : [];
