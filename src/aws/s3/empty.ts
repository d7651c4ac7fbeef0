import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type _Error as S3Error,
  type ListMultipartUploadsCommandOutput,
  type ListObjectVersionsCommandOutput,
} from "@aws-sdk/client-s3";
import type { Aws } from "../aws.ts";
import { absent, messageOf } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { CannotClear } from "../obstacles.ts";
import { Walk } from "../pages.ts";

/**
 * Deletes every version, every delete marker and every unfinished upload in a bucket, a page of 1,000 a call, and tells how many there
 * were. A bucket that is gone is empty.
 */
export async function empty(aws: Aws, Bucket: string): Promise<number> {
  try {
    const versions = await absent(deleteVersions(aws, Bucket), "NoSuchBucket");
    const uploads = await absent(abortUploads(aws, Bucket), "NoSuchBucket");
    return (versions ?? 0) + (uploads ?? 0);
  } catch (error) {
    throw new CannotClear(messageOf(error), { cause: error });
  }
}

async function deleteVersions(aws: Aws, Bucket: string) {
  const walk = new Walk();
  let count = 0;
  let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  while (from) {
    const page: ListObjectVersionsCommandOutput = await aws.s3(new ListObjectVersionsCommand({ Bucket, ...from }));
    const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    if (Objects.length > 0) {
      const { Errors = [] } = await aws.s3(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      const [first] = Errors;
      if (first)
        throw new Error(
          `S3 did not delete ${Errors.length} of ${Objects.length} objects in ${Bucket}; the first, ${first.Key}: ${first.Code}: ${first.Message}${lockOn(aws, Bucket, first)}`,
        );
    }
    count += Objects.length;
    from = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
    if (from) walk.step(JSON.stringify([from.KeyMarker, from.VersionIdMarker]));
  }
  return count;
}

/** What to do where Object Lock keeps an object (S3 User Guide, "Locking objects with Object Lock": AccessDenied until the date has come). */
function lockOn(aws: Aws, Bucket: string, { Key = "", VersionId = "", Message = "" }: S3Error): string {
  if (!/object lock/i.test(Message)) return "";
  const words = ["s3api", "get-object-retention", "--bucket", Bucket, "--key", Key, "--version-id", VersionId];
  return ` Run again once its retention has ended. To inspect: ${awsCommand(words, aws)}`;
}

async function abortUploads(aws: Aws, Bucket: string) {
  const walk = new Walk();
  let count = 0;
  let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (from) {
    const page: ListMultipartUploadsCommandOutput = await aws.s3(new ListMultipartUploadsCommand({ Bucket, ...from }));
    for (const { Key, UploadId } of page.Uploads ?? [])
      await absent(aws.s3(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })), "NoSuchUpload");
    count += page.Uploads?.length ?? 0;
    from = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
    if (from) walk.step(JSON.stringify([from.KeyMarker, from.UploadIdMarker]));
  }
  return count;
}
