import type { Generation, ResourceState } from "../../state/state.ts";
import { equal } from "./equal.ts";
import { clash, immutableFields, uniqueFields } from "./fields.ts";
import type { AnyKind, AnyObserved, Owner } from "./resource-kind.ts";
import type { World } from "./observe.ts";
import type { Action } from "./action.ts";

/** The record of a resource in the state: enough to identify it. */
type Known = (Pick<Generation, "id" | "spec"> & Partial<Pick<ResourceState, "status">>) | undefined;

/**
 * Whether a found resource belongs to the stack. Owner tags take precedence over the state, since a damaged state may point to a resource
 * of another stack. If it has none (they were removed, or the kind cannot be tagged), or only those of an earlier version, which are less
 * specific, the state decides: it must record that very id with the same immutable fields, or a create in progress of a
 * kind that is tagged only after it was created, since a run may have died in between. `proven`: see `Observation`.
 */
export function isOwned<Services>(
  { owner }: Pick<World<Services>, "owner">,
  { id, kind }: Pick<Action<Services>, "id" | "kind">,
  observed: AnyObserved,
  known: Known,
  proven?: ReadonlySet<string>,
): boolean {
  const marked = observed.owner === owner.of(id);
  const former = observed.owner !== undefined && owner.formerly?.(observed.owner) === id;
  if (former && proven?.has(id)) return true;
  if (observed.owner !== undefined && !marked && !former) return false;
  if (marked && !kind.traits?.ownerless) return true;
  if (known?.id === undefined) return marked || (known?.status === "creating" && !kind.traits?.markedAtOnce);
  return known.id === observed.id ? otherMake(kind, observed, known) === undefined : marked;
}

/** An immutable field whose value differs from what the state records as applied. */
const otherMake = <Services>(
  kind: AnyKind<Services>,
  { spec: now }: AnyObserved,
  { spec: was }: Pick<Generation, "spec">,
): string | undefined =>
  immutableFields(kind).find((field) => now[field] !== undefined && !equal(was[field], now[field]));

/** Why a found resource that is not ours is not changed. `left`: what the run has done, as a sentence. */
export function notOwned<Services>(
  owner: Owner,
  id: string,
  kind: AnyKind<Services>,
  observed: AnyObserved,
  known: Known,
  left = "No changes were made.",
): string {
  const what = `${kind.type} ${observed.id}`;
  const whose = observed.owner === undefined ? "has no Fairlead owner tags" : `belongs to ${observed.owner}`;
  if (known?.id === observed.id) {
    const field = otherMake(kind, observed, known);
    const why = field === undefined ? whose : `has a different ${field} than the state records`;
    return `${id}: the state records ${what}, but that resource ${why}. ${left} Either the state or the tags of that resource are wrong: correct the tags, or remove the resource from the state (npx fairlead state rm ${id}), then run again.`;
  }
  const other = observed.owner === undefined ? undefined : owner.idOf(observed.owner);
  if (other !== undefined && other !== id) {
    const unique = uniqueFields(kind);
    const same = unique.length === 0 ? "name" : unique.join(" and ");
    return `${id}: ${what} already exists as ${other} of this stack, with the same ${same}. ${left} Give ${id} another ${unique.includes("name") ? "name" : (unique.at(-1) ?? "name")}, or remove ${other} in a separate run first.`;
  }
  return `${id}: ${what} already exists and ${whose}. ${left} ${
    observed.owner === undefined
      ? `Rename the stack, delete that resource, or adopt it: npx fairlead reconcile --adopt ${id}=${observed.id}`
      : "Rename the stack, or delete that resource."
  }`;
}

/** The state records a type that this version does not know. */
export const unknownType = (id: string, { type }: ResourceState) =>
  `${id}: this version of Fairlead does not know resources of type ${type}. Use the version that created it; if it is a resource kind of your own, add it to kinds in the config, next to resources.`;

/** The state records another type than the config declares. */
export const otherType = (id: string, { type }: ResourceState, declared: string) =>
  `${id}: the state records type ${type}, but the config declares ${declared}. No changes were made. Use the Fairlead version that created it, or remove it from the state (npx fairlead state rm ${id}), then run again.`;

/**
 * A replacement that follows only from drift of an immutable field that no one edited: either the response is wrong, or this is another
 * resource. Neither justifies a delete.
 */
export function impossible({ id, kind, observed, known, differences }: Action<never> | Action): string | undefined {
  const drifted = differences.find(({ replaces, cause }) => replaces && cause === "drift");
  if (!observed || !drifted || known?.id !== observed.id) return undefined;
  return `${id}: AWS reports a ${drifted.path} of ${kind.type} ${observed.id} that differs from the one it was created with, which cannot change. No changes were made. Run again. If AWS still reports it, remove the resource from the state so that the next run replaces it: npx fairlead state rm ${id}`;
}

type Spec = Readonly<Record<string, unknown>>;

/** Whether a field is the same in both; one that AWS does not return proves nothing. An unknown value is that of nothing that exists. */
const isSame = (declared: Spec, observed: Spec) => (field: string) =>
  observed[field] === undefined || equal(declared[field], observed[field]);

/** Something that a plan deletes: a resource, its current generation, or an earlier one. */
type Doomed<Services> = Pick<Action<Services>, "id" | "kind" | "observed">;

/**
 * One sentence for each resource that would be deleted although the config declares it as another resource: the state has mixed them up.
 * Resources that owner tags tell apart are not included. `desired` holds the declared specs by id.
 */
export function mixedUp<Services>(
  owner: Owner,
  actions: readonly Action<Services>[],
  old: readonly Doomed<Services>[],
  desired: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): string[] {
  const gone = actions.filter(({ action }) => action === "delete" || action === "replace");
  return [...gone, ...old].flatMap(({ id, kind, observed }) => {
    // Its owner tags confirm the state, so the config was edited.
    if (!observed || (!kind.traits?.ownerless && observed.owner === owner.of(id))) return [];
    const declared = actions.find(({ id: other, kind: { type } }) => {
      const spec = desired.get(other);
      if (other === id || type !== kind.type || !spec) return false;
      // Two that cannot exist side by side need not be the same one: a mount target in a new subnet takes the place of that in the old one.
      return clash(kind, spec, observed.spec) && immutableFields(kind).every(isSame(spec, observed.spec));
    });
    if (!declared) return [];
    return [
      `${id}: the state records ${kind.type} ${observed.id}, but the config declares that resource as ${declared.id}. No changes were made. The state is wrong: remove both from it (npx fairlead state rm ${id} ${declared.id}), then run again.`,
    ];
  });
}
