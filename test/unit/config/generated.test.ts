import { readdirSync, readFileSync } from "node:fs";
import * as z from "zod";
import { describe, expect, it } from "vitest";
import { generated } from "../../../scripts/generate.ts";
import { about, bare } from "../../../src/config/fields.ts";
import { stackSchema } from "../../../src/config/schema.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

/** Every setting of the schema by its path, once for each place where it can be written. */
function settings(schema: z.core.$ZodType = stackSchema, path = ""): [string, z.core.$ZodType][] {
  const type = bare(schema);
  const own: [string, z.core.$ZodType][] = path === "" ? [] : [[path, schema]];
  if (type instanceof z.ZodRecord) return [...own, ...settings(type.valueType, `${path}.*`)];
  if (type instanceof z.ZodArray) return [...own, ...settings(type.element, `${path}[]`)];
  if (type instanceof z.ZodUnion)
    return [
      ...own,
      ...type.options
        .filter((one) => one instanceof z.ZodObject)
        .flatMap((one) => settings(one, path).filter(([inner]) => inner !== path)),
    ];
  if (!(type instanceof z.ZodObject)) return own;
  return [...own, ...Object.entries(type.shape).flatMap(([key, inner]) => settings(inner, `${path}.${key}`))];
}

const all = await generated();

/** Settings that are fields of a group, and no items or values. */
const fields = settings().filter(([path]) => !/(\*|\[\])$/.test(path));
const sentenceOf = (schema: z.core.$ZodType) => about(schema).description ?? about(bare(schema)).description;

describe("what is generated from the schema", () => {
  it.each(Object.entries(all))("is up to date: %s (npm run generate)", (path, text) => {
    expect(read(path)).toBe(text);
  });
});

describe("the schema", () => {
  it("has one sentence for every setting", () => {
    expect(fields.length).toBeGreaterThan(100);
    expect(fields.filter(([, schema]) => !sentenceOf(schema)?.endsWith(".")).map(([path]) => path)).toEqual([]);
  });

  it("says what the default does for every optional setting, and only for those", () => {
    const tells = (schema: z.core.$ZodType) => {
      const { value, otherwise } = about(schema);
      return value !== undefined || otherwise !== undefined || bare(schema) instanceof z.ZodObject;
    };
    expect(fields.filter(([, schema]) => tells(schema) === (bare(schema) === schema)).map(([path]) => path)).toEqual(
      [],
    );
  });

  it("is where each sentence is written, and the only place", () => {
    const sources = ["src/config", "src/cli", "docs"].flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
    );
    const written = sources
      .filter((path) => /\.(ts|md)$/.test(path) && !(path in all))
      .map(read)
      .join("\n");
    for (const sentence of new Set(fields.map(([, schema]) => sentenceOf(schema) ?? ""))) {
      const quoted = sentence.replaceAll("\n", "\\n");
      expect([quoted, written.split(quoted).length - 1]).toEqual([quoted, 1]);
    }
  });

  it("states each default once: no description repeats it or the bounds of the type", () => {
    const repeats = ([, schema]: (typeof fields)[number]) => {
      const sentence = sentenceOf(schema) ?? "";
      const { value } = about(schema);
      // A sentence may explain the values that there are.
      const explains = bare(schema) instanceof z.ZodLiteral;
      const repeated = typeof value === "string" && value.length > 3 && !explains && sentence.includes(value);
      return repeated || /\bdefaults?\b/i.test(sentence);
    };
    expect(fields.filter(repeats).map(([path]) => path)).toEqual([]);
  });

  it("is all that the editor's types and the defaults are written in", () => {
    const others = readdirSync(new URL("src/config", root)).filter((file) => file !== "types.ts");
    for (const file of others) expect(read(`src/config/${file}`)).not.toMatch(/export interface \w+Config\b/);
  });
});
