import * as fc from "fast-check";
import type { ResourceState, State } from "../../state/state.ts";
import { somewhere } from "./cases.ts";

/* Ways to damage the text of a state: blindly, byte by byte, and knowingly, value by value. */

/** A way to damage a state: in words, and the bytes that become of it. `undefined`: a folder lies in the place of the file. */
export interface Damage {
  readonly what: string;
  readonly bytes: Buffer | undefined;
}

/** Draws a way to damage this very text. */
export const damages = (text: string, foreign: Foreign): fc.Arbitrary<Damage> =>
  fc.oneof({ weight: 2, arbitrary: inBytes(Buffer.from(text)) }, { weight: 5, arbitrary: inValues(text, foreign) });

function inBytes(good: Buffer): fc.Arbitrary<Damage> {
  const at = somewhere.map((place) => Math.floor(place * good.length));
  return fc.oneof(
    at.map((end) => ({ what: `cut off after ${end} bytes`, bytes: good.subarray(0, end) })),
    fc.tuple(at, fc.nat(7)).map(([place, bit]) => {
      const bytes = Buffer.from(good);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
      return { what: `bit ${bit} of byte ${place} turned`, bytes };
    }),
    fc.tuple(at, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([place, more]) => ({
      what: `${Buffer.from(more).toString("hex")} put in at byte ${place}`,
      bytes: Buffer.concat([good.subarray(0, place), more, good.subarray(place)]),
    })),
    fc.tuple(at, fc.integer({ min: 1, max: 200 })).map(([place, length]) => ({
      what: `${length} bytes taken out at byte ${place}`,
      bytes: Buffer.concat([good.subarray(0, place), good.subarray(place + length)]),
    })),
    fc.constantFrom<Damage>(
      { what: "an empty file", bytes: Buffer.alloc(0) },
      { what: "zeros", bytes: Buffer.alloc(good.length) },
      { what: "a folder", bytes: undefined },
      { what: "twice the same", bytes: Buffer.concat([good, good]) },
      { what: "after a BOM", bytes: Buffer.concat([Buffer.from("\ufeff"), good]) },
      { what: "UTF-16", bytes: Buffer.from(good.toString(), "utf16le") },
    ),
  );
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Path = readonly (string | number)[];

/** The paths of every value in a JSON value. */
const pathsIn = (value: unknown, path: Path = []): Path[] => {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([name, inner]) => pathsIn(inner, [...path, name]))];
};

/** A copy in which the value at a path is another one; `undefined` takes it out. */
function changed(value: unknown, path: Path, to: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return to;
  const copy: Record<string | number, unknown> | unknown[] = Array.isArray(value)
    ? [...value]
    : { ...(value as object) };
  const at = copy as Record<string | number, unknown>;
  if (rest.length > 0) at[name] = changed(at[name], rest, to);
  else if (to !== undefined) at[name] = to;
  else if (Array.isArray(copy)) copy.splice(Number(name), 1);
  else delete at[name];
  return copy;
}

const JUNK: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e300,
  "",
  "x",
  "BANANA",
  "vpc-0123456789abcdef0",
  [],
  {},
  [null],
  { a: 1 },
];
/** What is somebody else's in the same account. */
type Foreign = readonly { readonly type: string; readonly id: string }[];

function inValues(text: string, foreign: Foreign): fc.Arbitrary<Damage> {
  const good = JSON.parse(text) as State;
  const ids = Object.keys(good.resources);
  const told = (what: string, state: unknown): Damage => ({
    what,
    bytes: Buffer.from(JSON.stringify(state, undefined, 2)),
  });
  const withResources = (what: string, resources: Record<string, unknown>) => told(what, { ...good, resources });
  const of = (id: string) => good.resources[id] as ResourceState;
  const one = fc.constantFrom(...ids);
  // Two of one type, which a run would take for one another, more often than any two.
  const alike = ids.flatMap((a) => ids.flatMap((b) => (a !== b && of(a).type === of(b).type ? [[a, b] as const] : [])));
  const two = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...alike) },
    { weight: 1, arbitrary: fc.tuple(one, one) },
  );
  const takenOver = fc.oneof(
    fc
      .constantFrom(...foreign)
      .chain(({ type, id }) =>
        fc.tuple(fc.constantFrom(...ids.filter((name) => of(name).type === type)), fc.constant(id)),
      ),
    fc.tuple(one, fc.constantFrom("vpc-0123456789abcdef0", "arn:x", "x")),
  );
  const paths = pathsIn(good);
  const location = (["stack", "target", "account", "region", "version", "serial"] as const).map((field) => [field]);
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...paths), fc.constantFrom(undefined, ...JUNK))
        .map(([path, to]) => told(`${path.join(" > ")} is ${JSON.stringify(to)}`, changed(good, path, to))),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...paths)).map(([to, from]) =>
        told(
          `${to.join(" > ")} is what ${from.join(" > ")} was`,
          changed(
            good,
            to,
            from.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], good),
          ),
        ),
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...location), fc.constantFrom("other", "0", 0, 2, "aws", "us-east-1", "210987654321"))
        .map(([path, to]) => told(`${path.join("")} is ${to}`, changed(good, path, to))),
    },
    {
      weight: 3,
      arbitrary: two.map(([a, b]) =>
        withResources(`the ids of ${a} and ${b} are swapped`, {
          ...good.resources,
          [a]: { ...of(a), id: of(b).id },
          [b]: { ...of(b), id: of(a).id },
        }),
      ),
    },
    {
      weight: 2,
      arbitrary: two.map(([a, b]) =>
        withResources(`${a} and ${b} are swapped`, { ...good.resources, [a]: of(b), [b]: of(a) }),
      ),
    },
    {
      weight: 4,
      arbitrary: takenOver.map(([id, to]) =>
        withResources(`the id of ${id} is ${to}`, { ...good.resources, [id]: { ...of(id), id: to } }),
      ),
    },
    {
      weight: 2,
      arbitrary: one.map((id) =>
        withResources(
          `${id} is not in it`,
          Object.fromEntries(Object.entries(good.resources).filter(([name]) => name !== id)),
        ),
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(one, fc.constantFrom("network/other", "x", "__proto__", "toString", "edge/distribution"))
        .map(([id, to]) =>
          told(`${id} is called ${to}`, JSON.parse(JSON.stringify(good).replaceAll(`"${id}":`, `"${to}":`))),
        ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(one, fc.constantFrom("creating", "created", "deleting", "lost"))
        .map(([id, status]) => withResources(`${id} is ${status}`, { ...good.resources, [id]: { ...of(id), status } })),
    },
    {
      weight: 1,
      arbitrary: one.map((id) =>
        withResources(`${id} has no id and is being made`, {
          ...good.resources,
          [id]: { ...of(id), status: "creating", id: undefined },
        }),
      ),
    },
    {
      weight: 2,
      arbitrary: two.map(([a, b]) =>
        withResources(`${a} has ${b} for an earlier generation`, {
          ...good.resources,
          [a]: { ...of(a), old: [generationOf(of(b))] },
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: two.map(([a, b]) =>
        withResources(`only ${a} has the earlier generation ${b}`, {
          ...Object.fromEntries(Object.entries(good.resources).filter(([name]) => name !== b)),
          [a]: { ...of(a), old: [generationOf(of(b))] },
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(one, fc.constantFrom("ec2/vpc", "s3/bucket", "toy", "iam/role"))
        .map(([id, type]) =>
          withResources(`${id} is of type ${type}`, { ...good.resources, [id]: { ...of(id), type } }),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .subarray(ids)
        .map((some) =>
          withResources(`only ${some.length} are left`, Object.fromEntries(some.map((id) => [id, of(id)]))),
        ),
    },
    {
      weight: 1,
      arbitrary: two.map(([a, b]) =>
        withResources(`${a} needs ${b}`, {
          ...good.resources,
          [a]: { ...of(a), needs: [...of(a).needs, { to: b, loose: false }] },
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: one.map((id) =>
        withResources(`${id} needs nothing`, { ...good.resources, [id]: { ...of(id), needs: [] } }),
      ),
    },
  );
}

const generationOf = ({ type: _type, status: _status, old: _old, ...generation }: ResourceState) => generation;
