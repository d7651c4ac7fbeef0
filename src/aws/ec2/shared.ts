import { CreateTagsCommand, DeleteTagsCommand, type Filter, type ResourceType, type Tag } from "@aws-sdk/client-ec2";
import type { Look, Making, Owned } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { answered } from "../answer.ts";
import { absent } from "../errors.ts";
import { ownedAmong } from "../owned.ts";
import { ownerOf, STACK_TAG, tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";

/**
 * For how many seconds a delete is retried while something that depends on the resource is still being deleted: Terraform's maximum
 * (terraform-provider-aws, internal/service/ec2: vpc_subnet.go and vpc_internet_gateway.go 20 min, vpc_security_group.go 15 min, vpc_.go
 * 5 min). The user is told at once what the delete waits for, and it does not wait for unmanaged resources (`unlessHeld`).
 */
export const IN_USE_FOR = 1_200;

/** EC2's error while something that depends on the resource is still being deleted. */
export const IN_USE: readonly NotYet[] = [{ code: "DependencyViolation", budget: IN_USE_FOR }];

/**
 * EC2's error while an IPv6 range is still in use: of a subnet by network interfaces, of a VPC by subnets (hashicorp/terraform-provider-aws#1519,
 * #29077: "InvalidCidrBlock.InUse").
 */
export const RANGE_IN_USE: readonly NotYet[] = [{ code: "InvalidCidrBlock.InUse", budget: IN_USE_FOR }];

/** A new resource that another EC2 call does not see yet: five minutes, Terraform's `ec2PropagationTimeout` (ec2/wait.go). */
export const notSeenYet = (...codes: string[]): readonly NotYet[] => codes.map((code) => ({ code, budget: 300 }));

/** Tags that are set in the create call itself. */
export const tagSpecifications = (type: ResourceType, tags: Tags) => [{ ResourceType: type, Tags: tagList(tags) }];

/**
 * The client token of a create. For a day, EC2 rejects a reused token with different parameters; so the ids of the resource's
 * dependencies are part of it, and a stack that is torn down and created again does not reuse its old tokens.
 * At most 64 characters with up to two ids.
 */
export const clientToken = (making: Pick<Making, "token">, ...ids: string[]) =>
  [making.token, ...ids.map((id) => id.slice(-12))].join("-");

/** A list in the canonical order of specs, since EC2 does not keep an order. */
export const sorted = (list: readonly string[] = []): string[] => list.toSorted();

/** The filter that lists a stack's own resources of one kind, also those tagged by Fairlead 0.1. */
export const ofStack = (aws: Aws): Filter[] => [{ Name: `tag:${STACK_TAG}`, Values: [aws.owner.name, aws.stack] }];

/**
 * Finds a resource: by the known id in the stack's own list, then by that id alone (its tags may have been
 * taken off outside Fairlead, and a VPC must not be created twice for that), then by the owner mark in the list.
 * A listed thing that is being deleted must not be in `list` nor in what `byId` returns.
 */
export async function find<T extends { Tags?: Tag[] | undefined }>(
  look: Look<object>,
  list: readonly T[],
  idOf: (item: T) => string | undefined,
  byId: (id: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { knownId, owner, formerOwner, excludeIds } = look;
  if (knownId !== undefined) {
    const known = list.find((item) => idOf(item) === knownId) ?? (await byId(knownId));
    if (known) return known;
  }
  const marked = list.filter((item) => !excludeIds.includes(idOf(item) ?? ""));
  const bearing = (mark: string | undefined) => marked.filter(({ Tags }) => ownerOf(tagsFrom(Tags)) === mark);
  // If two have the same mark, the one in the desired VPC and subnet: mixing two networks would replace half of each.
  const own = bearing(owner);
  const found = own.find((item) => liesIn(item, look.spec)) ?? own[0];
  return found ?? (formerOwner === undefined ? undefined : bearing(formerOwner)[0]);
}

/** Where a resource is, according to EC2. */
type Placed = Readonly<Record<"VpcId" | "SubnetId", unknown>> & {
  readonly Attachments?: readonly { VpcId?: string }[];
};

/** Whether a resource is in the desired VPC and subnet, as far as both are known. */
function liesIn(item: object, { vpcId, subnetId }: { readonly vpcId?: unknown; readonly subnetId?: unknown }): boolean {
  const { VpcId, SubnetId, Attachments } = item as Partial<Placed>;
  const at = VpcId ?? Attachments?.[0]?.VpcId;
  const same = (wanted: unknown, is: unknown) => typeof wanted !== "string" || is === undefined || wanted === is;
  return same(vpcId, at) && same(subnetId, SubnetId);
}

/** A resource by its id; `undefined` if AWS returns one of the codes `gone`. */
export async function findById<T>(
  id: string,
  idOf: (item: T) => string | undefined,
  asking: Promise<readonly T[] | undefined>,
  ...gone: readonly string[]
): Promise<T | undefined> {
  const list = await absent(
    asking.then((found) => found ?? []),
    ...gone,
  );
  if (!list) return undefined;
  return answered(
    id,
    list.find((item) => idOf(item) === id),
  );
}

/** The resources in the stack's list with its owner mark, for the sweep after a teardown. */
export const ownedIn = <T extends { Tags?: Tag[] | undefined }>(
  aws: Aws,
  list: readonly T[],
  idOf: (item: T) => string | undefined,
): Promise<Owned[]> =>
  ownedAmong(
    aws,
    list.map((item) => ({ id: idOf(item) ?? "", tags: async () => tagsFrom(item.Tags) })),
  );

/** Writes and removes tags so that the resource has `desired`. */
export async function changeTags(aws: Aws, id: string, desired: Tags, observed: Tags): Promise<void> {
  const { write, remove } = tagChanges(desired, observed);
  if (Object.keys(write).length > 0) await aws.ec2(new CreateTagsCommand({ Resources: [id], Tags: tagList(write) }));
  if (remove.length > 0)
    await aws.ec2(new DeleteTagsCommand({ Resources: [id], Tags: remove.map((Key) => ({ Key })) }));
}
