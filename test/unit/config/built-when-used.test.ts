import { expect, it } from "vitest";
import * as z from "zod";

/** A copy of its own: other tests in this process build what they need of the common one. */
const COPY = "../../../src/config/parts.ts?copy";

/** The settings of a config whose own schema has been built: `z.lazy` keeps it in its definition (zod, core/schemas.js, `$ZodLazy`). */
const builtIn = (schema: z.ZodType): string[] =>
  Object.entries((schema as z.ZodObject).shape).flatMap(([name, member]) => {
    const { innerType } = (member as z.ZodType).def as { readonly innerType?: z.core.$ZodType };
    return innerType instanceof z.ZodLazy && "_cachedInner" in innerType.def ? [name] : [];
  });

it("builds the schema of a group when a config has it, and of no other", async () => {
  const { configSchema } = (await import(COPY)) as typeof import("../../../src/config/parts.ts");
  configSchema.parse({ region: "eu-west-1" });
  expect(builtIn(configSchema)).toEqual([]);
  configSchema.parse({ network: { cidr: "10.0.0.0/16" }, edge: false });
  expect(builtIn(configSchema).toSorted()).toEqual(["edge", "network"]);
});
