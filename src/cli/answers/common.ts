// The parts that answers have in common. Imported for their types alone by the commands: zod is loaded by the generator and by tests.
import * as z from "zod";

/** A field that is left out where there is nothing to say. */
export const maybe = <T extends z.ZodType>(type: T) => type.optional();

export const text = z.string();
export const texts = z.array(text);
export const number = z.number();
export const whole = z.int();
export const flag = z.boolean();
export const when = z.string().describe("ISO 8601, UTC");
export const milliseconds = number.describe("milliseconds since the epoch");

/** Which stack it is about. */
export const identity = {
  stack: text.describe("the stack's name in the config"),
  env: text.describe("its environment"),
  target: z.enum(["local", "aws"]),
  account: text,
  region: text,
  asleep: maybe(flag).describe("true for a stack that sleeps"),
};

/** What the command took. */
export const effort = {
  calls: whole.describe("API calls, retries included"),
  retries: whole,
  seconds: number.describe("on the run's clock"),
  clock: z.enum(["virtual", "real"]).describe("virtual on the target local"),
};

export const action = z.enum(["create", "update", "replace", "adopt", "delete", "noop"]);

/** How many actions of each sort there are. */
export const summary = z.object({
  created: whole,
  updated: whole,
  replaced: whole,
  adopted: whole,
  deleted: whole,
  left: maybe(whole).describe("removed from the state only"),
  inProgress: maybe(whole).describe("not waited for"),
  unchanged: whole,
  failed: whole,
});

/** Why something failed. */
export const finding = z.object({
  cause: z.enum([
    "alarm",
    "before-failed",
    "image-findings",
    "image-not-scanned",
    "build-failed",
    "job-not-updated",
    "source-missing",
    "permission",
    "image-definitions",
    "image-missing",
    "image-pull",
    "container-exits",
    "out-of-memory",
    "container-unhealthy",
    "target-unhealthy",
    "secret-missing",
    "volume",
    "no-capacity",
    "no-way-out",
    "rejected",
    "minimum-not-taken-back",
    "not-warm",
    "waiting-for-first-release",
    "unknown",
  ]),
  what: text.describe("one sentence"),
  fix: text.describe("what to do about it"),
  evidence: texts.describe("AWS's own words, most important first"),
});

/** What the pipeline keeps waiting. */
export const waiting = {
  waits: z
    .array(
      z.object({
        executionId: text,
        stage: text,
        for: z.enum(["approval", "release", "transition", "deployment"]),
        inFront: maybe(text).describe("the release that it waits for"),
        since: maybe(when.nullable()),
        reason: maybe(text),
        by: maybe(text),
        rollback: maybe(text).describe("why ECS rolls the release back, while it does"),
      }),
    )
    .describe("releases that wait, and for what"),
  working: maybe(
    z
      .array(z.object({ executionId: text, stage: text, since: when.nullable() }))
      .describe(
        "releases that a stage is at work on, such as its build, and that wait for nothing; left out if there are none",
      ),
  ),
  frozen: z
    .array(z.object({ stage: text, reason: text, by: text, since: when.nullable() }))
    .describe("transitions that are disabled"),
};

/** The answer of a command that failed before it had one. */
export const failure = {
  error: z.object({
    message: text,
    advice: maybe(text).describe("what to do"),
    problems: maybe(z.array(z.object({ path: text, message: text, place: maybe(text) }))).describe(
      "what is wrong in the config, setting by setting",
    ),
    exit: whole.describe("the exit code"),
  }),
};
