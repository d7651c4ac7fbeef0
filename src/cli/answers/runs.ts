// The answers of the commands that look at the whole stack or change it.
import * as z from "zod";
import {
  action,
  effort,
  finding,
  flag,
  identity,
  maybe,
  milliseconds,
  number,
  summary,
  text,
  texts,
  waiting,
  when,
  whole,
} from "./common.ts";
import { progress } from "./progress.ts";

const range = z.object({ from: number, to: number });

export const cost = z
  .object({
    currency: z.literal("USD"),
    region: text,
    prices: z.object({ region: text, date: text, live: flag }),
    monthly: range.describe("after the plan"),
    now: range.describe("before it"),
    difference: range,
    awake: range.describe("what the config costs while the stack is awake"),
    asleep: range.describe("what it costs while the stack sleeps"),
    resources: z.array(
      z.object({
        id: text,
        type: text,
        group: text,
        what: text,
        unit: text,
        quantity: range,
        price: number.nullable(),
        priceOf: maybe(z.object({ region: text, date: text, source: text })),
        monthly: range,
        detail: maybe(text),
      }),
    ),
    byUse: z.array(z.object({ what: text, unit: text, usd: range.nullable(), resources: texts })),
    notCounted: texts,
    notes: texts,
  })
  .describe("the estimated cost per month");

const outputs = z.record(text, z.union([text, texts]));

const planned = z.object({
  id: text.describe("such as network/vpc"),
  type: text.describe("such as ec2/vpc"),
  action,
  outcome: z.enum(["pending", "unchanged"]),
  ms: number,
  stays: maybe(flag).describe("it is only removed from the state"),
  why: maybe(text),
  order: maybe(z.enum(["create-first", "delete-first"])).describe("the order of a replacement"),
  existing: maybe(text).describe("AWS's id"),
  drift: flag.describe("changed or deleted outside Fairlead"),
  differences: z.array(
    z.object({
      path: text,
      old: z.unknown().describe("the value on AWS, null if it is not set; secrets are hidden"),
      new: z.unknown(),
      cause: z.enum(["change", "drift"]),
      replaces: flag,
    }),
  ),
  foreign: texts.describe("parts that others set, which are kept"),
  unaccounted: maybe(flag).describe("it has the stack's owner tags, and is neither in the config nor in the state"),
  interrupts: maybe(z.object({ seconds: number, why: text })).describe("for how long requests are not served"),
});

export const plan = z.object({
  ...identity,
  changes: flag,
  summary,
  actions: z.array(planned),
  old: z.array(z.object({ id: text, type: text, existing: text.nullable() })).describe("generations to delete"),
  leftovers: z.array(z.object({ type: text, id: text, why: text })),
  problems: texts.describe("errors that block an apply"),
  outputs,
  ...effort,
  cost,
  notes: texts,
  ...waiting,
});

const carriedOut = {
  id: text,
  type: text,
  action,
  outcome: z.enum(["pending", "done", "unchanged", "failed", "skipped", "stopped", "in-progress"]),
  ms: number,
  from: maybe(number).describe("milliseconds from the run's start to its own"),
  callMs: maybe(number).describe("milliseconds until its calls had returned, where it waited after that"),
  usual: maybe(whole).describe("how many seconds it usually takes, where it is in progress"),
  left: maybe(flag).describe("it is only removed from the state"),
  error: maybe(text).describe("what AWS said and what to do, or why it was skipped"),
  notes: maybe(texts),
};

const run = {
  ...identity,
  summary,
  actions: z.array(z.object(carriedOut)),
  chain: z
    .array(
      z.object({
        id: text,
        action,
        from: milliseconds,
        to: milliseconds,
        waitedFor: z.enum(["call", "ready", "gone"]),
      }),
    )
    .describe("the critical path: the actions that decided how long the run took"),
  outputs,
  ...effort,
};

export const reconcile = z.object({ ...run, cost, finding: maybe(finding) });

export const receipt = z.object({
  swept: z.array(z.object({ type: text, id: text })),
  left: z.array(z.object({ type: text, id: text, why: text, monthlyUsd: number.nullable() })),
  unseen: z.array(z.object({ type: text, error: text })).describe("kinds that could not be checked"),
  notOwned: z.array(z.object({ type: text, id: text, owner: text.nullable() })),
});

export const teardown = z.object({ ...run, receipt });

const service = z.object({
  service: maybe(text).describe("if the stack has several"),
  status: text,
  ready: flag,
  taskDefinition: text,
  image: text,
  waitsForFirstRelease: flag,
  waitsForReconcile: flag,
});

export const status = z.object({
  ...identity,
  waited: maybe(
    z.object({ seconds: number, inProgress: texts.describe("what --timeout ended the wait for"), stopped: flag }),
  ).describe("with --wait"),
  layers: z.array(
    z.object({
      layer: text,
      resources: whole,
      ready: whole,
      missing: texts,
      waiting: texts,
      drift: texts,
      changes: texts,
    }),
  ),
  service: maybe(service).describe("if the stack has one service"),
  services: maybe(z.array(service)).describe("if it has several"),
  jobs: maybe(
    z.array(
      z.object({
        job: text,
        enabled: flag,
        schedule: text,
        timezone: text,
        taskDefinition: text,
        image: text,
        waitsForFirstRelease: flag,
      }),
    ),
  ),
  alarms: maybe(z.array(z.object({ name: text, since: maybe(when), description: text, reason: text }))).describe(
    "alarms in the state ALARM",
  ),
  unconfirmed: maybe(z.array(z.object({ endpoint: text, protocol: text, topicArn: text }))),
  metrics: maybe(
    z.array(
      z.object({
        service: text,
        metric: text,
        unit: text,
        from: when,
        period: whole.describe("seconds"),
        values: z.array(number.nullable()),
      }),
    ),
  ),
  progress: maybe(z.array(progress)).describe("commands that change the stack right now, or died while they did"),
  ...waiting,
  ...effort,
});

export const failover = z.object({ ...identity, active: text, distribution: maybe(text), deployed: flag, ...effort });

export const allOutputs = outputs;
export const oneOutput = z.union([text, texts]);

/** A run of the history; `history` without a number answers the list of them. */
export const pastRun = z.object({
  number: whole,
  when,
  who: text.describe("user@host"),
  verb: text,
  target: text,
  outcome: z.enum(["done", "partly", "failed", "declined", "died"]),
  release: maybe(text).describe("the release that it was about"),
  error: maybe(text),
  summary: z.record(text, whole),
  actions: z.array(z.object({ ...carriedOut, action: text, outcome: text })),
  chain: maybe(
    z.array(
      z.object({ id: text, action: text, from: number, to: number, waitedFor: z.enum(["call", "ready", "gone"]) }),
    ),
  ).describe("the critical path, in milliseconds after the run's start; runs of earlier versions have none"),
  calls: z.record(text, whole),
  seconds: maybe(number),
});

const headOfRun = z.object({
  number: whole,
  when,
  who: text,
  verb: text,
  target: text,
  outcome: text,
  seconds: maybe(number),
  calls: whole,
});
const partOfRun = maybe(z.object({ action: text, outcome: text, ms: number }));

/** Two runs of the history side by side. */
export const comparedRuns = z.object({
  first: headOfRun,
  second: headOfRun,
  difference: maybe(number).describe("how many seconds the second one took longer"),
  actions: z
    .array(
      z.object({
        id: text,
        type: text,
        first: partOfRun.describe("missing if only the second run did it"),
        second: partOfRun,
        difference: maybe(number).describe("how many milliseconds it took longer in the second run"),
      }),
    )
    .describe("those that differ most first"),
  calls: z.array(z.object({ call: text, first: whole, second: whole })),
});

/** A run of the history beside the one in progress. */
export const comparedProgress = z.object({
  past: headOfRun,
  current: z.object({
    verb: text,
    who: text.describe("user@host"),
    since: when.describe("when it took its lock"),
    target: text,
    isAlive: flag.describe("false for a run that died and is not in the history yet"),
    seconds: number.describe("on the run's clock, so far"),
    secondsLeft: number.describe("if everything takes as long as it usually does"),
    done: whole,
    all: whole,
    calls: whole.describe("so far"),
  }),
  pastThen: maybe(z.object({ done: whole, all: whole, secondsLeft: number })).describe(
    "how far the run of the history was after as long a time, and how many seconds it took from there",
  ),
  actions: z
    .array(
      z.object({
        id: text,
        type: text,
        past: partOfRun.describe("missing if only the run in progress does it"),
        current: maybe(
          z.object({ action: text, state: progress.shape.actions.element.shape.state, ms: maybe(number) }),
        ).describe("ms: so far, missing if it has not begun"),
        difference: maybe(number).describe(
          "how many milliseconds it took longer, or already takes longer, in the run in progress; missing while that is open",
        ),
      }),
    )
    .describe("those in progress first, then those that differ most"),
});

export const pastRuns = z.array(pastRun);
