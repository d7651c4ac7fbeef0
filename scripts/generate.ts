// Writes what is generated: from the schema of stack.config.ts the editor's types, docs/settings.md and the JSON Schema; from the price tables the
// costs in the documents; from the tables of permissions docs/permissions.md; from the program of the command line its page and man page; from the
// schemas of answers docs/answers.schema.json; from the default stack its picture.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { answerTypes } from "./generate/answer-types.ts";
import { answersSchema } from "./generate/answers-schema.ts";
import { cliPage } from "./generate/cli.ts";
import { costTables, readmeCosts } from "./generate/costs.ts";
import { jsonSchema } from "./generate/json-schema.ts";
import { manPage } from "./generate/man.ts";
import { permissionTables } from "./generate/permissions.ts";
import { stackPicture } from "./generate/picture.ts";
import { between } from "./generate/pages.ts";
import { withTable } from "./generate/settings.ts";
import { types } from "./generate/types.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const SETTINGS = "docs/settings.md";
const COSTS = "docs/costs.md";
const PERMISSIONS = "docs/permissions.md";
const read = (path: string) => readFileSync(root + path, "utf8");

/** The generated files, by their path from the root. */
export const generated = async (): Promise<Readonly<Record<string, string>>> => ({
  "src/config/types.ts": types(),
  "src/answers.ts": answerTypes(),
  [SETTINGS]: withTable(read(SETTINGS)),
  [COSTS]: between(read(COSTS), costTables()),
  [PERMISSIONS]: between(read(PERMISSIONS), permissionTables()),
  "README.md": between(read("README.md"), readmeCosts()),
  "docs/stack.schema.json": jsonSchema(),
  "docs/answers.schema.json": answersSchema(),
  "docs/stack.svg": await stackPicture(),
  "docs/cli.md": cliPage(),
  "man/fairlead.1": manPage(),
});

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, text] of Object.entries(await generated())) writeFileSync(root + path, text);
