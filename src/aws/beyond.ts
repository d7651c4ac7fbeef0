// Settings of a resource beyond what Fairlead sets and what AWS fills in by default. Calls that replace a whole document would silently
// drop them, so they are kept and shown, or shown as drift and reverted.
import type { Drifted } from "../engine/resource-kind.ts";
import { equal } from "../engine/equal.ts";

/** A member that only Fairlead or AWS sets: any value is expected. */
export const SET = Symbol("set");

/** The expected members of one structure: `SET`, or the value that AWS fills in by default. */
export interface Usual {
  readonly [member: string]: Expected;
}

type Expected = typeof SET | string | number | boolean | readonly string[] | Usual;

/** One unexpected setting. */
interface Found {
  readonly path: string;
  readonly value: unknown;
}

/** Unexpected settings in `live`, in a few words each: `WebACLId arn:aws:wafv2:...`. */
export const unmanagedIn = (live: object | undefined, usual: Usual, path = ""): string[] =>
  beyond(live, usual, path).map((found) => `${found.path}${words(found.value)}`);

/** The same for settings that the next update reverts: `field` is the field whose update does. */
export const driftedIn = (field: string, live: object | undefined, usual: Usual, path = ""): Drifted[] =>
  beyond(live, usual, path).map((found) => ({
    field,
    path: found.path,
    old: found.value,
    new: usualAt(usual, path === "" ? found.path : found.path.slice(path.length + 1)),
  }));

function beyond(live: unknown, usual: Expected | undefined, path: string): Found[] {
  if (usual === SET || live === undefined || equal(live, usual)) return [];
  // A default of AWS's that is empty now counts as changed.
  if (isEmpty(live) && (usual === undefined || isStructure(usual))) return [];
  if (!isStructure(live) || !isStructure(usual)) return [{ path, value: live }];
  return Object.entries(live).flatMap(([member, value]) =>
    // `Quantity` repeats the length of the list.
    member === "Quantity" ? [] : beyond(value, usual?.[member], path === "" ? member : `${path}.${member}`),
  );
}

/** AWS's default at a path; `undefined` if there is none. */
const usualAt = (usual: Usual, path: string): unknown =>
  path.split(".").reduce<unknown>((at, member) => (isStructure(at) ? at[member] : undefined), usual);

/** AWS reports an unused feature in many ways: no member, an empty string or list, `false`, a quantity of zero. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isStructure(value)) return Object.values(value).every(isEmpty);
  return value === undefined || value === null || value === "" || value === false || value === 0;
}

const isStructure = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** A list, or `undefined` if it is empty. */
export const some = <Item>(...lists: readonly (readonly Item[])[]): readonly Item[] | undefined => {
  const all = lists.flat();
  return all.length === 0 ? undefined : all;
};

/** A scalar value or list of strings; a structure may contain secrets, so only its name is shown. */
function words(value: unknown): string {
  if (isStructure(value)) return Array.isArray(value["Items"]) ? words(value["Items"]) : "";
  if (Array.isArray(value)) return value.every((item) => typeof item === "string") ? ` ${value.join(", ")}` : "";
  return ` ${String(value)}`;
}
