import * as z from "zod";

import { list } from "./show.ts";

// A config is checked once: to compile code for each of its objects takes three times as long as to check it without.
z.config({ jitless: true });

/*
 * The building blocks of the schema. A setting is defined once, as `field(type, default, sentence)` or `optional(type, otherwise,
 * sentence)`. The error text of each type says what it allows: `shape.ts` combines it with the value into the message for the user; the
 * editor's types, docs/settings.md and the JSON Schema repeat it.
 */

/** The documentation of a setting; zod stores it with the schema. */
interface About {
  /** What happens if it is omitted, in words; absent if there is a default. */
  readonly otherwise?: string;
  /** The name of its type in the editor's types. */
  readonly id?: string;
  readonly description: string;
}

/** Documents a type in place, where zod's `meta` would first make a copy of it: there are hundreds, and every command builds them. */
function documented<T extends z.ZodType>(type: T, said: About): T {
  z.globalRegistry.add(type, { ...said });
  return type;
}

/** A setting with a default. */
export function field<T extends z.ZodType>(type: T, value: NoInfer<z.output<T>>, description: string) {
  return documented(type.default(value as z.core.util.NoUndefined<z.output<T>>), { description });
}

/** A setting without a default: `otherwise` says in words what happens if it is omitted. */
export function optional<T extends z.ZodType>(type: T, otherwise: string, description: string) {
  return documented(z.exactOptional(type), { description, otherwise });
}

/** A required setting of its group. */
export function needed<T extends z.ZodType>(type: T, description: string): T {
  return type.meta({ description } satisfies About);
}

/** A type with its own name in the editor's types. */
export function named<T extends z.ZodType>(id: string, description: string, type: T): T {
  return documented(type, { id, description });
}

/** A group of settings that always exists, with the defaults of its members. */
export function group<S extends z.ZodRawShape>(id: string, description: string, shape: S) {
  // Every field of such a group is optional, which the compiler cannot see for an unknown shape.
  return named(id, description, closed(shape)).prefault({} as z.input<z.ZodObject<S, z.core.$strict>>);
}

/** A group of settings, described by `members`, that exists with their defaults unless it is `false`. */
export function switchable<S extends z.ZodRawShape>(id: string, description: string, members: string, shape: S) {
  const on = named(id, members, closed(shape));
  const type = z.union([z.literal(false), on], { error: `false, or ${allowedBy(on)}` });
  const told = documented(type, { description, otherwise: "an object with the values below" });
  return told.prefault({} as z.input<typeof type>);
}

/** The documentation of a setting: its sentence, its default and what it allows. */
export function about(type: z.core.$ZodType): Partial<About> & { readonly value?: unknown } {
  const own = (z.globalRegistry.get(type) ?? {}) as Partial<About>;
  if (type instanceof z.ZodDefault) return { value: type.def.defaultValue, ...own };
  if (type instanceof z.ZodPrefault) return about(type.unwrap());
  return own;
}

/** The type without its default and without being optional. */
export function bare(type: z.core.$ZodType): z.core.$ZodType {
  const wrapped = type instanceof z.ZodDefault || type instanceof z.ZodPrefault || type instanceof z.ZodExactOptional;
  return wrapped ? bare(type.unwrap()) : type;
}

/** What a type allows, in the words of its error. */
export function allowedBy(type: z.core.$ZodType): string {
  const def: object = (type as z.ZodType).def;
  const { error } = def as { readonly error?: () => string | { readonly message: string } };
  const said = error?.() ?? "";
  return typeof said === "string" ? said : said.message;
}

/** The largest number of AWS's integer fields. */
export const INT32 = 2_147_483_647;

/** A whole number within bounds. */
export function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  // One check after the other would make a copy of the type for each: there are hundreds, and every command builds them.
  return z.int({ error }).check(z.gte(min, { error }), z.lte(max, { error }));
}

/** A percentage, which need not be whole. */
export function percent(min: number, max: number) {
  const error = `a number from ${min} to ${max}`;
  return z.number({ error }).check(z.gte(min, { error }), z.lte(max, { error }));
}

/** True or false. */
export function flag() {
  return z.boolean({ error: "true or false" });
}

/** One of a few values. */
export function oneOf<const T extends readonly (string | number)[]>(values: T) {
  // Put into words only when it is needed: there are long lists, and few errors.
  return z.literal(values, { error: () => list(values) });
}

/** A string that matches a pattern; `allowed` describes it. */
export function text(pattern: RegExp, allowed: string) {
  return z.string({ error: allowed }).regex(pattern, { error: allowed });
}

/** One string or several: a list with one item can be written as a string. */
export function several(pattern: RegExp, allowed: string, max?: number) {
  const item = text(pattern, allowed);
  const items = z.array(item).min(1);
  const many = max === undefined ? "a list of them" : `a list of up to ${max}`;
  return z.union([item, max === undefined ? items : items.max(max)], { error: `${allowed}, or ${many}` });
}

/**
 * Characters that no string may contain: they would move a cursor, end a line, or come back from AWS as another character (half a
 * character).
 */
const NO_TEXT = String.raw`\p{Cc}\p{Cs}`;

/** A single line of 1 to `max` characters. */
export function line(max: number) {
  const error = `a single line of 1 to ${max} characters without control characters`;
  return z
    .string({ error })
    .max(max, { error })
    .regex(new RegExp(`^[^${NO_TEXT}]+$`, "u"), { error });
}

/** A string of any length with any number of lines, possibly empty. */
export function lines(allowed: string) {
  const error = `${allowed}, without control characters other than tabs and line breaks`;
  return z.string({ error: allowed }).regex(new RegExp(`^([^${NO_TEXT}]|[\\t\\r\\n])*$`, "u"), { error });
}

/** A list of strings with limits on its length. */
export function texts(min: number, max: number, allowed: string) {
  const item = z.string({ error: "a string" });
  return z.array(item, { error: allowed }).min(min, { error: allowed }).max(max, { error: allowed });
}

/** A command: a list of words. */
export function words() {
  const error = "a list of at least one string, one per word of the command";
  return z.array(lines("a string"), { error }).min(1, { error });
}

/** Values by name. */
export function record<K extends z.ZodType<string, string>, V extends z.ZodType>(key: K, value: V, error: string) {
  return z.record(key, value, { error });
}

/** A group of settings: an object with these keys and no others. */
export function closed<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, { error: `an object with ${Object.keys(shape).join(", ")}` });
}
