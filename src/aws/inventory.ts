import {
  listsOf,
  nameOf,
  ownLists,
  type Asking,
  type Found,
  type Inventory,
  type Listing,
} from "../engine/inventory.ts";
import type { AnyAwsKind, Aws } from "./aws.ts";
import { codeOf } from "./errors.ts";
import { kindOf } from "./kinds.ts";
import { isOfStack } from "./owned.ts";
import { taggedResources } from "./tagging.ts";
import { ownerOf } from "./tags.ts";

/**
 * The stack's inventory on AWS: the Resource Groups Tagging API covers most kinds in a call or two; kinds that it does not cover, or that
 * a service lists in a call or two without lag, are listed separately. If the API cannot be called, every kind's own list
 * is used instead.
 */
export const inventoryOf =
  (kinds: readonly AnyAwsKind[]): Inventory<Aws> =>
  async (aws, asking) => {
    const beside = kinds.filter(({ inventory, type }) => {
      // A user's kind that says nothing is listed every time: nothing else would find what is left of it.
      const lists = inventory === undefined && kindOf(type) === undefined ? "plan" : inventory?.lists;
      return lists !== undefined && isListed(lists, type, asking);
    });
    const others = kinds.filter((kind) => !beside.includes(kind));
    const [tagged, listed, made] = await Promise.all([
      hints(aws, kinds, asking).catch((error: unknown) => error),
      ownLists(beside)(aws, asking),
      untagged(asking.moment === "teardown" ? others : [])(aws, asking),
    ]);
    const own = merged(listed, made);
    if (Array.isArray(tagged)) return { ...own, found: [...own.found, ...(tagged as Found<Aws>[])] };
    return merged(own, await ownLists(others)(aws, asking), unasked(tagged));
  };

type Lists = NonNullable<NonNullable<AnyAwsKind["inventory"]>["lists"]>;

/** Whether a kind's own list is called, see `AwsKind.inventory`. */
function isListed(lists: Lists, type: string, { moment, recorded, ids }: Asking): boolean {
  if (lists === "plan") return true;
  if (moment === "plan") return lists === "stateless" && !recorded(type);
  if (moment === "teardown") return lists === "stateless" || !recorded(type);
  // The plan of this run listed them a moment ago: without one then, and without one that the run has handled, there is none to be left.
  return ids(type).length > 0 || !recorded(type);
}

/**
 * Sends the inventory's requests ahead, so that they are under way while the stack is observed: an inventory with the same snapshot takes
 * their responses, and reports their errors. `isComplete`: the state lacks nothing of an earlier one.
 */
export function startInventory(
  aws: Aws,
  kinds: readonly AnyAwsKind[],
  { snapshot, moment, isComplete }: Pick<Asking, "snapshot" | "moment"> & { readonly isComplete: boolean },
): void {
  taggedResources(aws, snapshot, !isComplete, taggedIn(kinds)).catch(() => {});
  if (moment === "teardown") void untagged(kinds)(aws, { ids: () => [], snapshot });
  if (isComplete && moment === "plan") return;
  const stateless = kinds.filter(({ inventory }) => inventory?.lists === "stateless");
  void ownLists(stateless)(aws, { ids: () => [], snapshot });
}

/** The services whose tags are read for users' kinds. */
const taggedIn = (kinds: readonly AnyAwsKind[]): string[] => kinds.flatMap(({ inventory }) => inventory?.tagged ?? []);

/** What the provider made for the stack without its tags. */
const untagged = (kinds: readonly AnyAwsKind[]) =>
  listsOf<Aws, AnyAwsKind>(kinds, async ({ inventory, type }, aws, { snapshot }) => {
    const read = async () => (await inventory?.untagged?.(aws, snapshot)) ?? [];
    return snapshot.once(`untagged of ${type}`, read);
  });

const merged = (one: Listing<Aws>, other: Listing<Aws>, ...notes: string[]): Listing<Aws> => ({
  found: [...one.found, ...other.found],
  unseen: [...one.unseen, ...other.unseen],
  notes: [...one.notes, ...other.notes, ...notes],
});

/** Candidates from the tagging API, which still lists deleted resources for a while. */
async function hints(
  aws: Aws,
  kinds: readonly AnyAwsKind[],
  { snapshot, gone, former }: Asking,
): Promise<Found<Aws>[]> {
  const all = await taggedResources(aws, snapshot, former, taggedIn(kinds));
  return all.flatMap(({ arn, tags }) => {
    const owner = ownerOf(tags);
    if (owner === undefined || !isOfStack(aws, owner)) return [];
    for (const kind of kinds) {
      const id = kind.inventory?.idIn?.(arn, aws);
      if (id !== undefined) return gone.has(nameOf({ type: kind.type, id })) ? [] : [{ id, owner, kind }];
    }
    return [];
  });
}

const unasked = (error: unknown) =>
  `The Resource Groups Tagging API could not be called (${codeOf(error) || "no response"}), so each service was listed instead, which takes more calls. Grant tag:GetResources to the credentials that run Fairlead.`;
