import * as z from "zod";
import { stackSchema } from "../../src/config/schema.ts";

/** The schema of `stack.config.ts` for tools that read JSON Schema. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(stackSchema, {
    io: "input",
    override: ({ jsonSchema: written }) => {
      // The schema says in words what follows from leaving a setting out, where no default does.
      const { otherwise, ...rest } = written;
      for (const key of Object.keys(written)) delete written[key];
      Object.assign(written, rest);
      if (typeof otherwise === "string") written.description = `${rest.description ?? ""} Default: ${otherwise}.`;
    },
  });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
