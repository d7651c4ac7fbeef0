import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Bucket } from "../../../../src/aws/s3/bucket.ts";
import { awsError } from "../../../support/failing.ts";
import { mocked } from "../../../support/mocked.ts";

const s3 = mockClient(S3Client);
beforeEach(() => s3.reset());
const sent = () => s3.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const named = { Bucket: "demo-source" };
const attrs = { name: "demo-source", arn: "arn:aws:s3:::demo-source" };
const observed = { id: "demo-source", spec: {}, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };
const notEmpty = awsError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
const noBucket = awsError("NoSuchBucket", "The specified bucket does not exist", 404);

describe("the delete of a bucket", () => {
  it("deletes an empty bucket in one call, and counts one that is gone already as deleted", async () => {
    s3.on(DeleteBucketCommand).resolvesOnce({}).rejectsOnce(noBucket);
    await expect(Bucket.delete(mocked(), observed)).resolves.toBeUndefined();
    await expect(Bucket.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual(Array.from({ length: 2 }, () => ["DeleteBucketCommand", named]));
  });

  it("ends if something keeps writing into it, and says so", async () => {
    s3.onAnyCommand().resolves({});
    s3.on(DeleteBucketCommand).rejects(notEmpty);
    s3.on(ListObjectVersionsCommand).resolves({ Versions: [{ Key: "a", VersionId: "1" }] });
    await expect(Bucket.delete(mocked(), observed)).rejects.toThrow(
      "bucket demo-source cannot be deleted: a process that is still running, not created by Fairlead, keeps writing to it.",
    );
  });

  it("throws what S3 did not delete, and how to inspect the object lock that keeps it", async () => {
    s3.onAnyCommand().resolves({});
    s3.on(DeleteBucketCommand).rejects(notEmpty);
    s3.on(ListObjectVersionsCommand).resolves({ Versions: [{ Key: "a", VersionId: "1" }] });
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: "a", Code: "AccessDenied", Message: "locked" }] });
    await expect(Bucket.delete(mocked(), observed)).rejects.toThrow(
      "S3 did not delete 1 of 1 objects in demo-source; the first, a: AccessDenied: locked",
    );
    const Message = "Access Denied because object protected by object lock.";
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: "a", VersionId: "1", Code: "AccessDenied", Message }] });
    await expect(Bucket.delete(mocked(), observed)).rejects.toThrow(
      "To inspect: aws s3api get-object-retention --bucket demo-source --key a --version-id 1 --region ap-northeast-1",
    );
  });

  it("empties a bucket of every version, marker and upload, page by page, before it deletes", async () => {
    s3.on(DeleteBucketCommand).rejectsOnce(notEmpty).resolves({});
    s3.on(ListObjectVersionsCommand)
      .resolvesOnce({
        Versions: [{ Key: "a", VersionId: "1" }],
        DeleteMarkers: [{ Key: "a", VersionId: "2" }],
        IsTruncated: true,
        NextKeyMarker: "a",
        NextVersionIdMarker: "1",
      })
      .resolves({ Versions: [{ Key: "b", VersionId: "3" }] });
    s3.on(DeleteObjectsCommand).resolves({});
    s3.on(ListMultipartUploadsCommand).resolves({ Uploads: [{ Key: "c", UploadId: "u" }] });
    s3.on(AbortMultipartUploadCommand).rejects(awsError("NoSuchUpload", "gone", 404));
    await expect(Bucket.delete(mocked(), observed)).resolves.toBeUndefined();
    const removal = (...Objects: object[]) => ["DeleteObjectsCommand", { ...named, Delete: { Objects, Quiet: true } }];
    expect(sent()).toEqual([
      ["DeleteBucketCommand", named],
      ["ListObjectVersionsCommand", named],
      removal({ Key: "a", VersionId: "1" }, { Key: "a", VersionId: "2" }),
      ["ListObjectVersionsCommand", { ...named, KeyMarker: "a", VersionIdMarker: "1" }],
      removal({ Key: "b", VersionId: "3" }),
      ["ListMultipartUploadsCommand", named],
      ["AbortMultipartUploadCommand", { ...named, Key: "c", UploadId: "u" }],
      ["DeleteBucketCommand", named],
    ]);
  });

  it("does not go round where a list says forever that there is more", async () => {
    s3.on(DeleteBucketCommand).rejects(notEmpty);
    s3.on(ListObjectVersionsCommand).resolves({ IsTruncated: true });
    await expect(Bucket.delete(mocked(), observed)).rejects.toThrow("AWS's list does not end");
  });
});
