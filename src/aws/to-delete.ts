import type { Look, Observed } from "../engine/resource-kind.ts";
import type { Tags } from "./tags.ts";

/**
 * A recorded resource that a teardown deletes, of a service that refuses to tell the tags of what does not exist: they alone tell that it is there
 * and whose it is, and everything else is as it was recorded. `undefined` where it is gone, which is what no `tags` mean.
 */
export function asRecorded<Spec extends { tags: Tags }, Attrs extends object>(
  { knownId, knownAttrs, spec }: Pick<Look<Spec>, "knownId" | "knownAttrs" | "spec">,
  tags: Tags | undefined,
): Omit<Observed<Spec, Attrs>, "owner"> | undefined {
  if (knownId === undefined || knownAttrs === undefined || tags === undefined) return undefined;
  // They were recorded as this kind answered them.
  return { id: knownId, attrs: knownAttrs as Attrs, spec: { ...spec, tags }, ready: true };
}
