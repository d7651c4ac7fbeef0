import { AddTagsCommand, DescribeTagsCommand, RemoveTagsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Look, Owned } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { ownerOf, tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";
import { readTogether } from "../together.ts";

/** Settings that AWS keeps as a list of keys and values. */
export type Attributes = Readonly<Record<string, string>>;

/**
 * DescribeTags and DescribeLoadBalancers accept this many ARNs (botocore elbv2: "up to 20 ... in a single call"). DescribeTargetGroups
 * documents no limit, so it is sent no more either.
 */
export const AT_ONCE = 20;

const ABSENT = ["LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound", "RuleNotFound"];

/** A new resource that the next call does not see yet. */
export const notSeenYet = (...codes: string[]): readonly NotYet[] => codes.map((code) => ({ code, budget: 60 }));

/** Whether a known id has the form of an ARN. */
export const isArn = (id: string | undefined): id is string => id?.startsWith("arn:") ?? false;

/** Sorts a field that AWS keeps unordered; a value that is not known yet is returned unchanged. */
export const sorted = (list: string[]): string[] => (Array.isArray(list) ? list.toSorted() : list);

/**
 * Requests the tags of a resource with a known ARN before anything else is read, so that all load balancers, target groups,
 * listeners and rules of a stack share one DescribeTags.
 */
export function askForTags(aws: Aws, look: Look<object>): void {
  // A failure is thrown to the caller that awaits the result.
  if (isArn(look.knownId)) tagsOf(aws, look.snapshot, look.knownId).catch(() => {});
}

/** The tags of one resource. */
export const tagsOf = async (aws: Aws, snapshot: Snapshot, arn: string): Promise<Tags> =>
  (await tagsIfThere(aws, snapshot, arn)) ?? {};

/** The same, but `undefined` where there is no such resource. */
export async function tagsIfThere(aws: Aws, snapshot: Snapshot, arn: string): Promise<Tags | undefined> {
  const read = async (arns: string[]) => {
    const { TagDescriptions: found = [] } = await aws.elb(new DescribeTagsCommand({ ResourceArns: arns }));
    return new Map(found.map(({ ResourceArn = "", Tags: list }) => [ResourceArn, tagsFrom(list)]));
  };
  return snapshot.batch("elb/tags", arn, AT_ONCE, (arns) => readTogether(arns, read, ...ABSENT));
}

/**
 * The stack's own load balancers or target groups: no list returns tags, so tags are read only for resources
 * whose name has the stack's prefix.
 */
export function ownedIn<T>(
  aws: Aws,
  all: readonly T[],
  nameOf: (item: T) => string | undefined,
  arnOf: (item: T) => string | undefined,
): Promise<Owned[]> {
  const snapshot = new Snapshot();
  const ids = all.filter((item) => namedAfter(aws.stack, nameOf(item))).map((item) => arnOf(item) ?? "");
  return ownedAmong(
    aws,
    ids.map((id) => ({ id, tags: () => tagsOf(aws, snapshot, id) })),
  );
}

/** Finds a resource among its siblings: by known id, else by owner tags, else by its unique fields. */
export async function findAmong<T>(
  aws: Aws,
  look: Look<object>,
  siblings: readonly T[],
  arnOf: (item: T) => string | undefined,
  unique: (item: T) => boolean,
): Promise<T | undefined> {
  const known = siblings.find((item) => look.knownId !== undefined && arnOf(item) === look.knownId);
  if (known) return known;
  const candidates = siblings.filter((item) => !look.excludeIds.includes(arnOf(item) ?? ""));
  const owners = await Promise.all(
    candidates.map(async (item) => ownerOf(await tagsOf(aws, look.snapshot, arnOf(item) ?? ""))),
  );
  const bearing = (mark: string | undefined) => candidates.find((_, at) => mark !== undefined && owners[at] === mark);
  return bearing(look.owner) ?? bearing(look.formerOwner) ?? candidates.find(unique);
}

/** Writes and removes tags so that the resource has `desired`. */
export async function changeTags(aws: Aws, arn: string, desired: Tags, observed: Tags): Promise<void> {
  const { write, remove } = tagChanges(desired, observed);
  if (Object.keys(write).length > 0) await aws.elb(new AddTagsCommand({ ResourceArns: [arn], Tags: tagList(write) }));
  if (remove.length > 0) await aws.elb(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys: remove }));
}

/** Attributes from AWS's list; omitted ones have their default. */
export const attributesFrom = (
  list: readonly { Key?: string | undefined; Value?: string | undefined }[] = [],
  defaults: Attributes,
): Attributes => ({ ...defaults, ...Object.fromEntries(list.map(({ Key = "", Value = "" }) => [Key, Value])) });

/** The attributes to write to turn `observed` into `desired`; attributes that are no longer declared go back to AWS's default. */
export function attributeChanges(desired: Attributes, observed: Attributes, defaults: Attributes) {
  const dropped = Object.keys(observed).filter((key) => !(key in desired) && key in defaults);
  const wanted = { ...Object.fromEntries(dropped.map((key) => [key, defaults[key] ?? ""])), ...desired };
  return tagList(Object.fromEntries(Object.entries(wanted).filter(([key, value]) => observed[key] !== value)));
}

/**
 * Unmanaged attributes: not declared, and not AWS's default. Attributes that Fairlead does not know count if they are
 * enabled.
 */
export const foreignAttributes = (observed: Attributes, declared: Attributes = {}, defaults: Attributes): string[] =>
  Object.entries(observed)
    .filter(([key, value]) => !(key in declared) && value !== (defaults[key] ?? (OFF.has(value) ? value : undefined)))
    .map(([key, value]) => `attributes.${key} ${value}`);

const OFF: ReadonlySet<string> = new Set(["", "false", "off", "0"]);

/** The unmanaged siblings of a resource, in a few words each. */
export async function foreignAmong<T>(
  aws: Aws,
  look: Look<object>,
  siblings: readonly T[],
  arnOf: (item: T) => string | undefined,
  words: (item: T) => string,
): Promise<string[]> {
  const others = siblings.filter((item) => arnOf(item) !== look.knownId);
  const owners = await Promise.all(
    others.map(async (item) => ownerOf(await tagsOf(aws, look.snapshot, arnOf(item) ?? ""))),
  );
  return others.filter((_, index) => owners[index] === undefined).map(words);
}
