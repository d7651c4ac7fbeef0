import { isMap, isSensitive, itemOf, memberOf, schemasOf, unwrapped, type Schema } from "./command-schema.ts";

/**
 * What an answer is made of: for each member, by its path (`Vpcs[].State`, `tags{}`), the types that it has, and `absent` where
 * only some items of a list have it. Names are those of AWS's model. Of values there are only AWS's own words in members that
 * tell a state or a type (`=available`): nothing of the account, and nothing that a user wrote.
 */
export type AnswerShape = Readonly<Record<string, readonly string[]>>;

/** Members whose values are words of AWS's. */
const TELLS = /(^|[a-z])(status|state|type|types|mode|scheme|protocol|mutability|strategy|code|phase|category)$/i;
/** A word of AWS's: no digits, so no ids, and no name that has a separator beside `-` and `_`. */
const WORD = /^[A-Za-z][A-Za-z_-]{1,40}$/;

/** What `answer`, the SDK's answer to `command`, is made of. */
export function answerShape(command: object, answer: unknown): AnswerShape {
  const found = new Map<string, Set<string>>();
  const { $metadata: _, ...members } = (answer ?? {}) as Record<string, unknown>;
  walk(members, schemasOf(command).output, "", (path, type) => {
    const types = found.get(path) ?? new Set();
    found.set(path, types.add(type));
  });
  const sorted = [...found].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map(([path, types]) => [path, [...types].toSorted()]));
}

type Tell = (path: string, type: string) => void;

function walk(value: unknown, schema: Schema, path: string, tell: Tell): void {
  if (Array.isArray(value)) return walkList(value, schema, path, tell);
  const type = typeOf(value);
  if (type !== "structure") return tell(path, type);
  const entries = Object.entries(value as object).filter(([, member]) => member !== undefined && member !== null);
  if (isMap(schema)) {
    tell(path, entries.length > 0 ? "map" : "empty map");
    for (const [key, item] of entries) walk(item, unwrapped(memberOf(schema, key)), `${path}{}`, tell);
    return;
  }
  if (path !== "" && entries.length === 0) tell(path, "empty structure");
  for (const [name, member] of entries) {
    const ref = memberOf(schema, name);
    const where = path === "" ? name : `${path}.${name}`;
    walk(member, unwrapped(ref), where, tell);
    if (TELLS.test(name) && !isSensitive(ref)) for (const word of wordsIn(member)) tell(where, `=${word}`);
  }
}

function walkList(items: readonly unknown[], schema: Schema, path: string, tell: Tell): void {
  tell(path, items.length > 0 ? "list" : "empty list");
  const paths = items.map((item) => {
    const own = new Set<string>();
    walk(item, itemOf(schema), `${path}[]`, (where, type) => {
      own.add(where);
      tell(where, type);
    });
    return own;
  });
  for (const where of new Set(paths.flatMap((own) => [...own])))
    // What an item within lacks because its parent is not there says nothing more.
    if (!paths.every((own) => own.has(where)) && paths.some((own) => !own.has(where) && hasParent(own, where, path)))
      tell(where, "absent");
}

/** Whether the structure that `where` is a member of is among what an item has; the item itself always is. */
function hasParent(own: ReadonlySet<string>, where: string, list: string): boolean {
  const parent = where.replace(/(\.[^.[\]{}]+|\[\]|\{\})$/, "");
  return parent === `${list}[]` || own.has(parent) || [...own].some((path) => path.startsWith(`${parent}.`));
}

function typeOf(value: unknown): string {
  if (value instanceof Date) return "date";
  if (value instanceof Uint8Array) return "bytes";
  if (typeof value === "object" && value !== null) return "pipe" in value ? "stream" : "structure";
  return typeof value;
}

const wordsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (word): word is string => typeof word === "string" && WORD.test(word),
  );
