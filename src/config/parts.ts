import * as z from "zod";

import { allowedBy, bare, closed, oneOf } from "./fields.ts";
import { stackSchema } from "./schema.ts";
import type { StackConfig } from "./types.ts";

/*
 * The schema of what a file says, before anything is filled in: each setting as in the schema, but none of them has a default. Overrides
 * are merged into what was said, not into what would have followed from saying nothing.
 */

const withoutDefaults = (type: z.core.$ZodType): z.core.$ZodType => {
  if (type instanceof z.ZodDefault || type instanceof z.ZodPrefault || type instanceof z.ZodExactOptional)
    return z.exactOptional(withoutDefaults(bare(type)));
  if (type instanceof z.ZodObject)
    return closed(Object.fromEntries(Object.entries(type.shape).map(([key, inner]) => [key, withoutDefaults(inner)])));
  if (type instanceof z.ZodUnion) return union(type);
  // The values of other records and lists have no fields that could be left out.
  if (type instanceof z.ZodRecord)
    return z.record(type.keyType, withoutDefaults(type.valueType), { error: allowedBy(type) });
  return type;
};

/**
 * Of several objects, one that takes the fields of all: which of them is meant may be said elsewhere, beside what an environment overrides.
 * `check-services.ts` tells the fields that the type of a service does not take.
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

/** What `stack.config.ts` may hold. */
export const configSchema = withoutDefaults(stackSchema) as z.ZodType<StackConfig>;

/** The path of every setting, `network.cidr` and so on, with `*` for a name; the groups are among them. */
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
