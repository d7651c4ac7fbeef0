import type { ListObjectsV2CommandInput, ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations } from "../sim.ts";
import { lastModified, openBucket, PAGE } from "./objects.ts";
import { newest, versionsIn, type SimObject } from "./records.ts";

/** S3's own tokens are no keys either. */
const tokenOf = (key: string) => Buffer.from(key).toString("base64");

function keyOfToken(token: string): string {
  const key = Buffer.from(token, "base64").toString();
  return token !== "" && tokenOf(key) === token
    ? key
    : refuse("InvalidArgument", "The continuation token provided is incorrect");
}

/** One entry of a list: an object, or all keys that go on alike up to a delimiter. */
type Entry = { readonly key: string; readonly object?: SimObject };

export const listOperations = {
  /** Keys that contain the delimiter after the prefix are one entry up to it (S3 API Reference, ListObjectsV2, `CommonPrefixes`). */
  ListObjectsV2(input: ListObjectsV2CommandInput, sim): Answer<ListObjectsV2CommandOutput> {
    onlyKnown(
      "ListObjectsV2",
      input,
      "Bucket",
      "Prefix",
      "Delimiter",
      "StartAfter",
      "ContinuationToken",
      "MaxKeys",
      "ExpectedBucketOwner",
    );
    const { name } = openBucket(sim, input);
    const { Prefix = "", Delimiter, StartAfter, ContinuationToken, MaxKeys = PAGE } = input;
    const after = ContinuationToken === undefined ? StartAfter : keyOfToken(ContinuationToken);
    const entries = new Map<string, Entry>();
    for (const key of new Set(versionsIn(sim, name).map((version) => version.key))) {
      if (!key.startsWith(Prefix)) continue;
      const object = newest(sim, name, key);
      const end = Delimiter === undefined ? -1 : key.indexOf(Delimiter, Prefix.length);
      const common = Delimiter === undefined || end < 0 ? undefined : key.slice(0, end + Delimiter.length);
      if (object) entries.set(common ?? key, common === undefined ? { key, object } : { key: common });
    }
    const found = [...entries.values()].filter(({ key }) => after === undefined || key > after);
    const page = found.slice(0, Math.min(MaxKeys, PAGE));
    const last = page.at(-1);
    const truncated = last !== undefined && page.length < found.length;
    const objects = page.flatMap(({ object }) => object ?? []);
    const prefixes = page.flatMap(({ key, object }) => (object ? [] : [{ Prefix: key }]));
    return {
      Name: name,
      Prefix,
      MaxKeys: Math.min(MaxKeys, PAGE),
      KeyCount: page.length,
      IsTruncated: truncated,
      ...(Delimiter === undefined ? {} : { Delimiter }),
      ...(StartAfter === undefined ? {} : { StartAfter }),
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      ...(truncated ? { NextContinuationToken: tokenOf(last.key) } : {}),
      ...(prefixes.length === 0 ? {} : { CommonPrefixes: prefixes }),
      ...(objects.length === 0
        ? {}
        : {
            Contents: objects.map((object) => ({
              Key: object.key,
              ETag: object.etag,
              Size: object.size,
              LastModified: lastModified(object),
            })),
          }),
    };
  },
} satisfies Operations;
