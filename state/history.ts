import * as z from "zod";
import type { Run } from "./state.ts";

/** How many runs are kept. */
export const KEPT_RUNS = 200;

const numbers = z.record(z.string(), z.number());
const schema = z.object({
  number: z.number().int().positive(),
  when: z.string(),
  who: z.string(),
  verb: z.string(),
  target: z.string(),
  outcome: z.enum(["done", "partly", "failed", "declined", "died"]),
  error: z.string().optional(),
  release: z.string().optional(),
  summary: numbers,
  actions: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      action: z.string(),
      outcome: z.string(),
      ms: z.number(),
      from: z.number().optional(),
      callMs: z.number().optional(),
      error: z.string().optional(),
    }),
  ),
  chain: z
    .array(
      z.object({
        id: z.string(),
        action: z.string(),
        from: z.number(),
        to: z.number(),
        waitedFor: z.enum(["call", "ready", "gone"]),
      }),
    )
    .optional(),
  calls: numbers,
  seconds: z.number().optional(),
});

/** A run from its JSON; `undefined` if it is damaged, since the rest of the history is still useful. */
export function parseRun(text: string): Run | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
