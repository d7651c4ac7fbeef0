/**
 * Reads the schema that every command of the SDK carries: Smithy's own model of its input and its answer (`@smithy/core`, schema).
 * A structure is `[3, namespace, name, traits, member names, members]`, a list `[1, …, item]`, a map `[2, …, key, value]`.
 */
export type Schema = unknown;

/** Smithy's trait bit for a member that AWS's model marks as sensitive (`@smithy/core`, translateTraits). */
const SENSITIVE = 0b1000;

const MAP = 2;
/** A map whose values are simple has no schema of its own but this bit (`@smithy/types`, MapSchemaModifier). */
const MAP_BIT = 0b1000_0000;

/** The schemas of a command's input and output. */
export function schemasOf(command: object): { readonly input: Schema; readonly output: Schema } {
  const { schema } = command as { schema?: readonly unknown[] };
  return { input: unwrapped(schema?.[4]), output: unwrapped(schema?.[5]) };
}

/** A member may be `[schema, traits]`; a schema may be a function that returns it. */
export function unwrapped(ref: Schema): Schema {
  let schema = typeof ref === "function" ? (ref as () => Schema)() : ref;
  while (Array.isArray(schema) && schema.length === 2)
    schema = typeof schema[0] === "function" ? schema[0]() : schema[0];
  return schema;
}

/** The schema of a structure's member, or of a map's values. */
export function memberOf(schema: Schema, name: string): Schema {
  if (!Array.isArray(schema)) return undefined;
  const names = schema[4] as unknown;
  if (Array.isArray(names)) return (schema[5] as Schema[] | undefined)?.[names.indexOf(name)];
  return schema[5];
}

export const itemOf = (schema: Schema): Schema => (Array.isArray(schema) ? unwrapped(schema[4]) : undefined);

/** Whether its keys are user data and not member names of AWS's model. */
export const isMap = (schema: Schema): boolean =>
  typeof schema === "number" ? (schema & MAP_BIT) !== 0 : Array.isArray(schema) && schema[0] === MAP;

export function isSensitive(ref: Schema): boolean {
  const schema = typeof ref === "function" ? (ref as () => Schema)() : ref;
  if (!Array.isArray(schema)) return false;
  if (schema.length === 2) return ((schema[1] as number) & SENSITIVE) !== 0 || isSensitive(schema[0]);
  return typeof schema[3] === "number" && (schema[3] & SENSITIVE) !== 0;
}
