import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ListMultipartUploadsCommandOutput,
  type ListObjectVersionsCommandOutput,
} from "@aws-sdk/client-s3";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { Walk } from "../pages.ts";

/**
 * Deletes every version, every delete marker and every unfinished upload in a bucket, a page of 1,000 a call. A bucket that is
 * gone is empty.
 */
export async function empty(aws: Aws, Bucket: string): Promise<void> {
  await absent(deleteVersions(aws, Bucket), "NoSuchBucket");
  await absent(abortUploads(aws, Bucket), "NoSuchBucket");
}

async function deleteVersions(aws: Aws, Bucket: string) {
  const walk = new Walk();
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
          `S3 did not delete ${Errors.length} of ${Objects.length} objects in ${Bucket}; the first, ${first.Key}: ${first.Code}: ${first.Message}`,
        );
    }
    from = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
    if (from) walk.step(JSON.stringify([from.KeyMarker, from.VersionIdMarker]));
  }
}

async function abortUploads(aws: Aws, Bucket: string) {
  const walk = new Walk();
  let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (from) {
    const page: ListMultipartUploadsCommandOutput = await aws.s3(new ListMultipartUploadsCommand({ Bucket, ...from }));
    for (const { Key, UploadId } of page.Uploads ?? [])
      await absent(aws.s3(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })), "NoSuchUpload");
    from = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
    if (from) walk.step(JSON.stringify([from.KeyMarker, from.UploadIdMarker]));
  }
}
