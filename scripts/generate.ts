// Writes what is generated from the schema of stack.config.ts: the editor's types, docs/settings.md and the JSON Schema.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { jsonSchema } from "./generate/json-schema.ts";
import { withTable } from "./generate/settings.ts";
import { types } from "./generate/types.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const SETTINGS = "docs/settings.md";

/** The generated files, by their path from the root. */
export const generated = (): Readonly<Record<string, string>> => ({
  "src/config/types.ts": types(),
  [SETTINGS]: withTable(readFileSync(root + SETTINGS, "utf8")),
  "docs/stack.schema.json": jsonSchema(),
});

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, text] of Object.entries(generated())) writeFileSync(root + path, text);
