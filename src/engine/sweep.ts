import type { Applying } from "./applying.ts";
import { apply } from "./apply.ts";
import type { AnyKind, Owned } from "./kind.ts";
import { observeExactly, type AnyObserved, type World } from "./observe.ts";
import { removal, type Action, type Plan } from "./plan.ts";
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

/** One resource that a list names. */
interface Found<Services> {
  readonly kind: AnyKind<Services>;
  readonly owned: Owned;
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
 * What the stack owns by the word of AWS and the plan of a teardown does not know of, as deletions that belong into that plan; and the
 * kinds that could not be listed. Changes nothing.
 */
export async function strays<Services>(
  world: World<Services>,
  kinds: readonly AnyKind<Services>[],
  plan: Plan<Services>,
): Promise<{ actions: Action<Services>[] } & Pick<Receipt, "unseen">> {
  const planned = [...plan.actions, ...plan.old].flatMap(({ kind, observed }) =>
    observed ? [{ type: kind.type, id: observed.id }] : [],
  );
  const { found, unseen } = await listed(world, kinds, planned);
  const known = new Set(planned.map(nameOf));
  const there = (await still(world, found)).filter(({ thing }) => !known.has(nameOf(thing)));
  return { actions: deletions(there, plan.actions), unseen };
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
    const { found, unseen } = await listed(around, kinds, dealtWith);
    const there = await still(around, found);
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

/** What the stack owns by the word of each kind's lists. */
async function listed<Services>(
  { stack, services }: World<Services>,
  kinds: readonly AnyKind<Services>[],
  dealtWith: readonly Thing[],
) {
  const found: Found<Services>[] = [];
  const unseen: { type: string; error: unknown }[] = [];
  await Promise.all(
    kinds.map(async (kind) => {
      const ids = dealtWith.filter(({ type }) => type === kind.type).map(({ id }) => id);
      try {
        for (const owned of (await kind.owned?.(services, ids)) ?? [])
          if (owned.owner === undefined ? ids.includes(owned.id) : owned.owner.startsWith(`${stack}/`))
            found.push({ kind, owned });
      } catch (error) {
        unseen.push({ type: kind.type, error });
      }
    }),
  );
  return { found, unseen };
}

/** Which of them are really there: lists go on showing for a while what is gone. */
async function still<Services>(world: World<Services>, found: readonly Found<Services>[]): Promise<There<Services>[]> {
  const snapshot = new Snapshot();
  const seen = await Promise.all(
    found.map(async ({ kind, owned }) => {
      const resource = owned.owner?.slice(world.stack.length + 1) ?? kind.type;
      const observed = await observeExactly(world, kind, resource, { id: owned.id }, {}, snapshot);
      const thing = { type: kind.type, id: owned.id };
      // Several may bear one mark, so the provider's id tells them apart.
      return observed ? [{ id: `${resource}@${owned.id}`, kind, observed, thing }] : [];
    }),
  );
  return seen.flat();
}

/** Their deletions, in the order that follows from who has whose id in its settings; `planned` are deleted in the same run. */
function deletions<Services>(
  there: readonly There<Services>[],
  planned: readonly Action<Services>[] = [],
): Action<Services>[] {
  const others = [...there, ...planned.flatMap(({ id, observed }) => (observed ? [{ id, observed }] : []))];
  const needs = new Map<string, string[]>(there.map(({ id }) => [id, []]));
  const leadsTo = (from: string, to: string): boolean =>
    from === to || (needs.get(from) ?? []).some((next) => leadsTo(next, to));
  for (const user of there) {
    const { tags: _tags, ...settings } = user.observed.spec;
    const texts = textsIn(settings);
    for (const other of others)
      // Where they name each other in a circle no order is right, and each is tried until the others let it go.
      if (namesOf(other.observed).some((name) => texts.has(name)) && !leadsTo(other.id, user.id))
        needs.get(user.id)?.push(other.id);
  }
  return there.map(({ id, kind, observed }) => {
    const known = { type: kind.type, status: "deleting", id: observed.id, token: "", spec: {}, attrs: {} } as const;
    const all = (needs.get(id) ?? []).map((to) => ({ to, loose: false }));
    return removal(
      id,
      kind,
      observed,
      { ...known, needs: all },
      undefined,
      "bears our owner tags; the state does not know it",
    );
  });
}

/** What others may know a resource by: its id and its attributes. */
const namesOf = ({ id, attrs }: AnyObserved) => [id, ...textsIn(attrs)].filter((name) => name !== "");

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
