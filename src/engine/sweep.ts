import type { Applying } from "./applying.ts";
import { apply } from "./apply.ts";
import type { AnyKind, AnyObserved } from "./kind.ts";
import { observeExactly, type World } from "./observe.ts";
import type { Action, Plan } from "./action.ts";
import { needsOf, removal } from "./plan.ts";
import { Snapshot } from "./snapshot.ts";

/** One resource, by its kind's type and the provider's id. */
interface Thing {
  readonly type: string;
  readonly id: string;
}

/** What a teardown did with one resource, as far as a sweep after it must know. */
export interface DealtWith extends Thing {
  /** Why it was not deleted, where it was not. */
  readonly failure: string | undefined;
}

/** Something that is still there. */
export interface Left extends Thing {
  readonly why: string;
}

/** What is there after a teardown and its sweep: nothing, where `left` and `unseen` are empty. */
export interface Receipt {
  /** What the teardown did not know of, and the sweep deleted. */
  readonly swept: readonly Thing[];
  readonly left: readonly Left[];
  /** Kinds of which nobody can say whether something is left: they could not be listed. */
  readonly unseen: readonly { readonly type: string; readonly error: unknown }[];
}

/** One that is there, under a name of its own in the run. */
interface There<Services> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly observed: AnyObserved;
  readonly thing: Thing;
}

const nameOf = ({ type, id }: Thing) => `${type} ${id}`;

/** How often what is there again after it was deleted (something makes it anew) is deleted once more. */
const ROUNDS = 3;

/**
 * The plan of a teardown with whatever else the stack owns by the word of AWS, each in its place in the order; and the kinds that could
 * not be listed. Changes nothing.
 */
export async function strays<Services>(
  world: World<Services>,
  kinds: readonly AnyKind<Services>[],
  plan: Plan<Services>,
): Promise<{ plan: Plan<Services> } & Pick<Receipt, "unseen">> {
  const planned = [...plan.actions, ...plan.old].flatMap(({ kind, observed }) =>
    observed ? [{ type: kind.type, id: observed.id }] : [],
  );
  const { there, unseen } = await look(world, kinds, planned, new Set(planned.map(nameOf)));
  return { plan: { ...plan, actions: deletions(there, plan.actions) }, unseen };
}

/**
 * Deletes whatever the stack still owns after a teardown: it asks AWS by owner marks, whatever the state says. What the teardown tried
 * and failed to delete is not tried again, and what bears one of our names but nobody's mark is only ours where the teardown itself
 * has just dealt with it. Never throws for what cannot be listed or deleted: the receipt tells.
 */
export async function sweep<Services>(
  around: Applying<Services>,
  kinds: readonly AnyKind<Services>[],
  dealtWith: readonly DealtWith[],
): Promise<Receipt> {
  const failures = new Map<string, string>();
  for (const { failure, ...what } of dealtWith) if (failure !== undefined) failures.set(nameOf(what), failure);
  const tried = new Map<string, Thing>();
  for (let round = 1; ; round++) {
    const { there, unseen } = await look(around, kinds, dealtWith);
    const open = there.filter(({ thing }) => !failures.has(nameOf(thing)));
    if (open.length === 0 || round > ROUNDS || around.stop?.aborted) {
      const why = around.stop?.aborted ? "the run was stopped" : "it is there again each time that it is deleted";
      const left = there.map(({ thing }) => ({ ...thing, why: failures.get(nameOf(thing)) ?? why }));
      const names = new Set(left.map(nameOf));
      return { swept: [...tried.values()].filter((thing) => !names.has(nameOf(thing))), left, unseen };
    }
    for (const { thing } of open) tried.set(nameOf(thing), thing);
    const { tasks, outcomes } = await apply(around, { actions: deletions(open), old: [], problems: [] });
    for (const { key, action } of tasks) {
      const outcome = outcomes.get(key);
      const failure = outcome?.state === "failed" ? messageOf(outcome.error) : outcome?.why;
      if (failure !== undefined) failures.set(`${action.kind.type} ${action.observed?.id}`, failure);
    }
  }
}

/**
 * What the stack owns by the word of each kind's lists and is really there: they go on showing for a while what is gone. What is `seen`
 * already is not asked for again, and left out.
 */
async function look<Services>(
  world: World<Services>,
  kinds: readonly AnyKind<Services>[],
  dealtWith: readonly Thing[],
  seen: ReadonlySet<string> = new Set(),
): Promise<{ there: There<Services>[] } & Pick<Receipt, "unseen">> {
  const { stack, services } = world;
  const snapshot = new Snapshot();
  const unseen = new Map<string, unknown>();
  const there = kinds.map(async (kind): Promise<There<Services>[]> => {
    const { type } = kind;
    const ids = dealtWith.filter((thing) => thing.type === type).map(({ id }) => id);
    const cannot = (error: unknown) => {
      unseen.set(type, error);
      return [];
    };
    const listed = (await kind.owned?.(services, ids).catch(cannot)) ?? [];
    const fresh = listed.filter(({ id }) => !seen.has(nameOf({ type, id })));
    const found = fresh.map(async ({ id, owner }) => {
      if (owner === undefined ? !ids.includes(id) : !owner.startsWith(`${stack}/`)) return [];
      const resource = owner?.slice(stack.length + 1) ?? type;
      const observed = await observeExactly(world, kind, resource, { id }, {}, snapshot);
      // Several may bear one mark, so the provider's id tells them apart.
      return observed ? [{ id: `${resource}@${id}`, kind, observed, thing: { type, id } }] : [];
    });
    return (await Promise.all(found.map((one) => one.catch(cannot)))).flat();
  });
  return {
    there: (await Promise.all(there)).flat(),
    unseen: [...unseen].map(([type, error]) => ({ type, error })),
  };
}

/** Their deletions beside those that are `planned`, in the order that follows from who has whose id in its settings. */
function deletions<Services>(
  there: readonly There<Services>[],
  planned: readonly Action<Services>[] = [],
): Action<Services>[] {
  const why = "bears our owner tags; the state does not know it";
  const added = there.map(({ id, kind, observed }) => removal(id, kind, observed, undefined, undefined, why));
  const all = [...planned, ...added];
  const isAdded = new Set(added);
  const uses = new Map<string, string[]>();
  for (const user of all) {
    const texts = settingsOf(user);
    // Among those that are planned the order is known.
    const others = (isAdded.has(user) ? all : added).filter((other) => other !== user);
    const used = others.filter((other) => namesOf(other).some((name) => texts.has(name)));
    uses.set(user.id, [...needsOf(user).map(({ to }) => to), ...used.map(({ id }) => id)]);
  }
  const leadsTo = (from: string, to: string, been = new Set<string>()): boolean =>
    from === to || (!been.has(from) && (uses.get(from) ?? []).some((next) => leadsTo(next, to, been.add(from))));
  return all.map((action) => {
    const { id, kind, observed, known } = action;
    const own = needsOf(action);
    // Where they name each other in a circle no order is right: each is tried, and goes when the others let it.
    const more = (uses.get(id) ?? []).filter((to) => !own.some((need) => need.to === to) && !leadsTo(to, id));
    if (!observed || more.length === 0) return action;
    const record = known ?? { type: kind.type, status: "deleting", id: observed.id, token: "", spec: {}, attrs: {} };
    return { ...action, known: { ...record, needs: [...own, ...more.map((to) => ({ to, loose: false }))] } };
  });
}

/** Every text in what a resource is set to. Its tags only say whose it is. */
function settingsOf({ observed }: Action<never> | Action): Set<string> {
  const { tags: _tags, ...settings } = observed?.spec ?? {};
  return textsIn(settings);
}

/** What others may know a resource by: its id and its attributes. */
const namesOf = ({ observed }: Action<never> | Action) =>
  observed ? [observed.id, ...textsIn(Object.values(observed.attrs))].filter((name) => name !== "") : [];

/** Every text in a value, at any depth. */
function textsIn(value: unknown): Set<string> {
  if (typeof value === "string") return new Set([value]);
  if (typeof value !== "object" || value === null) return new Set();
  return new Set([
    ...(Array.isArray(value) ? [] : Object.keys(value)),
    ...Object.values(value).flatMap((item) => [...textsIn(item)]),
  ]);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
