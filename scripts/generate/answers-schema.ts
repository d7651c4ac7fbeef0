import * as z from "zod";
import { finding } from "../../src/cli/answers/common.ts";
import { answerOf, COMMANDS, FAILED, SHAPES } from "../../src/cli/answers/schemas.ts";

/**
 * The JSON Schema of what the commands answer with `--json`: in `$defs`, by the command's words, and the parts that they refer to, which begin
 * with a capital. A field that a later version adds does not make an answer invalid.
 */
export function answersSchema(): string {
  // Another word than the command's: tools that make types of it write both with a capital.
  for (const [name, shape] of Object.entries(SHAPES)) named(shape, `${capital(name)}Answer`);
  named(finding, "Finding");
  named(FAILED, "Failed");
  const answers = Object.fromEntries(
    Object.entries(COMMANDS).map(([command, answer]) => [command, named(answerOf(answer), definitionOf(command))]),
  );
  const { $schema, $defs = {} } = z.toJSONSchema(z.object(answers), {
    override: ({ jsonSchema: written }) => {
      if (written.additionalProperties === false) delete written.additionalProperties;
      // The integers that JSON.parse reads exactly: that says nothing.
      if (written.maximum === Number.MAX_SAFE_INTEGER) delete written.maximum;
      if (written.minimum === Number.MIN_SAFE_INTEGER) delete written.minimum;
      // The key in $defs says it, and a validator would take it for an address.
      delete written["id"];
    },
  });
  const title = "What the commands of fairlead answer with --json";
  // Commands first, in their own order.
  const ids = Object.keys(COMMANDS).map(definitionOf);
  const inOrder = Object.fromEntries([
    ...ids.map((id) => [id, $defs[id]]),
    ...Object.entries($defs).filter(([id]) => !ids.includes(id)),
  ]);
  return `${JSON.stringify({ $schema, title, $defs: inOrder }, undefined, 2)}\n`;
}

/** Gives a schema its key in `$defs`, and keeps its description. */
function named<Schema extends z.ZodType>(schema: Schema, id: string): Schema {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
  return schema;
}

const capital = (name: string): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/** `secret set` is `secret-set`, and the lines of `logs --jsonl` are `logs-jsonl`. */
const definitionOf = (command: string): string => command.replaceAll(/[ -]+/g, "-");
