import { readFileSync } from "node:fs";
import * as z from "zod";

const published = JSON.parse(readFileSync(new URL("../../docs/answers.schema.json", import.meta.url), "utf8")) as {
  readonly $defs: Readonly<Record<string, object>>;
};

/** The published schema promises no field that is not in it: here none may be there. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, closed(part)]));
  return "properties" in parts && !("additionalProperties" in parts)
    ? { ...parts, additionalProperties: false }
    : parts;
}

const $defs = closed(published.$defs) as Record<string, z.core.JSONSchema.JSONSchema>;
const validators = new Map<string, z.ZodType>();

function validatorOf(definition: string): z.ZodType {
  const known = validators.get(definition);
  if (known) return known;
  const made = z.fromJSONSchema({ $ref: `#/$defs/${definition}`, $defs });
  validators.set(definition, made);
  return made;
}

/** The definition that the answer of a command line has; undefined where the command is not known. */
export function definitionOf(argv: readonly string[]): string | undefined {
  const words = argv.filter((word) => !word.startsWith("-"));
  const names = [words.slice(0, 2).join("-"), words[0] ?? ""];
  const found = names.find((name) => name in published.$defs);
  return found === "logs" && argv.includes("--jsonl") ? "logs-jsonl" : found;
}

/** Throws where what a command answered is not as docs/answers.schema.json says. Without `--json` there is nothing to check. */
export function checkAnswer(argv: readonly string[], answer: string): void {
  const end = argv.indexOf("--");
  const own = argv.slice(0, end < 0 ? undefined : end);
  if (answer.trim() === "" || !own.some((word) => word === "--json" || word === "--jsonl")) return;
  const definition = definitionOf(own);
  if (definition === undefined) return;
  const isLines = definition === "task" || definition === "job-run" || definition === "logs-jsonl";
  for (const text of isLines ? answer.trim().split("\n") : [answer]) {
    const { error } = validatorOf(definition).safeParse(JSON.parse(text));
    if (error)
      throw new Error(
        `The answer of ${own.join(" ")} is not as docs/answers.schema.json#/$defs/${definition} says: ${JSON.stringify(error.issues).slice(0, 2_000)}\n${text.slice(0, 500)}`,
      );
  }
}
