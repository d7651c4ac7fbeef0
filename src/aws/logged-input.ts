import { HIDDEN, masked } from "../masking.ts";
import { isSensitive, itemOf, memberOf, schemasOf, unwrapped, type Schema } from "./command-schema.ts";

/**
 * The input of a command as JSON values: dates in ISO 8601, bytes and streams as `{ "$bytes": n }` (`null` if the length is not known),
 * secrets hidden. Member names are those of AWS's model. `secret` is an additional secret in it.
 */
export function loggedInput(command: object, secret = ""): unknown {
  const { input } = command as { input?: unknown };
  const plain = plainOf(input, schemasOf(command).input);
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
      // The content of an S3 object, which may be a whole state.
      if (name === "Body" && typeof item === "string") return [[name, { $bytes: Buffer.byteLength(item) }]];
      const told = isSensitive(member) && item !== undefined ? HIDDEN : plainOf(item, unwrapped(member));
      return told === undefined ? [] : [[name, told]];
    }),
  );
}

function without(secret: string, value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(secret, HIDDEN);
  if (Array.isArray(value)) return value.map((item) => without(secret, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, without(secret, item)]));
}
