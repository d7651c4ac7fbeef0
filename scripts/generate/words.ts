import * as z from "zod";
import { about, allowedBy, bare } from "../../src/config/fields.ts";

/* What the schema knows of a setting, in words. */

/** What a setting may be, in the words of the error that refuses anything else; nothing where its type says it. */
export function allowed(schema: z.core.$ZodType): string | undefined {
  const type = bare(schema);
  if (type instanceof z.ZodRecord) {
    const [key, value] = [type.keyType, type.valueType].map((inner) => allowed(inner));
    return key === undefined || value === undefined ? undefined : `names of ${key}; values: ${value}`;
  }
  const tells =
    type instanceof z.ZodNumber ||
    type instanceof z.ZodString ||
    type instanceof z.ZodArray ||
    type instanceof z.ZodUnion;
  return tells ? allowedBy(type).replace(/ from (\d+) to 2147483647$/, " of at least $1") : undefined;
}

/** What follows from leaving a setting out, as a reader of Markdown sees it. */
export function otherwise(schema: z.core.$ZodType): string | undefined {
  const { value, otherwise: words } = about(schema);
  return value === undefined ? words : `\`${JSON.stringify(value)}\``;
}

/** What is said about a setting: its sentence, what it allows and what follows from leaving it out. */
export function documentation(schema: z.core.$ZodType): string {
  const rule = allowed(schema);
  const left = otherwise(schema);
  return [
    about(schema).description ?? about(bare(schema)).description,
    rule === undefined ? undefined : `Allowed: ${rule}.`,
    left === undefined ? undefined : `Default: ${left}.`,
  ]
    .filter((part) => part !== undefined)
    .join(" ");
}
