// What AWS tells of a resource beyond what Fairlead sets and what AWS fills in by itself. Calls that write a thing whole would drop it
// without a word, so it is carried through and shown, or shown as drift and taken back.
import type { Drifted } from "../engine/resource-kind.ts";
import { equal } from "../engine/equal.ts";

/** A member that is set by Fairlead or by AWS alone: whatever it says is accounted for. */
export const SET = Symbol("set");

/** What is accounted for in one structure: by member, `SET`, or the value that AWS fills in by itself. */
export interface Usual {
  readonly [member: string]: Expected;
}

type Expected = typeof SET | string | number | boolean | readonly string[] | Usual;

/** One thing that is there beyond the usual. */
interface Found {
  readonly path: string;
  readonly value: unknown;
}

/** What is in `live` beyond the usual, in a few words each: `WebACLId arn:aws:wafv2:...`. */
export const unmanagedIn = (live: object | undefined, usual: Usual, path = ""): string[] =>
  beyond(live, usual, path).map((found) => `${found.path}${words(found.value)}`);

/** The same where the next update takes it back: `field` is the one whose update does. */
export const driftedIn = (field: string, live: object | undefined, usual: Usual, path = ""): Drifted[] =>
  beyond(live, usual, path).map((found) => ({
    field,
    path: found.path,
    old: found.value,
    new: usualAt(usual, path === "" ? found.path : found.path.slice(path.length + 1)),
  }));

function beyond(live: unknown, usual: Expected | undefined, path: string): Found[] {
  if (usual === SET || live === undefined || equal(live, usual)) return [];
  // What AWS fills in counts as changed where it is empty now.
  if (isEmpty(live) && (usual === undefined || isStructure(usual))) return [];
  if (!isStructure(live) || !isStructure(usual)) return [{ path, value: live }];
  return Object.entries(live).flatMap(([member, value]) =>
    // A list of AWS's that counts its own items says the number twice.
    member === "Quantity" ? [] : beyond(value, usual?.[member], path === "" ? member : `${path}.${member}`),
  );
}

/** What AWS fills in at a path; `undefined` where it leaves it out. */
const usualAt = (usual: Usual, path: string): unknown =>
  path.split(".").reduce<unknown>((at, member) => (isStructure(at) ? at[member] : undefined), usual);

/** AWS tells of a feature that is not used in many ways: nothing, an empty text or list, a `false`, a count of none. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isStructure(value)) return Object.values(value).every(isEmpty);
  return value === undefined || value === null || value === "" || value === false || value === 0;
}

const isStructure = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** A list, or nothing where it is empty. */
export const some = <Item>(...lists: readonly (readonly Item[])[]): readonly Item[] | undefined => {
  const all = lists.flat();
  return all.length === 0 ? undefined : all;
};

/** A value where it says something by itself; a structure may hold secrets, and is named only. */
function words(value: unknown): string {
  if (isStructure(value)) return Array.isArray(value["Items"]) ? words(value["Items"]) : "";
  if (Array.isArray(value)) return value.every((item) => typeof item === "string") ? ` ${value.join(", ")}` : "";
  return ` ${String(value)}`;
}
