import type { Action, Leftover, Plan } from "./action.ts";
import type { Adoptions } from "./adopt.ts";
import type { Difference } from "./diff.ts";
import { equal } from "./equal.ts";
import { immutableFields } from "./fields.ts";
import {
  asksFormer,
  nameOf,
  recordedIn,
  takeInventory,
  type Asking,
  type Inventory,
  type There,
  type Unseen,
} from "./inventory.ts";
import type { Observation, World } from "./observe.ts";
import { KnownAfterApply, resolve, type Attribute } from "./output.ts";
import { refusals } from "./refusals.ts";
import type { Snapshot } from "./snapshot.ts";
import { deletions, namesOf, settingsOf, textsIn, unproven, withoutOwn } from "./sweep.ts";

/** The options of a reconcile that affect unaccounted resources. */
interface Wanted {
  readonly adopt?: Adoptions;
  readonly protect?: boolean;
}

/** The plan of a reconcile with all other resources of the stack, and what the inventory could not determine. */
export interface Accounted<Services> {
  readonly plan: Plan<Services>;
  readonly unseen: readonly Unseen[];
  readonly notes: readonly string[];
}

/**
 * Adds to a reconcile plan the resources that have the stack's owner tags and are neither in the config nor in the state. Resources that
 * nothing in the plan keeps using are deleted once their current users no longer use them; the others are reported, with the reason why
 * they are kept. Changes nothing.
 */
export async function accountFor<Services>(
  world: World<Services>,
  inventory: Inventory<Services>,
  plan: Plan<Services>,
  seen: Observation,
  snapshot: Snapshot,
  { adopt, protect = false }: Wanted = {},
): Promise<Accounted<Services>> {
  const accounted = new Set<string>();
  for (const { kind, observed, known } of plan.actions)
    for (const id of [observed?.id, known?.id]) if (id !== undefined) accounted.add(nameOf({ type: kind.type, id }));
  for (const { kind, generation, observed } of plan.old)
    for (const id of [observed?.id, generation.id])
      if (id !== undefined) accounted.add(nameOf({ type: kind.type, id }));
  const asking: Asking = {
    snapshot,
    ids: () => [],
    moment: "plan",
    gone: new Set<string>(),
    former: asksFormer(world, plan),
    recorded: recordedIn(plan),
  };
  const { there, unseen, notes } = await takeInventory(world, inventory, asking, accounted);
  // A resource that is being deleted disappears by itself.
  const found = there.filter(({ observed }) => !observed.leaving);
  const [ours, former] = [found.filter((one) => !one.former), found.filter((one) => one.former)];
  const problems = rivals(ours, plan, seen, adopt);
  const kept = keep(ours, plan, protect);
  const added = deletions(
    ours.filter((one) => !kept.has(one)),
    plan.actions,
  );
  // What is kept or deleted later is in the way until then: after a lost state the plan knows of it only now.
  const before = new Set(refusals(plan.actions));
  const refused = refusals(plan.actions, deletions(ours));
  const leftovers = [...[...kept].map(([{ thing }, why]): Leftover => ({ ...thing, why })), ...former.map(unproven)];
  return {
    plan: {
      ...plan,
      actions: added,
      leftovers,
      problems: [...plan.problems.filter((problem) => !before.has(problem)), ...refused, ...problems],
      ...(unseen.length === 0 && leftovers.length === 0 ? { accounted: true } : {}),
    },
    unseen,
    notes,
  };
}

/**
 * Several resources have the owner tags of one resource, each could be the one, and the state does not record which; or a resource has them
 * but was not found by the lookup. One sentence each. Guessing could mix two networks, or create a duplicate.
 */
function rivals<Services>(
  ours: readonly There<Services>[],
  { actions }: Plan<Services>,
  seen: Observation,
  adopt: Adoptions | undefined,
): string[] {
  return actions.flatMap(({ id, kind, known, node }) => {
    if (!node || known?.id !== undefined || adopt?.has(id) || kind.traits?.ownerless) return [];
    const chosen = seen.current.get(id);
    const wanted = chosen?.spec ?? (resolve(node.spec, unknownYet) as Readonly<Record<string, unknown>>);
    const others = ours.filter(
      (one) =>
        one.resource === id &&
        one.kind.type === kind.type &&
        immutableFields(kind).every((field) => equal(one.observed.spec[field], wanted[field])),
    );
    if (others.length === 0) return [];
    const all = [...(chosen ? [chosen.id] : []), ...others.map(({ thing }) => thing.id)];
    const which = all.map((one) => `--adopt ${id}=${one}`).join(" or ");
    const [bears, rest] =
      all.length === 1
        ? ["has its owner tags but was not found by a lookup", "To adopt it: npx fairlead reconcile"]
        : [
            "all have its owner tags, and the state does not record which one is in use",
            "Choose the one to keep; the others are then deleted: npx fairlead reconcile",
          ];
    return [`${id}: ${kind.type} ${all.join(" and ")} ${bears}. No changes were made. ${rest} ${which}`];
  });
}

const unknownYet: Attribute = (id, attr) => new KnownAfterApply(`${id}.${attr}`);

/** Resources of ours that are kept, with the reason. */
function keep<Services>(
  ours: readonly There<Services>[],
  { actions }: Plan<Services>,
  protect: boolean,
): Map<There<Services>, string> {
  const kept = new Map<There<Services>, string>();
  // As in most plans: then nobody needs to know what all the others refer to.
  if (ours.length === 0) return kept;
  const pending = ours.find(({ observed }) => !observed.ready && observed.failed === undefined);
  const planned = new Set(actions.flatMap(namesOf));
  const own = (one: Pick<There<Services>, "kind" | "observed">) => namesOf(one).filter((name) => !planned.has(name));
  const remaining = actions.map((action) => ({ id: action.id, texts: remainingIn(action) }));
  for (const one of ours) {
    const user = remaining.find(({ texts }) => own(one).some((name) => texts.has(name) || hasDigestIn(texts, name)));
    if (user) kept.set(one, `is still used by ${user.id}`);
    else if (protect && one.kind.traits?.holdsData) kept.set(one, "holds data, and the stack is protected");
    else if (pending)
      kept.set(
        one,
        pending === one
          ? `is still ${one.observed.status ?? "pending"}: another run may be creating it`
          : `is kept for now: ${pending.thing.type} ${pending.thing.id} is still ${pending.observed.status ?? "pending"}, so another run may be in progress`,
      );
  }
  // Everything that a kept resource refers to is kept too.
  for (let more = true; more;) {
    more = false;
    for (const one of ours) {
      if (kept.has(one)) continue;
      const user = [...kept.keys()].find((other) => own(one).some((name) => settingsOf(other).has(name)));
      if (!user) continue;
      kept.set(one, `is used by ${user.thing.type} ${user.thing.id}, which is kept`);
      more = true;
    }
  }
  return kept;
}

/** Whether one of the texts is something in `name` by its digest, such as an image in a repository: `NAME@sha256:...`. */
const hasDigestIn = (texts: ReadonlySet<string>, name: string): boolean =>
  [...texts].some((text) => text.startsWith(`${name}@`));

/** All strings in a resource's settings once the plan is applied. */
function remainingIn<Services>({ action, observed, differences, node }: Action<Services>): Set<string> {
  if (action === "delete") return new Set();
  const wanted = differences.flatMap((difference) => [...textsIn(difference.new)]);
  if (action === "create" || action === "replace" || !observed) {
    const spec = resolve(node?.spec, unknownYet) as Readonly<Record<string, unknown>>;
    return new Set([...wanted, ...textsIn(withoutOwn(spec))]);
  }
  return new Set([...wanted, ...textsOutside(withoutOwn(observed.spec), differences, "")]);
}

/** The strings in a value that no difference changes. `path` as in a difference. */
function textsOutside(value: unknown, differences: readonly Difference[], path: string): string[] {
  if (differences.some((difference) => difference.path === path)) return [];
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsOutside(item, differences, `${path}[${index}]`));
  return Object.entries(value).flatMap(([key, item]) => [
    key,
    ...textsOutside(item, differences, path === "" ? key : `${path}.${key}`),
  ]);
}
