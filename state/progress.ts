import { stripVTControlCharacters } from "node:util";
import * as z from "zod";
import type { Holder, Progress } from "./state.ts";

/** The most characters of a text, and of the document: far above what a stack of hundreds of resources needs. */
const [LONGEST_TEXT, LONGEST] = [400, 400_000];

const optionalText = z.string().optional();
const optionalNumber = z.number().optional();
const schema = z.object({
  version: z.literal(1),
  who: z.string(),
  pid: z.number(),
  host: z.string(),
  verb: z.string(),
  since: z.string(),
  process: optionalText,
  token: z.string(),
  when: z.string(),
  target: z.string(),
  region: z.string(),
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  elapsed: z.number(),
  clock: z.enum(["virtual", "real"]),
  done: z.number(),
  all: z.number(),
  secondsLeft: z.number(),
  held: optionalText,
  calls: z.number(),
  retries: z.number(),
  actions: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      action: z.string(),
      state: z.enum(["pending", "running", "waiting", "done", "failed", "skipped", "stopped"]),
      started: optionalNumber,
      waited: optionalNumber,
      ended: optionalNumber,
      waitsFor: z.enum(["ready", "gone"]).optional(),
      status: optionalText,
      usual: optionalNumber,
      note: optionalText,
      error: optionalText,
    }),
  ),
  stages: z.array(z.object({ stage: z.string(), status: z.string(), started: optionalNumber, ended: optionalNumber })),
  release: optionalText,
  waitsFor: optionalText,
});

/** What is written of a run: long sentences are cut, and a terminal's colours left out. `undefined` if it is too large to be worth it. */
export function progressText(holder: Holder, progress: Progress): string | undefined {
  const { renewed: _renewed, ...own } = holder;
  const text = JSON.stringify({ version: 1, ...own, ...progress }, (_key, value: unknown) =>
    typeof value === "string" ? shortened(stripVTControlCharacters(value)) : value,
  );
  return text.length > LONGEST ? undefined : text;
}

const shortened = (text: string) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text);

/** A progress from its JSON; `undefined` if it is damaged or of a newer version: nothing depends on it. */
export function parseProgress(text: string): (Holder & Progress) | undefined {
  try {
    const { data } = schema.safeParse(JSON.parse(text));
    if (!data) return undefined;
    const { version: _version, ...progress } = data;
    return progress;
  } catch {
    return undefined;
  }
}
