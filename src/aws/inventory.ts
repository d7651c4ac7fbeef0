import { ownLists, nameOf, type Asking, type Found, type Inventory, type Listing } from "../engine/inventory.ts";
import type { Aws, AwsKind } from "./aws.ts";
import { codeOf } from "./errors.ts";
import { isOfStack } from "./owned.ts";
import { taggedResources } from "./tagging.ts";
import { ownerOf } from "./tags.ts";

/** A kind, whatever its spec. */
// oxlint-disable-next-line typescript/no-explicit-any -- as AnyKind
type AnyAwsKind = AwsKind<any, any>;

/**
 * The stack's inventory on AWS: the Resource Groups Tagging API answers for most kinds in a call or two; what it does not cover, and what
 * a call or two of a service's own tells without its lag, is listed beside it. Where the API cannot be asked, every kind's own list
 * stands in for it.
 */
export const inventoryOf =
  (kinds: readonly AnyAwsKind[]): Inventory<Aws> =>
  async (aws, asking) => {
    const beside = kinds.filter(({ inventory, type }) => {
      const lists = inventory?.lists;
      if (asking.moment === "teardown") return lists !== undefined;
      return lists === "plan" || (lists === "stateless" && !asking.recorded(type));
    });
    const [tagged, listed] = await Promise.all([
      hints(aws, kinds, asking).catch((error: unknown) => error),
      ownLists(beside)(aws, asking),
    ]);
    if (Array.isArray(tagged)) return { ...listed, found: [...listed.found, ...(tagged as Found<Aws>[])] };
    const rest = await ownLists(kinds.filter((kind) => !beside.includes(kind)))(aws, asking);
    return merged(listed, rest, unasked(tagged));
  };

const merged = (one: Listing<Aws>, other: Listing<Aws>, note: string): Listing<Aws> => ({
  found: [...one.found, ...other.found],
  unseen: [...one.unseen, ...other.unseen],
  notes: [...one.notes, ...other.notes, note],
});

/** What the tagging API tells, as far as it may be so: it goes on naming what is gone. */
async function hints(
  aws: Aws,
  kinds: readonly AnyAwsKind[],
  { snapshot, gone, former }: Asking,
): Promise<Found<Aws>[]> {
  const all = await taggedResources(aws, snapshot, former);
  return all.flatMap(({ arn, tags }) => {
    const owner = ownerOf(tags);
    if (owner === undefined || !isOfStack(aws, owner)) return [];
    for (const kind of kinds) {
      const id = kind.inventory?.idIn?.(arn);
      if (id !== undefined) return gone.has(nameOf({ type: kind.type, id })) ? [] : [{ id, owner, kind }];
    }
    return [];
  });
}

const unasked = (error: unknown) =>
  `The Resource Groups Tagging API could not be asked (${codeOf(error) || "no answer"}), so the services' own lists were read, which takes more calls. Allow tag:GetResources to whoever runs Fairlead.`;
