import * as z from "zod";
import { about, bare } from "../../src/config/fields.ts";
import { stackSchema } from "../../src/config/schema.ts";
import { terraformInputs } from "../../src/config/terraform.ts";
import { settingCosts } from "./costs.ts";
import { between } from "./pages.ts";
import { allowed, otherwise } from "./words.ts";

/** The page of the settings with its table up to date; what people wrote around it stays. */
export const withTable = (page: string): string => between(page, table());

const costs = settingCosts();

function table(): string {
  const { services, ...rest } = stackSchema.shape;
  const seen = new Map<z.core.$ZodType, string>();
  const main = Object.entries(rest).flatMap(([key, inner]) => rowsOf(inner, key, seen));
  const union = bare(services) as z.ZodRecord<z.ZodString, z.ZodUnion<z.ZodObject[]>>;
  const own = union.valueType.options.flatMap((option) =>
    Object.entries(option.shape).flatMap(([key, inner]) => rowsOf(inner, `services.NAME.${key}`, seen)),
  );
  return [tableOf(main), `## Services\n\n${about(services).description}`, tableOf(own)].join("\n\n");
}

function tableOf(rows: string[][]): string {
  return [["setting", "default", "allowed", "description"], ["---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

/** The rows of a setting and what is in it. A setting that stands elsewhere too is told once. */
function rowsOf(schema: z.core.$ZodType, path: string, seen: Map<z.core.$ZodType, string>): string[][] {
  const before = seen.get(schema);
  // Only what stands directly in a service is pointed to from there.
  if (before !== undefined) return before !== path && path.split(".").length === 3 ? [same(path, before)] : [];
  seen.set(schema, path);
  const type = bare(schema);
  if (type instanceof z.ZodRecord && type.valueType instanceof z.ZodObject)
    return path === "environments" ? [] : [row(schema, path), ...members(type.valueType, `${path}.NAME`, seen)];
  if (type instanceof z.ZodUnion && type.options.some((option) => option instanceof z.ZodObject))
    return [row(schema, path), ...type.options.flatMap((option) => members(option, path, seen))];
  if (!(type instanceof z.ZodObject)) return [row(schema, path)];
  const rows = members(type, path, seen);
  const [first] = Object.values(type.shape);
  const told = first === undefined ? undefined : seen.get(first);
  return rows.length > 0 || told === undefined ? rows : [same(path, told.slice(0, told.lastIndexOf(".")))];
}

const same = (path: string, other: string) => [`\`${path}\``, `as \`${other}\``, "", "The same for this service."];

function members(type: z.core.$ZodType, path: string, seen: Map<z.core.$ZodType, string>): string[][] {
  if (!(type instanceof z.ZodObject)) return [];
  return Object.entries(type.shape).flatMap(([key, inner]) => rowsOf(inner, `${path}.${key}`, seen));
}

function row(schema: z.core.$ZodType, path: string): string[] {
  const [input] = Object.entries(terraformInputs).find(([, setting]) => setting === path) ?? [];
  const what = about(schema).description ?? "";
  const from = input === undefined ? "" : ` Terraform: \`${input}\`.`;
  const cost = costs[path] === undefined ? "" : ` ${costs[path]}`;
  return [`\`${path}\``, otherwise(schema) ?? "required", values(schema), what + cost + from];
}

function values(schema: z.core.$ZodType): string {
  const type = bare(schema);
  if (type instanceof z.ZodBoolean) return "`true`, `false`";
  // All regions would make the table hard to read.
  if (type instanceof z.ZodLiteral)
    return type.values.size > 25
      ? `${type.values.size} values, see the editor`
      : [...type.values].map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  return allowed(type) ?? "";
}
