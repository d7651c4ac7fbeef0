import * as z from "zod";
import { about, bare } from "../../src/config/fields.ts";
import { stackSchema } from "../../src/config/schema.ts";
import { terraformInputs } from "../../src/config/terraform.ts";
import { allowed, otherwise } from "./words.ts";

const BEGIN = "<!-- generated: npm run generate -->";
const END = "<!-- end of what is generated -->";

/** The page of the settings with its table up to date; what people wrote around it stays. */
export function withTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`docs/settings.md has lost its marks ${BEGIN} and ${END}.`);
  return `${before}${BEGIN}\n\n${table()}\n\n${END}${after}`;
}

function table(): string {
  const rows = [
    ["setting", "default", "allowed", "what it is"],
    ["---", "---", "---", "---"],
    ...rowsOf(stackSchema, ""),
  ];
  return rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}

function rowsOf(schema: z.core.$ZodType, path: string): string[][] {
  const type = bare(schema);
  if (!(type instanceof z.ZodObject)) return path === "environments" ? [] : [row(schema, path)];
  return Object.entries(type.shape).flatMap(([key, inner]) => rowsOf(inner, path === "" ? key : `${path}.${key}`));
}

function row(schema: z.core.$ZodType, path: string): string[] {
  const [input] = Object.entries(terraformInputs).find(([, setting]) => setting === path) ?? [];
  const what = about(schema).description ?? "";
  const from = input === undefined ? "" : ` Terraform: \`${input}\`.`;
  return [`\`${path}\``, otherwise(schema) ?? "must be set", values(schema), what + from];
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
