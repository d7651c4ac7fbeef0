// The log files of a bucket for a time: their names say when, so that only those of that time are listed and read.
import { gunzipSync } from "node:zlib";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { Aws } from "../../aws/aws.ts";
import { absent } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Up to so many hours are listed one by one, a longer time by days. */
const MOST_HOURS = 6;
/** How many files are read at the same time. */
const AT_ONCE = 16;

/** A time: from, until. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/**
 * The keys of CloudFront's files with requests of a time: `<distribution>.YYYY-MM-DD-HH.<id>.gz`, named after the hour "in which the requests
 * occurred" (CloudFront developer guide, "Standard logging reference", "Timing of log file delivery").
 */
export async function cdnFiles(aws: Aws, bucket: string, span: Span): Promise<string[]> {
  const folder = `AWSLogs/${aws.account}/CloudFront/`;
  // All files of a distribution are one entry of this list, however many there are.
  const distributions = await everyPage(async (ContinuationToken) => {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: folder, Delimiter: ".", ContinuationToken });
    const page = await aws.s3(command);
    return { items: page.CommonPrefixes?.flatMap(({ Prefix }) => Prefix ?? []), next: page.NextContinuationToken };
  });
  const hours = stepsOf(span, HOUR).map((at) => new Date(at).toISOString().slice(0, 13).replace("T", "-"));
  const times = hours.length > MOST_HOURS ? [...new Set(hours.map((hour) => hour.slice(0, 10)))] : hours;
  const found = await Promise.all(
    distributions.flatMap((distribution) => times.map((time) => keysOf(aws, bucket, `${distribution}${time}`))),
  );
  return found.flat().filter((key) => {
    const hour = /\.(\d{4}-\d\d-\d\d-\d\d)\.[^.]+\.gz$/.exec(key)?.[1];
    return hour !== undefined && hours.includes(hour);
  });
}

/**
 * The keys of a load balancer's files that end in a time: `.../yyyy/mm/dd/<account>_elasticloadbalancing_<region>_app.<id>_<end>_<ip>_<id>.log.gz`
 * with the end of the five minutes that it is about (Elastic Load Balancing user guide, "Access logs for your Application Load Balancer").
 */
export async function balancerFiles(aws: Aws, bucket: string, span: Span): Promise<string[]> {
  const folder = `AWSLogs/${aws.account}/elasticloadbalancing/${aws.region}/`;
  const days = stepsOf(span, DAY).map((at) => new Date(at).toISOString().slice(0, 10).replaceAll("-", "/"));
  const found = await Promise.all(days.map((day) => keysOf(aws, bucket, `${folder}${day}/`)));
  return found.flat().filter((key) => endOf(key) >= span.since);
}

/** When the time that a load balancer's file is about ends. */
function endOf(key: string): number {
  const [, date = "", hour = "", minute = ""] = /_(\d{8})T(\d\d)(\d\d)Z_/.exec(key) ?? [];
  return Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${hour}:${minute}:00Z`);
}

/** The beginnings of the hours or days that a time touches. */
function stepsOf({ since, until }: Span, size: number): number[] {
  const first = Math.floor(since / size);
  return Array.from({ length: Math.floor(until / size) - first + 1 }, (_, step) => (first + step) * size);
}

const keysOf = (aws: Aws, bucket: string, Prefix: string): Promise<string[]> =>
  everyPage(async (ContinuationToken) => {
    const page = await aws.s3(new ListObjectsV2Command({ Bucket: bucket, Prefix, ContinuationToken }));
    return { items: page.Contents?.flatMap(({ Key }) => Key ?? []), next: page.NextContinuationToken };
  });

/** Reads files and hands over their lines, some files at a time; one that expired in the meantime has none. */
export async function eachLine(
  aws: Aws,
  bucket: string,
  keys: readonly string[],
  tell: (line: string) => void,
): Promise<void> {
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const texts = await Promise.all(keys.slice(from, from + AT_ONCE).map((key) => textOf(aws, bucket, key)));
    for (const line of texts.flatMap((text) => text.split("\n"))) if (line !== "") tell(line);
  }
}

async function textOf(aws: Aws, Bucket: string, Key: string): Promise<string> {
  const found = await absent(aws.s3(new GetObjectCommand({ Bucket, Key })), "NoSuchKey");
  const bytes = await found?.Body?.transformToByteArray();
  if (!bytes) return "";
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isZipped ? gunzipSync(bytes) : Buffer.from(bytes)).toString();
}
