import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { GLOBAL_REGION } from "../../aws/tagging.ts";
import type { StackNames } from "../../config/naming.ts";
import type { AccessLogSettings } from "../../config/stack.ts";
import { balancerFiles, cdnFiles, eachLine, type Span } from "./files.ts";
import { balancerRecord, cdnRecord, type AccessRecord, type LoggedBy } from "./records.ts";

/** The access logs of a stack. */
export interface AccessLogs {
  readonly aws: Aws;
  readonly names: Pick<StackNames, "accessLogBucket" | "accessLogGroup">;
  readonly settings: Pick<AccessLogSettings, "to" | "balancer">;
  /** Whether the stack has a CDN. */
  readonly hasCdn: boolean;
}

/** Which requests are asked for; what is left out does not matter. */
export interface AccessQuery extends Span {
  readonly from?: LoggedBy | undefined;
  /** `404`, or `5xx`. */
  readonly status?: string | undefined;
  /** A path, with `*` for anything. */
  readonly path?: string | undefined;
  /** The name of the target group that answered, as the load balancer logs it. */
  readonly targetGroup?: string | undefined;
}

/** The requests that were found, oldest first. */
export interface AccessFound {
  readonly records: readonly AccessRecord[];
  /** How many lines were none that can be read. */
  readonly unread: number;
  /** The places that do not exist. */
  readonly missing: readonly string[];
}

/** Reads the access logs of a time. How much is listed and read depends on that time and not on how much is kept. */
export async function readAccessLogs(logs: AccessLogs, query: AccessQuery): Promise<AccessFound> {
  const records: AccessRecord[] = [];
  const missing: string[] = [];
  let unread = 0;
  const take = (read: (line: string) => AccessRecord | undefined) => (line: string) => {
    const record = read(line);
    if (!record) unread++;
    else if (fits(record, query)) records.push(record);
  };
  const place = async (name: string, work: Promise<void>) => {
    try {
      await work;
    } catch (error) {
      if (!hasCode(error, "NoSuchBucket", "ResourceNotFoundException")) throw error;
      missing.push(name);
    }
  };
  const { settings, names, aws, hasCdn } = logs;
  const bucket = names.accessLogBucket;
  const sources: Promise<void>[] = [];
  if (query.from !== "balancer" && hasCdn)
    sources.push(
      settings.to === "s3"
        ? place(`bucket ${bucket}`, filesOf(aws, bucket, cdnFiles(aws, bucket, query), take(cdnRecord)))
        : place(`log group ${names.accessLogGroup}`, eventsOf(logs, query, take(cdnRecord))),
    );
  if (query.from !== "cdn" && settings.balancer)
    sources.push(
      place(`bucket ${bucket}`, filesOf(aws, bucket, balancerFiles(aws, bucket, query), take(balancerRecord))),
    );
  await Promise.all(sources);
  return { records: records.toSorted((one, other) => one.at - other.at), unread, missing: [...new Set(missing)] };
}

const filesOf = async (aws: Aws, bucket: string, keys: Promise<string[]>, tell: (line: string) => void) =>
  eachLine(aws, bucket, await keys, tell);

/** An event of CloudWatch Logs is never earlier than its request; which of the two times it has is not documented. */
async function eventsOf({ aws, names }: AccessLogs, { since }: Span, tell: (line: string) => void): Promise<void> {
  const events = await everyPage(async (nextToken) => {
    const command = new FilterLogEventsCommand({ logGroupName: names.accessLogGroup, startTime: since, nextToken });
    const page = await aws.in(GLOBAL_REGION).logs(command);
    return { items: page.events, next: page.nextToken };
  });
  for (const { message = "" } of events) tell(message);
}

function fits(record: AccessRecord, { since, until, status, path, targetGroup }: AccessQuery): boolean {
  return (
    record.at >= since &&
    record.at <= until &&
    (status === undefined || patternOf(status.replaceAll(/x/gi, "?")).test(String(record.status))) &&
    (path === undefined || patternOf(path).test(record.path)) &&
    (targetGroup === undefined || record.targetGroup === targetGroup)
  );
}

/** `*` stands for anything, and `?` for one character. */
const patternOf = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
