import { GetBucketTaggingCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Bucket } from "../../../../src/aws/s3/bucket.ts";
import { awsError } from "../../../support/failing.ts";
import { mocked, OTHERS, OWNED } from "../../../support/mocked.ts";

const s3 = mockClient(S3Client);
beforeEach(() => s3.reset());

const page = (...names: string[]) => names.map((Name) => ({ Name }));
const bearing = (name: string, TagSet: typeof OWNED) =>
  s3.on(GetBucketTaggingCommand, { Bucket: name }).resolves({ TagSet });
const refusing = (name: string, code: string, status: number) =>
  s3.on(GetBucketTaggingCommand, { Bucket: name }).rejects(awsError(code, code, status));

describe("s3/bucket that a stack owns", () => {
  it("is found on every page and by its tags, also where S3 does not know the prefix", async () => {
    s3.on(ListBucketsCommand)
      .resolvesOnce({ Buckets: page("aaa", "demo-test-source", "demo-test-2-source"), ContinuationToken: "more" })
      .resolvesOnce({ Buckets: page("demo-test-artifacts", "demo-testing", "zzz") });
    bearing("demo-test-source", OWNED);
    bearing("demo-test-2-source", OTHERS);
    bearing("demo-test-artifacts", OWNED);
    expect(await Bucket.list?.(mocked(), [])).toEqual([
      { id: "demo-test-source", owner: "demo/test/ap-northeast-1:network/it" },
      { id: "demo-test-artifacts", owner: "demo/test/ap-northeast-1:network/it" },
    ]);
    expect(s3.commandCalls(ListBucketsCommand).map((call) => call.args[0].input)).toEqual([
      { Prefix: "demo-test-", MaxBuckets: 1_000, ContinuationToken: undefined },
      { Prefix: "demo-test-", MaxBuckets: 1_000, ContinuationToken: "more" },
    ]);
    expect(s3.commandCalls(GetBucketTaggingCommand)).toHaveLength(3);
  });

  it("does not include one that is gone, has no tags or is in another region", async () => {
    const names = ["demo-test-gone", "demo-test-bare", "demo-test-far", "demo-test-farther"];
    s3.on(ListBucketsCommand).resolves({ Buckets: page(...names) });
    refusing("demo-test-gone", "NoSuchBucket", 404);
    refusing("demo-test-bare", "NoSuchTagSet", 404);
    refusing("demo-test-far", "PermanentRedirect", 301);
    refusing("demo-test-farther", "AuthorizationHeaderMalformed", 400);
    expect(await Bucket.list?.(mocked(), names)).toEqual([]);
  });

  it("is not known where the tags of one may not be read", async () => {
    s3.on(ListBucketsCommand).resolves({ Buckets: page("demo-test-closed") });
    refusing("demo-test-closed", "AccessDenied", 403);
    await expect(Bucket.list?.(mocked(), [])).rejects.toThrow(
      "S3 denies access to the tags of bucket demo-test-closed, although it is this account's.",
    );
  });

  it("does not ask for those that the list says are in another region", async () => {
    const there = { Name: "demo-test-there", BucketRegion: "us-west-2" };
    s3.on(ListBucketsCommand).resolves({ Buckets: [there] });
    expect(await Bucket.list?.(mocked(), [])).toEqual([]);
    expect(s3.commandCalls(GetBucketTaggingCommand)).toEqual([]);
  });
});
