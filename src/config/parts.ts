import * as z from "zod";

import { allowedBy, bare, closed } from "./fields.ts";
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
  // The values of other records and lists have no fields that could be left out.
  if (type instanceof z.ZodRecord && type.valueType instanceof z.ZodObject)
    return z.record(type.keyType, withoutDefaults(type.valueType), { error: allowedBy(type) });
  return type;
};

/** What `stack.config.ts` may hold. */
export const configSchema = withoutDefaults(stackSchema) as z.ZodType<StackConfig>;

/** The path of every setting, `network.cidr` and so on; the groups are among them. */
export function settingPaths(schema: z.core.$ZodType = stackSchema, prefix = ""): string[] {
  const type = bare(schema);
  if (type instanceof z.ZodArray) return settingPaths(type.element, prefix);
  if (!(type instanceof z.ZodObject)) return [];
  return Object.entries(type.shape).flatMap(([key, inner]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return [path, ...settingPaths(inner, path)];
  });
}
