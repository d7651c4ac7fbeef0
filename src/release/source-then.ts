import { HeadObjectCommand, ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from "@aws-sdk/client-s3";
import { absent } from "../aws/errors.ts";
import { Walk } from "../aws/pages.ts";
import type { ServiceRef } from "./service-ref.ts";

/** The S3 object of a source action. */
interface Place {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Whether a source existed at that time, in milliseconds since the epoch, according to the versions that S3 still has: a later
 * upload is not the source of an earlier run.
 */
export async function sourceExistedAt(
  ref: ServiceRef,
  { bucket: Bucket, key: Key }: Place,
  at: number,
): Promise<boolean> {
  const newest = await absent(
    ref.aws.s3(new HeadObjectCommand({ Bucket, Key })),
    "NotFound",
    "NoSuchKey",
    "NoSuchBucket",
  );
  if (!newest) return false;
  if ((newest.LastModified?.getTime() ?? 0) <= at) return true;
  const walk = new Walk();
  for (let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}; from;) {
    const page: ListObjectVersionsCommandOutput = await ref.aws.s3(
      new ListObjectVersionsCommand({ Bucket, Prefix: Key, ...from }),
    );
    const isOfThen = (one: { Key?: string | undefined; LastModified?: Date | undefined }) =>
      one.Key === Key && (one.LastModified?.getTime() ?? Infinity) <= at;
    // Newest first: a version hidden by a delete marker at that time did not exist.
    const version = page.Versions?.find(isOfThen);
    const marker = page.DeleteMarkers?.find(isOfThen);
    if (version ?? marker) return (version?.LastModified?.getTime() ?? 0) >= (marker?.LastModified?.getTime() ?? 0);
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
    from =
      page.IsTruncated && KeyMarker !== undefined && VersionIdMarker !== undefined
        ? { KeyMarker, VersionIdMarker }
        : undefined;
    if (from) walk.step(JSON.stringify(from));
  }
  return false;
}
