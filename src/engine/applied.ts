import type { ResourceState } from "../../state/state.ts";
import { isKeyed } from "./fields.ts";
import type { AnyKind, AnyObserved } from "./resource-kind.ts";
import { sealed } from "./secret.ts";

type Spec = Readonly<Record<string, unknown>>;

/**
 * The record of what was applied to a found resource as a whole; `undefined` where that is not known. Where a run died between recording a delete and
 * carrying it out, what was applied before is still true: otherwise an edit of what another owner may change, or of a key that is no longer wanted, would
 * be taken for what was done outside Fairlead. What is on its way out is no longer as it was.
 */
export function appliedTo(known: ResourceState | undefined, observed: AnyObserved): ResourceState | undefined {
  if (known?.id !== observed.id) return undefined;
  const wasWhole = known.status === "deleting" && !observed.leaving && Object.keys(known.attrs).length > 0;
  return known.status === "created" || wasWhole ? known : undefined;
}

/** The record of a resource that is about to be deleted. It has attributes only where its create was completed. */
export const doomed = (known: ResourceState): ResourceState => ({
  ...known,
  status: "deleting",
  ...(known.status === "creating" ? { attrs: {} } : {}),
});

/**
 * What is recorded of an update that only added, where it is not known what was applied before: with what is still to be removed, since a kind may take a
 * setting for unmanaged that nothing recorded tells of. Of keys, only those that the stack may have set.
 */
export function added<Services>(
  kind: AnyKind<Services>,
  known: ResourceState | undefined,
  { spec }: AnyObserved,
  desired: Spec,
): Spec {
  const wanted = Object.fromEntries(Object.entries(desired).filter(([, value]) => value !== undefined));
  const seen = Object.fromEntries(Object.entries(spec).filter(([field]) => !isKeyed(kind, field)));
  const keys = keyedFields(kind, known).map((field) => [
    field,
    { ...keysIn(known, field), ...keysIn({ spec: wanted }, field) },
  ]);
  return { ...known?.spec, ...sealed(kind, { ...seen, ...wanted }), ...Object.fromEntries(keys) };
}

/**
 * The keys of keyed fields that are the stack's own where it is not known what was applied: by what they say, and those that an interrupted run was about
 * to set.
 */
export function ownKeys<Services>(
  kind: AnyKind<Services>,
  known: ResourceState | undefined,
  { id, own = {} }: AnyObserved,
): Readonly<Record<string, readonly string[]>> {
  if (known === undefined || (known.id !== undefined && known.id !== id)) return own;
  const more = keyedFields(kind, known).map((field) => [
    field,
    [...(own[field] ?? []), ...Object.keys(keysIn(known, field))],
  ]);
  return { ...own, ...Object.fromEntries(more) };
}

/** The fields of a record that are compared key by key. */
const keyedFields = <Services>(kind: AnyKind<Services>, known: ResourceState | undefined): string[] =>
  Object.keys(known?.spec ?? {}).filter((field) => isKeyed(kind, field));

const keysIn = (record: { readonly spec: Spec } | undefined, field: string): object => record?.spec[field] ?? {};
