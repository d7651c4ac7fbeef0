import type { ResourceState } from "../../state/state.ts";
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
 * setting for unmanaged that nothing recorded tells of.
 */
export const added = <Services>(
  kind: AnyKind<Services>,
  known: ResourceState | undefined,
  { spec }: AnyObserved,
  desired: Spec,
): Spec => ({ ...known?.spec, ...sealed(kind, { ...spec, ...defined(desired) }) });

const defined = (spec: Spec): Spec =>
  Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
