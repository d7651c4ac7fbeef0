// The answers of the commands about releases, tasks and logs.
import * as z from "zod";
import {
  effort,
  finding,
  flag,
  identity,
  maybe,
  milliseconds,
  number,
  text,
  texts,
  waiting,
  when,
  whole,
} from "./common.ts";

const ending = z.enum(["live", "failed", "rejected", "superseded", "stopped"]);

/** How a release or a rollback that was followed has ended. */
export const release = z.object({
  ...identity,
  release: z.object({
    executionId: text.nullable().describe("null for a rollback, which is no release"),
    ending,
    why: text.nullable(),
    revision: text.nullable().describe("family:revision"),
    services: maybe(
      z.array(
        z.object({
          service: text,
          ending: z.enum(["live", "failed"]),
          why: maybe(text),
          revision: maybe(text),
          image: maybe(text),
        }),
      ),
    ).describe("if the stack has several"),
    finding: finding.nullable(),
  }),
  ...effort,
});

export const detached = z.object({ ...identity, release: z.object({ executionId: text }), ...effort });

export const answered = z.object({ ...identity, executionId: text, approved: flag });

const image = z.object({ uri: text, tag: text, digest: maybe(text) });

const source = z.object({
  version: text,
  digest: maybe(text),
  commit: maybe(text),
  files: maybe(whole),
  changed: maybe(whole),
  by: maybe(text),
});

const pastRelease = z.object({
  executionId: text,
  startedAt: milliseconds,
  endedAt: maybe(milliseconds),
  ending: z.enum([...ending.options, "running", "no-source"]),
  why: maybe(text),
  cause: maybe(text).describe("why it failed, if a recorded run has followed it to its end"),
  source: maybe(source),
  build: maybe(text),
  image: maybe(image),
  revision: maybe(text),
  services: maybe(z.array(z.object({ service: text, image: maybe(image), revision: maybe(text) }))),
  approval: maybe(z.object({ by: text, summary: text })),
});

export const releases = z.object({
  ...identity,
  running: z
    .union([text, z.array(text)])
    .nullable()
    .describe("the revisions that run now"),
  releases: z.array(pastRelease),
  ...waiting,
});

/** One release, with all that is asked about it alone. */
export const oneRelease = z.object({
  ...identity,
  release: pastRelease,
  rollout: z
    .array(
      z.object({
        service: text,
        rollouts: z
          .array(
            z.object({
              revision: text,
              running: whole,
              pending: whole,
              desired: whole,
              failed: whole,
              state: text.describe("ECS's rollout state, such as IN_PROGRESS"),
            }),
          )
          .describe("the newest deployment first"),
        targets: z.record(text, whole).describe("how many targets of the load balancer are in which state"),
      }),
    )
    .describe("the tasks of the services while it is deployed, and as long as it runs"),
  pending: z
    .object({
      message: text,
      since: milliseconds,
      images: texts,
      scans: z.array(z.object({ image: text, counts: maybe(z.record(text, whole)), why: maybe(text), command: text })),
      runs: z
        .object({
          images: texts,
          executionId: maybe(text).describe("the release that they come from"),
          source: maybe(source),
          files: maybe(texts).describe("the paths that differ from its source"),
          commits: maybe(texts).describe("the subjects of the commits since then, newest first"),
        })
        .nullable()
        .describe("what runs now; null if nothing was released yet"),
    })
    .nullable()
    .describe("what waits for an approval"),
  finding: finding.nullable().describe("why it failed"),
  build: z
    .object({
      id: text,
      status: maybe(text),
      lines: z.array(z.object({ at: when, text })),
      hasMore: flag.describe("the log has earlier lines: --lines asks for more"),
    })
    .nullable()
    .describe("the last lines of its build's log"),
  ...waiting,
});

export const stopped = z.object({
  ...identity,
  release: z.object({
    executionId: text,
    ending,
    deployment: z.enum(["none", "rolled-back", "completed", "failed"]),
    why: text.nullable(),
    runs: text.nullable().describe("the revision that runs"),
  }),
  ...effort,
});

const hops = z.array(
  z.object({ name: text, state: z.enum(["ok", "broken", "waiting", "unknown"]), what: text, fix: maybe(text) }),
);

export const doctor = z.object({
  ...identity,
  broken: text.nullable().describe("the first broken hop"),
  hops: maybe(hops),
  services: maybe(z.array(z.object({ service: text, hops, broken: text.nullable() }))).describe(
    "instead of hops, if the stack has several services",
  ),
  waits: maybe(waiting.waits),
  working: waiting.working,
  frozen: maybe(waiting.frozen),
  ...effort,
});

/** A line of a log: of `logs --jsonl`, one object per line. */
export const logLine = z.object({ at: when, service: maybe(text), from: text.describe("task or build"), text });

export const logs = z.object({ ...identity, lines: z.array(logLine), ...effort });

/** A request in an access log: of `logs --access --jsonl`, one object per line. */
export const request = z.object({
  at: when,
  from: z.enum(["cdn", "balancer"]),
  status: whole.describe("0 if the connection was closed before"),
  method: text,
  host: maybe(text),
  path: text,
  query: maybe(text),
  seconds: maybe(number),
  bytes: maybe(number),
  client: maybe(text),
  result: maybe(text),
  targetGroup: maybe(text),
});

export const requests = z.object({ ...identity, requests: z.array(request), unread: whole, ...effort });

export const exec = z.object({ cluster: text, task: text, container: text, commandLine: text });

/** What happens while a task runs: one object per line. */
export const taskEvent = z.discriminatedUnion("event", [
  z.object({ at: when, event: z.literal("started"), task: text, revision: text }),
  z.object({ at: when, event: z.literal("status"), status: text }),
  z.object({ at: when, event: z.literal("log"), text }),
  z.object({
    at: when,
    event: z.literal("ended"),
    ...identity,
    task: text.nullable(),
    exitCode: whole.nullable(),
    stopCode: text.nullable(),
    stoppedReason: text.nullable(),
    isLate: flag.describe("stopped by --timeout"),
    finding: finding.nullable(),
    ...effort,
  }),
]);
