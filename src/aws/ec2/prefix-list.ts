// AWS publishes the addresses from which CloudFront calls an origin in a managed prefix list, with a different id in every region.
import { DescribeManagedPrefixListsCommand } from "@aws-sdk/client-ec2";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { SecurityGroupRules } from "./security-group-rules.ts";
import { groups } from "./security-group.ts";

const ORIGIN_FACING = "com.amazonaws.global.cloudfront.origin-facing";

/** The id of the prefix list with CloudFront's addresses, for a security group that allows only CloudFront. */
export async function originFacingPrefixList(aws: Aws): Promise<string> {
  const { PrefixLists = [] } = await aws.ec2(
    new DescribeManagedPrefixListsCommand({ Filters: [{ Name: "prefix-list-name", Values: [ORIGIN_FACING] }] }),
  );
  const id = PrefixLists.find(({ PrefixListName }) => PrefixListName === ORIGIN_FACING)?.PrefixListId;
  if (id === undefined)
    throw new Error(
      `AWS has no prefix list ${ORIGIN_FACING} in ${aws.region}, so the load balancer cannot be restricted to CloudFront there.`,
    );
  return id;
}

/** A resource as recorded in the state. */
export interface Remembered {
  readonly type: string;
  readonly id?: string;
  /** The spec that was applied last. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The rules of a stack without CDN, which may name prefix lists of the user's own. */
const OPEN_RULES = "security/open-rules";

/** The recorded resources of which one may name the list. */
export const ruled = <R extends Remembered>(resources: Readonly<Record<string, R>> = {}): R[] =>
  Object.entries(resources).flatMap(([id, one]) => (id === OPEN_RULES ? [] : [one]));

/**
 * The same id without a separate call if two independent sources agree on it: the state, which recorded the id when the stack's rules
 * were written, and EC2, where the security group with the recorded id and the stack's mark allows exactly that list. The
 * groups are read for the observation anyway. The id never changes: "You cannot create, modify, share, or delete an AWS-managed prefix
 * list" (VPC User Guide, "Prefix lists"). If the two differ, because of drift or a damaged state, the list is looked up
 * by name.
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

/** The prefix lists among the peers of recorded rules. */
const listsIn = (rules: unknown): string[] =>
  Array.isArray(rules)
    ? rules.flatMap((rule: { readonly peer?: unknown } | null) =>
        typeof rule?.peer === "string" && /^pl-[0-9a-f]+$/.test(rule.peer) ? [rule.peer] : [],
      )
    : [];
