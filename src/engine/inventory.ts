import type { Plan } from "./action.ts";
import type { AnyKind, AnyObserved, Owned } from "./resource-kind.ts";
import { observeExactly, type World } from "./observe.ts";
import type { Snapshot } from "./snapshot.ts";

/** The input of an inventory. */
export interface Asking {
  /** Reads shared with everything else that is read at the same time. */
  readonly snapshot: Snapshot;
  /** The provider's ids of that kind that a teardown has handled; none in a plan. */
  readonly ids: (type: string) => readonly string[];
  /** Whether to look for owner tags of earlier versions too, which is needed where the state is incomplete. */
  readonly former: boolean;
  /** Whether the state records everything that the config declares of a kind, and is not incomplete. */
  readonly recorded: (type: string) => boolean;
  /** What this run deleted, as returned by `nameOf`: a lagging list still shows it. */
  readonly gone: ReadonlySet<string>;
  /** What it is for: the plan of a reconcile or of a teardown, or the receipt of a teardown, which says that nothing is left and so reads most. */
  readonly moment: "plan" | "teardown" | "receipt";
}

/** One resource in a list. */
export interface Found<Services> extends Owned {
  readonly kind: AnyKind<Services>;
}

/** The result of an inventory. It is only a hint, since lists lag behind creates and deletes. */
export interface Listing<Services> {
  readonly found: readonly Found<Services>[];
  /** Kinds that could not be listed, and why. */
  readonly unseen: readonly Unseen[];
  /** Sentences for the user, such as which permission is missing. */
  readonly notes: readonly string[];
}

/** A kind that could not be listed. */
export interface Unseen {
  readonly type: string;
  readonly error: unknown;
}

/** Lists the resources that have the stack's owner tags according to the provider, whatever the state records. */
export type Inventory<Services> = (services: Services, asking: Asking) => Promise<Listing<Services>>;

/** The inventory that uses each kind's own list, read once per snapshot. */
export const ownLists = <Services>(kinds: readonly AnyKind<Services>[]) =>
  listsOf<Services, AnyKind<Services>>(kinds, async (kind, services, { ids, snapshot }) => {
    const handled = ids(kind.type);
    const list = async () => (await kind.list?.(services, handled, snapshot)) ?? [];
    return snapshot.once(`list of ${[kind.type, ...handled].join(" ")}`, list);
  });

/** The inventory that uses one list for each kind. */
export const listsOf =
  <Services, Kind extends AnyKind<Services>>(
    kinds: readonly Kind[],
    list: (kind: Kind, services: Services, asking: Pick<Asking, "ids" | "snapshot">) => Promise<readonly Owned[]>,
  ) =>
  async (services: Services, asking: Pick<Asking, "ids" | "snapshot">): Promise<Listing<Services>> => {
    const unseen: Unseen[] = [];
    const lists = kinds.map(async (kind) => {
      try {
        return (await list(kind, services, asking)).map((one) => ({ ...one, kind }));
      } catch (error) {
        unseen.push({ type: kind.type, error });
        return [];
      }
    });
    return { found: (await Promise.all(lists)).flat(), unseen, notes: [] };
  };

/** A resource, by kind and provider id. */
export interface Thing {
  readonly type: string;
  readonly id: string;
}

export const nameOf = ({ type, id }: Thing) => `${type} ${id}`;

/** A resource that exists, under an id of its own in the run. */
export interface There<Services> {
  readonly id: string;
  /** The resource of the stack that its owner tags name; `undefined` if it has none. */
  readonly resource: string | undefined;
  /** Its owner tags are those of an earlier version, which alone prove nothing. */
  readonly former: boolean;
  readonly kind: AnyKind<Services>;
  readonly observed: AnyObserved;
  readonly thing: Thing;
}

/**
 * Whether the state records everything that a plan has of a kind. An incomplete one may lack what the config no longer has. Nothing is known of
 * kinds that the plan's own inventory could not list (`unseen`).
 */
export const recordedIn = <Services>(
  { actions, incomplete }: Pick<Plan<Services>, "actions" | "incomplete">,
  unseen: readonly Pick<Unseen, "type">[] = [],
): ((type: string) => boolean) =>
  incomplete
    ? () => false
    : (type) =>
        actions.every(({ kind, known }) => kind.type !== type || known?.id !== undefined) &&
        unseen.every((one) => one.type !== type);

/** Whether to look for owner tags of earlier versions: if the plan includes such a resource, or the state may lack some. */
export const asksFormer = <Services>(
  { owner }: World<Services>,
  { actions, incomplete }: Pick<Plan<Services>, "actions" | "incomplete">,
): boolean =>
  incomplete === true ||
  actions.some(({ observed }) => observed?.owner !== undefined && owner.formerly?.(observed.owner) !== undefined);

/** The result of an inventory after each find was observed. */
export interface Existing<Services> extends Omit<Listing<Services>, "found"> {
  readonly there: readonly There<Services>[];
}

/**
 * What the stack owns according to the inventory and really exists. Lists show deleted resources for a while, so each find is observed
 * before it is reported. Anything in `seen` is skipped.
 */
export async function takeInventory<Services>(
  world: World<Services>,
  inventory: Inventory<Services>,
  asking: Asking,
  seen: ReadonlySet<string> = new Set(),
): Promise<Existing<Services>> {
  const { owner, services } = world;
  const listing = await inventory(services, asking);
  const unseen = new Map(listing.unseen.map(({ type, error }) => [type, error]));
  const fresh = new Map<string, Found<Services>>();
  for (const one of listing.found) {
    const name = nameOf({ type: one.kind.type, id: one.id });
    if (!seen.has(name)) fresh.set(name, one);
  }
  const looked = [...fresh.values()].map(async ({ kind, id, owner: mark }): Promise<There<Services>[]> => {
    const { type } = kind;
    const resource = mark === undefined ? undefined : (owner.idOf(mark) ?? owner.formerly?.(mark));
    if (mark === undefined ? !asking.ids(type).includes(id) : resource === undefined) return [];
    try {
      // What this run has deleted itself is known to be on its way out of the lists.
      const known = asking.gone.has(nameOf({ type, id })) ? { id } : ({ id, direct: true } as const);
      const observed = await observeExactly(world, kind, resource ?? type, known, {}, asking.snapshot);
      if (!observed) return [];
      // A list may lag behind the tags too; the current observation shows the owner.
      const now = observed.owner;
      if (mark !== undefined && !kind.traits?.ownerless && (now === undefined || !isMarkOf(world, now, resource)))
        return [];
      const former = now !== undefined && owner.idOf(now) === undefined;
      // Several resources may have the same owner tags, so the provider's id tells them apart. A resource that cannot be tagged has those
      // of its parent.
      const own = `${resource ?? type}@${id}${kind.traits?.ownerless ? `/${type.slice(type.indexOf("/") + 1)}` : ""}`;
      return [{ id: own, resource, former, kind, observed, thing: { type, id } }];
    } catch (error) {
      unseen.set(type, error);
      return [];
    }
  });
  return {
    there: (await Promise.all(looked)).flat(),
    unseen: [...unseen].map(([type, error]) => ({ type, error })),
    notes: listing.notes,
  };
}

const isMarkOf = ({ owner }: Pick<World<never>, "owner">, mark: string, resource: string | undefined) =>
  (owner.idOf(mark) ?? owner.formerly?.(mark)) === resource;
