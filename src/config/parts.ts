import * as z from "zod";

import { allowedBy, bare, closed, oneOf } from "./fields.ts";
import { stackSchema } from "./schema.ts";
import type { StackConfig } from "./types.ts";

/*
 * The schema of a config file before defaults are filled in: every setting as in the schema, but without its default. Overrides are merged
 * into what the file says, not into defaults.
 */

/** The same for a setting of a group. One that is a group itself is built when a config has it, since most configs have few. */
const builtWhenUsed = (type: z.core.$ZodType): z.core.$ZodType => {
  const inner = bare(type);
  if (!(inner instanceof z.ZodObject || inner instanceof z.ZodRecord || inner instanceof z.ZodUnion))
    return withoutDefaults(type);
  const later = z.lazy(() => withoutDefaults(inner));
  // It has no default: zod would build it to find that out (`$ZodLazy` in its core/schemas.js).
  const { _zod: known } = later;
  known.optin = undefined;
  // Not `exactOptional`, which parses what is left out too, and so builds it. What is `undefined` in a config is left out before (tidy.ts).
  return z.optional(later);
};

const withoutDefaults = (type: z.core.$ZodType): z.core.$ZodType => {
  if (type instanceof z.ZodDefault || type instanceof z.ZodPrefault || type instanceof z.ZodExactOptional)
    return z.exactOptional(withoutDefaults(bare(type)));
  if (type instanceof z.ZodObject)
    return closed(Object.fromEntries(Object.entries(type.shape).map(([key, inner]) => [key, builtWhenUsed(inner)])));
  if (type instanceof z.ZodUnion) return union(type);
  // The values of other records and lists have no optional fields.
  if (type instanceof z.ZodRecord)
    return z.record(type.keyType, withoutDefaults(type.valueType), { error: allowedBy(type) });
  return type;
};

/**
 * Merges several objects into one with the fields of all: the type may be set elsewhere, outside the environment's overrides.
 * `check-services.ts` reports fields that do not apply to the type of a service.
 */
function union(type: z.ZodUnion): z.core.$ZodType {
  const objects = type.options.filter((option) => option instanceof z.ZodObject);
  if (objects.length < type.options.length)
    return z.union(type.options.map(withoutDefaults), { error: allowedBy(type) });
  const shape: Record<string, z.core.$ZodType> = {};
  for (const [key, inner] of objects.flatMap((one) => Object.entries(one.shape))) {
    const [before, now] = [shape[key], withoutDefaults(bare(inner))];
    shape[key] = before === undefined ? now : both(before, now);
  }
  return closed(Object.fromEntries(Object.entries(shape).map(([key, inner]) => [key, z.exactOptional(inner)])));
}

function both(one: z.core.$ZodType, other: z.core.$ZodType): z.core.$ZodType {
  if (one instanceof z.ZodLiteral && other instanceof z.ZodLiteral)
    return oneOf([...new Set([...one.values, ...other.values])].map(String));
  if (one instanceof z.ZodObject && other instanceof z.ZodObject) return closed({ ...one.shape, ...other.shape });
  return one;
}

/** The schema of `stack.config.ts`. */
export const configSchema = withoutDefaults(stackSchema) as z.ZodType<StackConfig>;

/** The path of every setting, such as `network.cidr`, with `*` for a name; groups are included. */
export function settingPaths(schema: z.core.$ZodType = stackSchema, prefix = ""): string[] {
  const type = bare(schema);
  if (type instanceof z.ZodArray) return settingPaths(type.element, prefix);
  // The settings of an environment are those of the stack.
  if (type instanceof z.ZodRecord && prefix !== "environments") return settingPaths(type.valueType, `${prefix}.*`);
  if (type instanceof z.ZodUnion) return [...new Set(type.options.flatMap((option) => settingPaths(option, prefix)))];
  if (!(type instanceof z.ZodObject)) return [];
  return Object.entries(type.shape).flatMap(([key, inner]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return [path, ...settingPaths(inner, path)];
  });
}
