// How far a run is that goes on in another terminal.
import * as z from "zod";
import { flag, maybe, number, text, when, whole } from "./common.ts";

const after = number.describe("milliseconds of the run's clock after startedAt");

const actionProgress = z.object({
  id: text,
  type: text,
  action: text,
  state: z
    .enum(["pending", "running", "waiting", "done", "failed", "skipped", "stopped"])
    .describe("waiting: its calls are made, and AWS is still busy with it"),
  started: maybe(after),
  waited: maybe(after).describe("when the wait began"),
  ended: maybe(after),
  waitsFor: maybe(z.enum(["ready", "gone"])),
  status: maybe(text).describe("AWS's own word"),
  usual: maybe(number).describe("how many seconds it usually takes"),
  note: maybe(text),
  error: maybe(text),
});

export const progress = z.object({
  of: z.enum(["run", "release"]),
  isAlive: flag.describe("false for a run that died and is not in the history yet"),
  verb: text,
  who: text.describe("user@host"),
  pid: whole,
  host: text,
  since: when.describe("when it took its lock"),
  renewed: maybe(text),
  process: maybe(text),
  token: text.describe("that of its lock"),
  when: when.describe("when it began, on its own clock, as in the history"),
  target: text,
  region: text,
  startedAt: when.describe("when its first action could start, on the machine's clock"),
  updatedAt: when.describe("when it last said so"),
  elapsed: after,
  clock: z.enum(["virtual", "real"]).describe("virtual on the target local"),
  done: whole,
  all: whole,
  secondsLeft: number.describe("if everything takes as long as it usually does"),
  held: maybe(text).describe("the call that last had to wait, and why"),
  calls: whole,
  retries: whole,
  actions: z.array(actionProgress).describe("of a run"),
  stages: z
    .array(z.object({ stage: text, status: text, started: maybe(after), ended: maybe(after) }))
    .describe("of a release"),
  release: maybe(text).describe("the pipeline execution's id"),
  waitsFor: maybe(text).describe("what a release waits for"),
});
