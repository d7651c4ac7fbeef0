import * as z from "zod";
import { about, bare } from "../../src/config/fields.ts";
import { stackSchema } from "../../src/config/schema.ts";
import { documentation } from "./words.ts";

const HEAD = `/*
 * The types of \`stack.config.ts\`, as an editor shows them. Generated from the schema by \`npm run generate\`: make changes in
 * schema.ts. They are written out, so that the types of the packed package need no library.
 */
`;
const WIDTH = 120;

/** The source text of the types of everything in the schema. */
export function types(): string {
  const declared = new Map<string, string>();
  reference(stackSchema, declared);
  return `${HEAD}\n${[...declared.values()].join("\n")}`;
}

/** How a type is written where it is used; what has a name is declared once. */
function reference(schema: z.core.$ZodType, declared: Map<string, string>): string {
  const type = bare(schema);
  const { id } = about(type);
  if (id === undefined) return written(type, declared);
  if (!declared.has(id)) {
    // Its place is kept before what it refers to.
    declared.set(id, "");
    const part = type instanceof z.ZodObject ? partOf(type) : undefined;
    const body = type instanceof z.ZodObject ? members(type, declared, part) : written(type, declared);
    const extending = part === undefined ? "" : ` extends ${about(part).id}`;
    const head =
      type instanceof z.ZodObject
        ? `export interface ${id}${extending} ${body}`
        : `export type ${id} = ${wrapped(body)};`;
    declared.set(id, `${comment(about(type).description ?? "", "")}${head}\n`);
  }
  return id;
}

/** A long union has a line for each of its members. */
const wrapped = (body: string) => (body.length < WIDTH - 30 ? body : `\n  | ${body.replaceAll(" | ", "\n  | ")}`);

function written(type: z.core.$ZodType, declared: Map<string, string>): string {
  if (type instanceof z.ZodLiteral) return [...type.values].map((value) => JSON.stringify(value)).join(" | ");
  if (type instanceof z.ZodString) return "string";
  if (type instanceof z.ZodNumber) return "number";
  if (type instanceof z.ZodBoolean) return "boolean";
  if (type instanceof z.ZodUnknown) return "unknown";
  if (type instanceof z.ZodUnion) return type.options.map((option) => reference(option, declared)).join(" | ");
  if (type instanceof z.ZodRecord) return `Readonly<Record<string, ${reference(type.valueType, declared)}>>`;
  if (type instanceof z.ZodArray) return `readonly ${reference(type.element, declared)}[]`;
  if (type instanceof z.ZodObject) return members(type, declared);
  throw new Error("The schema has a type that the generator cannot write.");
}

/** An object with a name inside `type` all of whose members are members of `type` too, so that they need not be written twice. */
function partOf({ shape }: z.ZodObject): z.ZodObject | undefined {
  return Object.values(shape)
    .map((inner) => bare(inner))
    .map((inner) => (inner instanceof z.ZodRecord ? bare(inner.valueType) : inner))
    .filter((inner) => inner instanceof z.ZodObject)
    .find((inner) => Object.entries(inner.shape).every(([key, member]) => shape[key] === member));
}

function members(type: z.ZodObject, declared: Map<string, string>, part?: z.ZodObject): string {
  const own = Object.entries(type.shape).filter(([key]) => !Object.hasOwn(part?.shape ?? {}, key));
  const lines = own.map(([key, inner]) => {
    const left = bare(inner) === inner ? "" : "?";
    return `${comment(documentation(inner), "  ")}  ${key}${left}: ${reference(inner, declared)};`;
  });
  return `{\n${lines.join("\n")}\n}`;
}

function comment(text: string, indent: string): string {
  const short = `${indent}/** ${text} */`;
  if (short.length <= WIDTH) return `${short}\n`;
  const lines: string[] = [];
  let line = `${indent} *`;
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent} *`;
    }
    line += ` ${word}`;
  }
  return `${[`${indent}/**`, ...lines, line, `${indent} */`].join("\n")}\n`;
}
