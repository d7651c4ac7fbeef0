import { badRequest } from "./errors.ts";

export type Fields = Record<string, unknown>;

/** Returns a JSON body that must be an object. */
export function asObject(body: unknown): Fields {
  if (isObject(body)) return body;
  throw badRequest("The body must be a JSON object.");
}

/** Returns a field that must be a number. */
export function numberField(fields: Fields, name: string): number {
  const value = present(fields, name);
  if (typeof value === "number") return value;
  throw badRequest(`The field "${name}" must be a number.`);
}

/** Returns a field that must be text. */
export function textField(fields: Fields, name: string): string {
  const value = present(fields, name);
  if (typeof value !== "string") throw badRequest(`The field "${name}" must be a string.`);
  // A lone surrogate has no UTF-8 encoding, so it could not be sent back.
  if (/\p{Cs}/u.test(value)) throw badRequest(`The field "${name}" must be valid Unicode text.`);
  return value;
}

/** Returns what the field "operation" maps to; it must be one of the given operations. */
export function operationField<T>(fields: Fields, operations: ReadonlyMap<string, T>): { name: string; run: T } {
  const name = textField(fields, "operation");
  const run = operations.get(name);
  if (run !== undefined) return { name, run };
  throw badRequest(`The field "operation" must be one of ${[...operations.keys()].join(", ")}.`);
}

/** Returns a query parameter that must be present exactly once and not be empty. */
export function queryParameter(query: URLSearchParams, name: string): string {
  const values = query.getAll(name);
  if (values.length > 1) throw badRequest(`The query parameter "${name}" is given more than once.`);
  const value = values[0]?.trim();
  if (value) return value;
  throw badRequest(`The query parameter "${name}" is missing.`);
}

/** Whether a JSON value is an object. */
function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function present(fields: Fields, name: string): unknown {
  // Object.hasOwn, so that "constructor" and similar names are not fields.
  if (Object.hasOwn(fields, name)) return fields[name];
  throw badRequest(`The field "${name}" is missing.`);
}
