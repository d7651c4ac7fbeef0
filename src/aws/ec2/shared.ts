import { CreateTagsCommand, DeleteTagsCommand, type Filter, type ResourceType, type Tag } from "@aws-sdk/client-ec2";
import type { Look, Making, Owned } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { answered } from "../answer.ts";
import { absent } from "../errors.ts";
import { ownedAmong } from "../owned.ts";
import { ownerOf, STACK_TAG, tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";

/**
 * For how many seconds a delete is tried while something that depends on the resource is still going away: what Terraform allows at most
 * (terraform-provider-aws, internal/service/ec2: vpc_subnet.go and vpc_internet_gateway.go 20 min, vpc_security_group.go 15 min, vpc_.go
 * 5 min). Who waits that long is told at once what for, and is not made to wait for what others put there (`unlessHeld`).
 */
export const IN_USE_FOR = 1_200;

/** What answers while something that depends on the resource is still going away. */
export const IN_USE: readonly NotYet[] = [{ code: "DependencyViolation", budget: IN_USE_FOR }];

/** A resource that was just made and that another EC2 call does not see yet: five minutes, Terraform's `ec2PropagationTimeout` (ec2/wait.go). */
export const notSeenYet = (...codes: string[]): readonly NotYet[] => codes.map((code) => ({ code, budget: 300 }));

/** Tags that go on in the create call itself. */
export const tagSpecifications = (type: ResourceType, tags: Tags) => [{ ResourceType: type, Tags: tagList(tags) }];

/**
 * The client token of a create. EC2 refuses a token that comes again with other parameters, for a day; so the ids that the
 * resource is made from are part of it, and a stack that is taken down and made again at once does not meet its old tokens.
 * At most 64 characters with up to two ids.
 */
export const clientToken = (making: Pick<Making, "token">, ...ids: string[]) =>
  [making.token, ...ids.map((id) => id.slice(-12))].join("-");

/** A list in the order in which specs keep it, where EC2 keeps none. */
export const sorted = (list: readonly string[] = []): string[] => list.toSorted();

/** The filter that lists a stack's own resources of one kind, also those that Fairlead 0.1 marked. Their tags tell the rest. */
export const ofStack = (aws: Aws): Filter[] => [{ Name: `tag:${STACK_TAG}`, Values: [aws.owner.name, aws.stack] }];

/**
 * The one resource that is looked for: by the known id in the stack's own list, then by that id alone (its tags may have been
 * taken off outside Fairlead, and a VPC must not be made twice for that), then by the owner mark in the list.
 * A listed thing that is on its way out must be left out of `list` and of what `byId` answers.
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
  // Where two bear one mark, the one that lies where it is to lie: whoever mixed two networks would replace half of each.
  const own = bearing(owner);
  const found = own.find((item) => liesIn(item, look.spec)) ?? own[0];
  return found ?? (formerOwner === undefined ? undefined : bearing(formerOwner)[0]);
}

/** What EC2 says of where something lies. */
type Placed = Readonly<Record<"VpcId" | "SubnetId", unknown>> & {
  readonly Attachments?: readonly { VpcId?: string }[];
};

/** Whether something lies in the VPC and the subnet that are wanted, as far as both are told. */
function liesIn(item: object, { vpcId, subnetId }: { readonly vpcId?: unknown; readonly subnetId?: unknown }): boolean {
  const { VpcId, SubnetId, Attachments } = item as Partial<Placed>;
  const at = VpcId ?? Attachments?.[0]?.VpcId;
  const same = (wanted: unknown, is: unknown) => typeof wanted !== "string" || is === undefined || wanted === is;
  return same(vpcId, at) && same(subnetId, SubnetId);
}

/** The one thing that AWS was asked for by its id; `undefined` where it says with one of `gone` that there is none. */
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

/** What of the stack's own list bears its owner mark, for the sweep after a teardown. */
export const ownedIn = <T extends { Tags?: Tag[] | undefined }>(
  aws: Aws,
  list: readonly T[],
  idOf: (item: T) => string | undefined,
): Promise<Owned[]> =>
  ownedAmong(
    aws,
    list.map((item) => ({ id: idOf(item) ?? "", tags: async () => tagsFrom(item.Tags) })),
  );

/** Writes and removes tags so that the resource bears `desired`. */
export async function changeTags(aws: Aws, id: string, desired: Tags, observed: Tags): Promise<void> {
  const { write, remove } = tagChanges(desired, observed);
  if (Object.keys(write).length > 0) await aws.ec2(new CreateTagsCommand({ Resources: [id], Tags: tagList(write) }));
  if (remove.length > 0)
    await aws.ec2(new DeleteTagsCommand({ Resources: [id], Tags: remove.map((Key) => ({ Key })) }));
}
