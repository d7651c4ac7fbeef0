import { isSecretAttribute } from "./fields.ts";
import type { AnyKind } from "./resource-kind.ts";

/**
 * What an answer left out of a resource that it tells of: its id, or the name of an attribute; `undefined` where it tells all. What is
 * secret may be empty: not every resource has one.
 */
export function missingAttribute<Services>(
  kind: AnyKind<Services>,
  { id, attrs }: { readonly id: string; readonly attrs: object },
): string | undefined {
  if (id === "") return "id";
  return Object.entries(attrs).find(([name, value]) => value === "" && !isSecretAttribute(kind, name))?.[0];
}
