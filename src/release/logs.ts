import { FilterLogEventsCommand, GetLogEventsCommand, type FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { absent } from "../aws/errors.ts";
import { everyPage } from "../aws/pages.ts";
import type { ServiceRef } from "./service-ref.ts";

/** One line of a log. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The task or build that wrote it: the last part of the stream's name. */
  readonly from: string;
  readonly text: string;
}

/** A query for log lines. */
export interface LogQuery {
  /** The log of the tasks or of the builds. */
  readonly of: "application" | "build";
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** A CloudWatch Logs filter pattern: words that a line must all contain, or a JSON pattern. */
  readonly filter?: string | undefined;
}

/** A late line may have a time before lines that were already read: how far back to read again, in milliseconds. */
const LATE = 10_000;
/**
 * How far this machine's clock may be ahead of AWS's, in milliseconds, until a response shows otherwise: requests signed with a larger
 * difference are rejected (IAM user guide, "AWS Signature Version 4 for API requests": 15 minutes for Amazon S3, 5 elsewhere).
 */
const AHEAD = 900_000;
/** Poll interval while following, in milliseconds. */
const PAUSE = 2_000;

/** The lines of a stack's log, oldest first. A log group that does not exist has none. */
export async function logLines(ref: ServiceRef, query: LogQuery): Promise<LogLine[]> {
  return (await events(ref, query)).map(lineOf);
}

/**
 * Emits lines as they arrive, until `signal` is aborted. No line is emitted twice, and none is lost to clock differences: this
 * machine's clock is ahead by at most the time since the ingestion of the newest returned line.
 */
export async function followLog(
  ref: ServiceRef,
  query: LogQuery,
  tell: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  let told = new Map<string, number>();
  let ahead = AHEAD;
  for (let since = query.since; !signal.aborted;) {
    const found = await events(ref, { ...query, since });
    const now = ref.clock.now();
    for (const event of found) {
      const id = event.eventId ?? `${event.logStreamName} ${event.timestamp} ${event.message}`;
      if (!told.has(id)) tell(lineOf(event));
      told.set(id, event.timestamp ?? 0);
      ahead = Math.min(ahead, now - (event.ingestionTime ?? -Infinity));
    }
    since = Math.max(query.since, now - ahead - LATE);
    told = new Map([...told].filter(([, at]) => at >= since));
    await ref.clock.sleep(PAUSE, signal).catch(() => {});
  }
}

async function events({ aws, names }: ServiceRef, { of, since, filter }: LogQuery): Promise<FilteredLogEvent[]> {
  const logGroupName = of === "build" ? names.buildLogGroup : names.applicationLogGroup;
  return everyPage(async (nextToken) => {
    const command = new FilterLogEventsCommand({
      logGroupName,
      startTime: since,
      nextToken,
      ...(filter === undefined ? {} : { filterPattern: filter }),
    });
    const page = await absent(aws.logs(command), "ResourceNotFoundException");
    return { items: page?.events, next: page?.nextToken };
  });
}

const lineOf = ({ timestamp = 0, logStreamName = "", message = "" }: FilteredLogEvent): LogLine => ({
  at: timestamp,
  from: logStreamName.slice(logStreamName.lastIndexOf("/") + 1),
  text: message.trimEnd(),
});

/** Reads one stream from its beginning, each line once. */
export class StreamReader {
  readonly #ref: ServiceRef;
  readonly #place: { readonly logGroupName: string; readonly logStreamName: string };
  #token: string | undefined;

  constructor(ref: ServiceRef, logGroupName: string, logStreamName: string) {
    this.#ref = ref;
    this.#place = { logGroupName, logStreamName };
  }

  /** What was written since the last time; nothing as long as there is no such stream. */
  async next(): Promise<Omit<LogLine, "from">[]> {
    const lines: Omit<LogLine, "from">[] = [];
    for (;;) {
      const command = new GetLogEventsCommand({ ...this.#place, startFromHead: true, nextToken: this.#token });
      const page = await absent(this.#ref.aws.logs(command), "ResourceNotFoundException");
      for (const { timestamp = 0, message = "" } of page?.events ?? [])
        lines.push({ at: timestamp, text: message.trimEnd() });
      const before = this.#token;
      this.#token = page?.nextForwardToken ?? before;
      // "If you have reached the end of the stream, it returns the same token you passed in" (botocore logs, GetLogEvents).
      if (this.#token === before) return lines;
    }
  }
}
