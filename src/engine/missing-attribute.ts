import { isSecretAttribute } from "./fields.ts";
import type { AnyKind } from "./resource-kind.ts";

/**
 * The first value that a response lacks: `id`, or the name of an attribute; `undefined` if it is complete. A secret may be empty, since not
 * every resource has one.
 */
export function missingAttribute<Services>(
  kind: AnyKind<Services>,
  { id, attrs }: { readonly id: string; readonly attrs: object },
): string | undefined {
  if (id === "") return "id";
  return Object.entries(attrs).find(([name, value]) => value === "" && !isSecretAttribute(kind, name))?.[0];
}
