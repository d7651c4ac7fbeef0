import { HIDDEN, masked } from "../masking.ts";

/** Smithy's trait bit for a member that AWS's model marks as sensitive (`@smithy/core`, translateTraits). */
const SENSITIVE = 0b1000;

type Schema = unknown;

/**
 * What a command asks, as JSON has it: dates in ISO 8601, bytes and streams as `{ "$bytes": n }` (`null` where the length is not known),
 * secrets hidden. Member names are those of AWS's model. `secret` is one that the caller knows to be in it.
 */
export function loggedInput(command: object, secret = ""): unknown {
  const { input, schema } = command as { input?: unknown; schema?: readonly unknown[] };
  const plain = plainOf(input, unwrapped(schema?.[4]));
  return masked(secret === "" ? plain : without(secret, plain));
}

function plainOf(value: unknown, schema: Schema): unknown {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return { $bytes: value.byteLength };
  if (typeof value === "object" && "pipe" in value) return { $bytes: null };
  if (Array.isArray(value)) return value.map((item) => plainOf(item, itemOf(schema)));
  if (typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      const member = memberOf(schema, name);
      // The content of an object in S3, which may be a whole state.
      if (name === "Body" && typeof item === "string") return [[name, { $bytes: Buffer.byteLength(item) }]];
      const told = isSensitive(member) && item !== undefined ? HIDDEN : plainOf(item, unwrapped(member));
      return told === undefined ? [] : [[name, told]];
    }),
  );
}

/** A member may be `[schema, traits]`; a schema may be a function that answers it. */
const unwrapped = (ref: Schema): Schema => {
  let schema = typeof ref === "function" ? (ref as () => Schema)() : ref;
  while (Array.isArray(schema) && schema.length === 2)
    schema = typeof schema[0] === "function" ? schema[0]() : schema[0];
  return schema;
};

function memberOf(schema: Schema, name: string): Schema {
  if (!Array.isArray(schema)) return undefined;
  const names = schema[4] as unknown;
  if (Array.isArray(names)) return (schema[5] as Schema[] | undefined)?.[names.indexOf(name)];
  // A map: [kind, namespace, name, traits, key, value].
  return schema[5];
}

const itemOf = (schema: Schema): Schema => (Array.isArray(schema) ? unwrapped(schema[4]) : undefined);

function isSensitive(ref: Schema): boolean {
  const schema = typeof ref === "function" ? (ref as () => Schema)() : ref;
  if (!Array.isArray(schema)) return false;
  if (schema.length === 2) return ((schema[1] as number) & SENSITIVE) !== 0 || isSensitive(schema[0]);
  return typeof schema[3] === "number" && (schema[3] & SENSITIVE) !== 0;
}

function without(secret: string, value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(secret, HIDDEN);
  if (Array.isArray(value)) return value.map((item) => without(secret, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, without(secret, item)]));
}
