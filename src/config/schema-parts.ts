import * as z from "zod";

import { list } from "./show.ts";

/*
 * The leaves of the schema. The error text of each is what it allows, in words: the line that the user reads is put
 * together from the value and that text in `shape.ts`. All are optional, as every setting is.
 */

/** The largest number that AWS's integer fields hold. */
export const INT32 = 2_147_483_647;

/** A whole number within bounds. */
export function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error }).exactOptional();
}

/** A percentage, which need not be whole. */
export function percent(min: number, max: number) {
  const error = `a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error }).exactOptional();
}

/** True or false. */
export function flag() {
  return z.boolean({ error: "true or false" }).exactOptional();
}

/** One of a few values. */
export function oneOf<const T extends readonly (string | number)[]>(values: T) {
  return z.literal(values, { error: list(values) }).exactOptional();
}

/** Text of a certain form; `allowed` describes the form. */
export function text(pattern: RegExp, allowed: string) {
  return required(pattern, allowed).exactOptional();
}

/** Text of a certain form inside a list or as a key, where it cannot be left out. */
export function required(pattern: RegExp, allowed: string) {
  return z.string({ error: allowed }).regex(pattern, { error: allowed });
}

/** What is no character of any text: it would move a cursor, end a line, or come back from AWS as another one (half a character). */
const NO_TEXT = String.raw`\p{Cc}\p{Cs}`;

/** One line of 1 to `max` characters. */
export function line(max: number) {
  const error = `a line of 1 to ${max} characters, none of them a control character`;
  return z
    .string({ error })
    .max(max, { error })
    .regex(new RegExp(`^[^${NO_TEXT}]+$`, "u"), { error })
    .exactOptional();
}

/** Text of any length and any lines, also none. */
export function lines(allowed: string) {
  const error = `${allowed}, without control characters but tabs and line ends`;
  return z.string({ error: allowed }).regex(new RegExp(`^([^${NO_TEXT}]|[\\t\\r\\n])*$`, "u"), { error });
}

/** A list of texts with bounds on its length. */
export function texts(min: number, max: number, allowed: string) {
  const item = z.string({ error: "a text" });
  return z.array(item, { error: allowed }).min(min, { error: allowed }).max(max, { error: allowed }).exactOptional();
}

/** A group of settings: an object with these keys and no others. */
export function group<S extends z.ZodRawShape>(shape: S) {
  return closed(shape).exactOptional();
}

/** A group that cannot be left out, as the items of a list. */
export function closed<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, { error: `an object with ${Object.keys(shape).join(", ")}` });
}
