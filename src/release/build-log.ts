import { GetLogEventsCommand, type OutputLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import { BatchGetBuildsCommand, type Build } from "@aws-sdk/client-codebuild";
import { absent } from "../aws/errors.ts";
import type { ReleaseEvent } from "./events.ts";
import type { ServiceRef } from "./service-ref.ts";

/** BatchGetBuilds accepts no more ids than this. */
const AT_ONCE = 100;

/** Builds by their ids, if CodeBuild still has them. */
export async function buildsOf(ref: ServiceRef, ids: readonly string[]): Promise<Build[]> {
  const found: Build[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const command = new BatchGetBuildsCommand({ ids: ids.slice(from, from + AT_ONCE) });
    found.push(...((await ref.aws.codeBuild(command)).builds ?? []));
  }
  return found;
}

/** The log stream of a build; `undefined` until CodeBuild has created it. */
export function logOf(build: Build | undefined) {
  const { groupName: logGroupName, streamName: logStreamName } = build?.logs ?? {};
  return logGroupName === undefined || logStreamName === undefined ? undefined : { logGroupName, logStreamName };
}

/** CodeBuild delivers the last lines of a build after its end: how long to wait for them. */
const FLUSH = 5_000;

/** Streams the log of one build, each line once. */
export class BuildLog {
  readonly #ref: ServiceRef;
  readonly #id: string;
  #place: ReturnType<typeof logOf>;
  #token: string | undefined;
  #overSince: number | undefined;
  #read = false;

  constructor(ref: ServiceRef, id: string) {
    this.#ref = ref;
    this.#id = id;
  }

  /** Whether the log has been read completely. */
  get isRead(): boolean {
    return this.#read;
  }

  /** Emits the new lines. `over`: whether the build has ended. */
  async read(over: boolean, tell: (event: ReleaseEvent) => void): Promise<void> {
    if (this.#read) return;
    const now = this.#ref.clock.now();
    if (over) this.#overSince ??= now;
    this.#place ??= logOf((await buildsOf(this.#ref, [this.#id]))[0]);
    for (const { message = "", timestamp } of await this.#next())
      tell({ event: "log", line: message.trimEnd(), at: timestamp ?? now });
    this.#read = this.#overSince !== undefined && now - this.#overSince >= FLUSH;
  }

  async #next(): Promise<OutputLogEvent[]> {
    const lines: OutputLogEvent[] = [];
    // A page may be empty although more follow: the end is reached when the token repeats, and the token can be used again later.
    while (this.#place) {
      const token = this.#token;
      const command = new GetLogEventsCommand({
        ...this.#place,
        ...(token === undefined ? { startFromHead: true } : { nextToken: token, startFromHead: true }),
      });
      const page = await absent(this.#ref.aws.logs(command), "ResourceNotFoundException");
      lines.push(...(page?.events ?? []));
      this.#token = page?.nextForwardToken ?? token;
      if (this.#token === token) break;
    }
    return lines;
  }
}
