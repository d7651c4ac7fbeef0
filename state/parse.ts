import { z } from "zod";
import { StateError, type State } from "./state.ts";

const need = z.strictObject({ to: z.string(), loose: z.boolean() });
const generation = {
  id: z.string().optional(),
  token: z.string(),
  spec: z.record(z.string(), z.unknown()),
  attrs: z.record(z.string(), z.unknown()),
  needs: z.array(need),
};
const resource = z.strictObject({
  ...generation,
  type: z.string(),
  status: z.enum(["creating", "created", "deleting"]),
  old: z.array(z.strictObject(generation)).optional(),
});
const schema = z.strictObject({
  version: z.literal(1),
  serial: z.number().int().nonnegative(),
  stack: z.string(),
  target: z.string(),
  account: z.string(),
  region: z.string(),
  resources: z.record(z.string(), resource),
});

/**
 * Reads the text of a state. Throws `StateError` where it is damaged or was written by a newer version; the message says what to do.
 * `where` is the path or address that the message names.
 */
export function parseState(text: string, where: string): State {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new StateError(damaged(where, `it is no JSON (${(error as Error).message})`), { cause: error });
  }
  const version = (data as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > 1)
    throw new StateError(
      `The state ${where} was written by a newer version of Fairlead (state version ${version}, this one knows 1). Nothing was touched. Update Fairlead, then run again.`,
    );
  const parsed = schema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StateError(damaged(where, `${issue?.path.join(".") || "the whole"}: ${issue?.message}`));
  }
  // Optional properties are left out of the JSON, never written as undefined.
  return parsed.data as State;
}

const damaged = (where: string, why: string) =>
  `The state ${where} is damaged: ${why}. It was left as it is, and nothing was touched. Put a good copy in its place, or move it away: the next run then finds what exists by its owner tags and names.`;
