import type { ApplyContext } from "./apply-context.ts";
import { apply } from "./apply.ts";
import { needsOf, type Action, type Leftover, type Plan } from "./action.ts";
import {
  asksFormer,
  nameOf,
  recordedIn,
  takeInventory,
  type Asking,
  type Existing,
  type Inventory,
  type There,
  type Thing,
  type Unseen,
} from "./inventory.ts";
import type { World } from "./observe.ts";
import type { AnyObserved, Seen } from "./resource-kind.ts";
import { removal } from "./plan.ts";
import { Snapshot } from "./snapshot.ts";
import { LISTED_FOR, longer } from "./until-unlisted.ts";

/** What a teardown did with a resource, as far as the sweep needs it. */
export interface DealtWith extends Thing {
  /** Why it was not deleted, if it was not. */
  readonly failure: string | undefined;
}

/** A resource that still exists. */
export interface Left extends Thing {
  readonly why: string;
}

/** What exists after a teardown and its sweep: nothing, if `left` and `unseen` are empty. */
export interface Receipt {
  /** Resources that the teardown did not know of and the sweep deleted. */
  readonly swept: readonly Thing[];
  readonly left: readonly Left[];
  /** Kinds that could not be listed, so that leftovers are possible. */
  readonly unseen: readonly Unseen[];
}

/** How many times a resource that reappears after a delete (something recreates it) is deleted again. */
const ROUNDS = 3;

/**
 * The teardown plan with everything else that the stack owns according to AWS, in dependency order; and the kinds that could not be listed.
 * Changes nothing.
 */
export async function strays<Services>(
  world: World<Services>,
  inventory: Inventory<Services>,
  plan: Plan<Services>,
  snapshot: Snapshot = new Snapshot(),
): Promise<{ plan: Plan<Services> } & Pick<Existing<Services>, "unseen" | "notes">> {
  const planned = [...plan.actions, ...plan.old].flatMap(({ kind, observed }) =>
    observed ? [{ type: kind.type, id: observed.id }] : [],
  );
  const asking = {
    snapshot,
    ids: () => [],
    moment: "teardown",
    gone: new Set<string>(),
    former: asksFormer(world, plan),
    recorded: recordedIn(plan),
  } as const;
  const { there, unseen, notes } = await takeInventory(world, inventory, asking, new Set(planned.map(nameOf)));
  const [ours, unsure] = [there.filter(({ former }) => !former), there.filter(({ former }) => former)];
  return { plan: { ...plan, actions: deletions(ours, plan.actions), leftovers: unsure.map(unproven) }, unseen, notes };
}

/** The provider's ids that a run handles, by kind. */
const idsOf = (things: readonly Thing[]) => (wanted: string) =>
  things.flatMap(({ type, id }) => (type === wanted ? [id] : []));

/** Resources whose owner tags are not specific enough. */
export const unproven = <Services>({ thing }: There<Services>): Leftover => ({
  ...thing,
  why: "has owner tags of an earlier Fairlead version, which do not identify its stack: adopt it, or delete it by hand if it is unused",
});

/**
 * Deletes everything that the stack still owns after a teardown, by owner tags, whatever the state records. Failed deletes of the teardown
 * are not retried, and an untagged resource with one of our names is only ours if the teardown itself has just handled it. `recorded`: as in
 * `Asking`, of the state before the teardown. Never throws for what cannot be listed or deleted: the receipt reports it.
 */
export async function sweep<Services>(
  ctx: ApplyContext<Services>,
  inventory: Inventory<Services>,
  dealtWith: readonly DealtWith[],
  recorded: Asking["recorded"] = () => false,
): Promise<Receipt> {
  const failures = new Map<string, string>();
  for (const { failure, ...what } of dealtWith) if (failure !== undefined) failures.set(nameOf(what), failure);
  const gone = new Set(dealtWith.filter(({ failure }) => failure === undefined).map(nameOf));
  const tried = new Map<string, Thing>();
  const listedUntil = ctx.clock.now() + LISTED_FOR;
  let pause = 0;
  for (let round = 1; ;) {
    const asking = {
      snapshot: new Snapshot(),
      ids: idsOf(dealtWith),
      moment: "receipt",
      gone,
      former: false,
      recorded,
    } as const;
    const existing = await takeInventory(ctx, inventory, asking);
    const { unseen } = existing;
    const there = existing.there.filter(({ former }) => !former);
    const all = there.filter(({ thing }) => !failures.has(nameOf(thing)));
    // A resource that AWS reported as deleted, and whose id is never reused, is only still listed: wait for the list instead of deleting it
    // again.
    const lags = ({ kind, thing }: There<Services>) => kind.timing?.listed !== undefined && gone.has(nameOf(thing));
    const open = all.filter((one) => !lags(one) || ctx.clock.now() >= listedUntil);
    if (open.length === 0 && all.length > 0 && !ctx.stop?.aborted) {
      pause = longer(pause);
      await ctx.clock.sleep(pause, ctx.stop).catch(() => {});
      continue;
    }
    if (open.length === 0 || round > ROUNDS || ctx.stop?.aborted) {
      const why = ctx.stop?.aborted ? "the run was stopped" : "it reappears every time it is deleted";
      const left = there.map(({ thing }) => ({ ...thing, why: failures.get(nameOf(thing)) ?? why }));
      const names = new Set(left.map(nameOf));
      return { swept: [...tried.values()].filter((thing) => !names.has(nameOf(thing))), left, unseen };
    }
    for (const { thing } of open) tried.set(nameOf(thing), thing);
    const { tasks, outcomes } = await apply(ctx, { actions: deletions(open), old: [], problems: [] });
    for (const { key, action } of tasks) {
      const outcome = outcomes.get(key);
      const failure = outcome?.state === "failed" ? messageOf(outcome.error) : outcome?.why;
      const name = `${action.kind.type} ${action.observed?.id}`;
      if (failure === undefined) gone.add(name);
      else failures.set(name, failure);
    }
    round++;
  }
}

/** Their deletions in addition to those in `planned`, ordered by which resource's settings contain which id. */
export function deletions<Services>(
  there: readonly There<Services>[],
  planned: readonly Action<Services>[] = [],
): Action<Services>[] {
  const added = there.map(({ id, kind, observed }) => ({
    ...removal(id, kind, observed, undefined, undefined, whyOf(observed)),
    unaccounted: true as const,
  }));
  const all = [...planned, ...added];
  const isAdded = new Set<Action<Services>>(added);
  const uses = new Map<string, string[]>();
  for (const user of all) {
    const texts = settingsOf(user);
    // The order among planned resources is known.
    const others = (isAdded.has(user) ? all : added).filter((other) => other !== user);
    const used = others.filter((other) => namesOf(other).some((name) => texts.has(name)) || isMadeFor(other, user));
    uses.set(user.id, [...needsOf(user).map(({ to }) => to), ...used.map(({ id }) => id)]);
  }
  const leadsTo = (from: string, to: string, been = new Set<string>()): boolean =>
    from === to || (!been.has(from) && (uses.get(from) ?? []).some((next) => leadsTo(next, to, been.add(from))));
  return all.map((action) => {
    const { id, observed } = action;
    const own = needsOf(action);
    // If they refer to each other in a cycle, no order is right: each is tried, and deleted once the others allow it.
    const more = (uses.get(id) ?? []).filter((to) => !own.some((need) => need.to === to) && !leadsTo(to, id));
    return !observed || more.length === 0 ? action : { ...action, uses: more };
  });
}

const whyOf = ({ madeBy }: AnyObserved) =>
  madeBy === undefined ? "has this stack's owner tags but is not in the state" : `created by ${madeBy} for this stack`;

/** Whether the provider created `one` for `user`, which its attributes name: until that is gone it would create it again. */
function isMadeFor<Services>({ observed: one }: Action<Services>, { observed: user }: Action<Services>): boolean {
  const name = user?.spec["name"];
  return one?.madeBy !== undefined && typeof name === "string" && textsIn(Object.values(one.attrs)).has(name);
}

/** All strings in a resource's settings that may refer to others. */
export const settingsOf = ({ observed }: Pick<Action<never> | Action, "observed">): Set<string> =>
  textsIn(withoutOwn(observed?.spec ?? {}));

/** A spec without what is about the resource itself: tags, which name the owner, and its name, which others may have too. */
export const withoutOwn = ({
  tags: _tags,
  name: _name,
  family: _family,
  ...others
}: Seen<Readonly<Record<string, unknown>>>) => others;

/** The names that others may refer to a resource by: its id and its attributes, but for those that several resources have. */
export function namesOf({ kind, observed }: Pick<Action<never> | Action, "kind" | "observed">): string[] {
  if (!observed) return [];
  const own = Object.entries(observed.attrs).filter(([name]) => !kind.attrs?.[name]?.shared);
  return [observed.id, ...textsIn(own.map(([, value]) => value))].filter((name) => name !== "");
}

/** All strings in a value, at any depth. */
export function textsIn(value: unknown): Set<string> {
  if (typeof value === "string") return new Set([value]);
  if (typeof value !== "object" || value === null) return new Set();
  return new Set([
    ...(Array.isArray(value) ? [] : Object.keys(value)),
    ...Object.values(value).flatMap((item) => [...textsIn(item)]),
  ]);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
