import { badRequest } from "./errors.ts";

export type Fields = Record<string, unknown>;

/** Takes a JSON body that has to be an object. */
export function asObject(body: unknown): Fields {
  if (isObject(body)) return body;
  throw badRequest("The body must be a JSON object.");
}

/** Takes a field that has to be a number. */
export function numberField(fields: Fields, name: string): number {
  const value = present(fields, name);
  if (typeof value === "number") return value;
  throw badRequest(`The field "${name}" must be a number.`);
}

/** Takes a field that has to be text. */
export function textField(fields: Fields, name: string): string {
  const value = present(fields, name);
  if (typeof value !== "string") throw badRequest(`The field "${name}" must be a string.`);
  // Half of a surrogate pair has no UTF-8 form, so it could be neither encoded nor sent back.
  if (/\p{Cs}/u.test(value)) throw badRequest(`The field "${name}" must be valid Unicode text.`);
  return value;
}

/** Takes the field "operation", which has to name one of the operations; gives what that operation maps to. */
export function operationField<T>(fields: Fields, operations: ReadonlyMap<string, T>): { name: string; run: T } {
  const name = textField(fields, "operation");
  const run = operations.get(name);
  if (run !== undefined) return { name, run };
  throw badRequest(`The field "operation" must be one of ${[...operations.keys()].join(", ")}.`);
}

/** Takes a query parameter that has to be there exactly once and not be empty. */
export function queryParameter(query: URLSearchParams, name: string): string {
  const values = query.getAll(name);
  if (values.length > 1) throw badRequest(`The query parameter "${name}" is given more than once.`);
  const value = values[0]?.trim();
  if (value) return value;
  throw badRequest(`The query parameter "${name}" is missing.`);
}

/** Tells a JSON object from the other JSON values. */
function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function present(fields: Fields, name: string): unknown {
  // Object.hasOwn, so that "constructor" and its like are no fields.
  if (Object.hasOwn(fields, name)) return fields[name];
  throw badRequest(`The field "${name}" is missing.`);
}
