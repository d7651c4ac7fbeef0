import type { Plan } from "./action.ts";
import type { AnyKind, AnyObserved, Owned } from "./resource-kind.ts";
import { observeExactly, type World } from "./observe.ts";
import type { Snapshot } from "./snapshot.ts";

/** What an inventory is asked with. */
export interface Asking {
  /** Reads shared with whatever else is read at the same time. */
  readonly snapshot: Snapshot;
  /** The provider's ids of that kind that a teardown dealt with; none at a plan. */
  readonly ids: (type: string) => readonly string[];
  /** Whether what an earlier version marked is asked for too: where no state tells of it. */
  readonly former: boolean;
  /** Whether the state knows all that the config declares of a kind. */
  readonly recorded: (type: string) => boolean;
  /** What a run saw go, as `nameOf` tells it: a list that lags goes on naming it. */
  readonly gone: ReadonlySet<string>;
  /** A plan asks what costs little; a teardown, which says that nothing is left, asks more. */
  readonly moment: "plan" | "teardown";
}

/** One resource that a list names. */
export interface Found<Services> extends Owned {
  readonly kind: AnyKind<Services>;
}

/** What an inventory answers: hints, since lists lag behind creates and deletes. */
export interface Listing<Services> {
  readonly found: readonly Found<Services>[];
  /** Kinds that could not be listed, and why not. */
  readonly unseen: readonly Unseen[];
  /** Sentences for the user, such as which permission is missing. */
  readonly notes: readonly string[];
}

/** A kind of which nobody can say what there is of it. */
export interface Unseen {
  readonly type: string;
  readonly error: unknown;
}

/** Lists what bears the stack's owner mark by the word of the provider, whatever the state says. */
export type Inventory<Services> = (services: Services, asking: Asking) => Promise<Listing<Services>>;

/** The inventory that asks every kind for its own list. */
export const ownLists =
  <Services>(kinds: readonly AnyKind<Services>[]): Inventory<Services> =>
  async (services, { ids, snapshot }) => {
    const unseen: Unseen[] = [];
    const lists = kinds.map(async (kind) => {
      try {
        const owned = (await kind.list?.(services, ids(kind.type), snapshot)) ?? [];
        return owned.map((one) => ({ ...one, kind }));
      } catch (error) {
        unseen.push({ type: kind.type, error });
        return [];
      }
    });
    return { found: (await Promise.all(lists)).flat(), unseen, notes: [] };
  };

/** One resource, by its kind's type and the provider's id. */
export interface Thing {
  readonly type: string;
  readonly id: string;
}

export const nameOf = ({ type, id }: Thing) => `${type} ${id}`;

/** One that is there, under a name of its own in the run. */
export interface There<Services> {
  readonly id: string;
  /** The resource of the stack whose mark it bears; `undefined` where it bears none. */
  readonly resource: string | undefined;
  /** It bears the mark as an earlier version wrote it, which alone proves nothing. */
  readonly former: boolean;
  readonly kind: AnyKind<Services>;
  readonly observed: AnyObserved;
  readonly thing: Thing;
}

/** Whether the state knows all that a plan has of a kind. */
export const recordedIn =
  <Services>({ actions }: Pick<Plan<Services>, "actions">) =>
  (type: string): boolean =>
    actions.every(({ kind, known }) => kind.type !== type || known?.id !== undefined);

/** Whether to ask for what an earlier version marked: where some of that is in the plan, or where no state tells of anything. */
export const asksFormer = <Services>(
  { owner }: World<Services>,
  { actions }: Pick<Plan<Services>, "actions">,
): boolean =>
  actions.every(({ known }) => known === undefined) ||
  actions.some(({ observed }) => observed?.owner !== undefined && owner.formerly?.(observed.owner) !== undefined);

/** What an inventory came to, once every find was looked at. */
export interface Existing<Services> extends Omit<Listing<Services>, "found"> {
  readonly there: readonly There<Services>[];
}

/**
 * What the stack owns by the word of the inventory and is really there: lists go on showing for a while what is gone, so nothing is said
 * of a find before it was observed. What is `seen` already is not asked for again, and left out.
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
      const observed = await observeExactly(world, kind, resource ?? type, { id }, {}, asking.snapshot);
      if (!observed) return [];
      // A list may lag behind the tags too: what is there now tells whose it is.
      const now = observed.owner;
      if (mark !== undefined && !kind.traits?.ownerless && (now === undefined || !isMarkOf(world, now, resource)))
        return [];
      const former = now !== undefined && owner.idOf(now) === undefined;
      // Several may bear one mark, so the provider's id tells them apart; what cannot be marked bears that of what it belongs to.
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
