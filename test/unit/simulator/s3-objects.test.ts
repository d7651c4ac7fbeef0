import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, it } from "vitest";
import { simulated, type Simulated } from "../../support/simulated.ts";

const Bucket = "things";
let at: Simulated;
beforeEach(async () => {
  at = simulated();
  const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
  await at.aws.s3(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
});

const put = (Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  at.aws.s3(new PutObjectCommand({ Bucket, Key: "a", Body, ...more }));
const remove = (more: object = {}) => at.aws.s3(new DeleteObjectCommand({ Bucket, Key: "a", ...more }));
const list = (more: object = {}) => at.aws.s3(new ListObjectsV2Command({ Bucket, ...more }));
const body = async () => {
  const { Body } = await at.aws.s3(new GetObjectCommand({ Bucket, Key: "a" }));
  return (await Body?.transformToString()) ?? "";
};
const versioned = () =>
  at.aws.s3(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
const error = (name: string, httpStatusCode: number) =>
  expect.objectContaining({ name, $metadata: expect.objectContaining({ httpStatusCode }) });
const FAILED = error("PreconditionFailed", 412);
const ABSENT = error("NoSuchKey", 404);
const CONFLICT = error("ConditionalRequestConflict", 409);

it("answers the body of an object as a stream that can be read once, as the SDK does", async () => {
  await put("one");
  const { Body } = await at.aws.s3(new GetObjectCommand({ Bucket, Key: "a" }));
  expect(await Body?.transformToString()).toBe("one");
  await expect(Body?.transformToString()).rejects.toThrow("already been transformed");
});

describe("a write to the simulated S3", () => {
  for (const kind of ["plain", "versioned"])
    it(`depends on what is there now, in a ${kind} bucket`, async () => {
      if (kind === "versioned") await versioned();
      await expect(put("no", { IfMatch: '"x"' })).rejects.toEqual(ABSENT);
      const { ETag: one = "" } = await put("one", { IfNoneMatch: "*" });
      await expect(put("no", { IfNoneMatch: "*" })).rejects.toEqual(FAILED);
      await expect(put("no", { IfMatch: '"x"' })).rejects.toEqual(FAILED);
      const { ETag: two = "" } = await put("two", { IfMatch: one });
      await expect(put("no", { IfMatch: one })).rejects.toEqual(FAILED);
      // With and without its quotes.
      await put("two", { IfMatch: two.replaceAll('"', "") });
      expect(await body()).toBe("two");
      await remove();
      await expect(put("no", { IfMatch: two })).rejects.toEqual(ABSENT);
      await put("three", { IfNoneMatch: "*" });
      expect(await body()).toBe("three");
    });

  it("takes one condition, of the kinds that S3 knows", async () => {
    await put("one");
    for (const wrong of [{ IfMatch: "*" }, { IfNoneMatch: '"x"' }, { IfMatch: '"x"', IfNoneMatch: "*" }])
      await expect(put("no", wrong)).rejects.toEqual(error("NotImplemented", 501));
    expect(await body()).toBe("one");
  });

  it("that depends on something is refused for a moment where another comes at the same one, and one of them wins", async () => {
    const told: unknown[] = [];
    const notYet = [{ code: "ConditionalRequestConflict" }];
    const race = (call: object, options?: object) =>
      at.aws.s3(call as PutObjectCommand, options).catch((reason: unknown) => told.push(reason));
    const make = (Body: string) => new PutObjectCommand({ Bucket, Key: "a", Body, IfNoneMatch: "*" });
    await Promise.all([race(make("one")), race(make("two"))]);
    expect(told).toEqual([CONFLICT]);
    const { ETag: IfMatch } = await at.aws.s3(new HeadObjectCommand({ Bucket, Key: "a" }));
    await Promise.all([race(new DeleteObjectCommand({ Bucket, Key: "a", IfMatch })), race(make("three"))]);
    expect(told.slice(1)).toEqual([CONFLICT]);
    // Asked again, it is told who was first.
    await Promise.all([race(make("four"), { notYet }), race(make("five"), { notYet })]);
    expect(told.slice(2)).toEqual([FAILED]);
    expect(await body()).toBe("four");
    // What depends on nothing is not troubled.
    await Promise.all([put("six"), put("seven")]);
  });

  it("is encrypted as it says, or else as its bucket is", async () => {
    expect(await put("one")).toMatchObject({ ServerSideEncryption: "AES256" });
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const } };
    await at.aws.s3(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }));
    expect(await put("two")).toMatchObject({ ServerSideEncryption: "aws:kms" });
    expect(await put("three", { ServerSideEncryption: "AES256" })).toMatchObject({ ServerSideEncryption: "AES256" });
    for (const Command of [HeadObjectCommand, GetObjectCommand])
      expect(await at.aws.s3(new Command({ Bucket, Key: "a" }))).toMatchObject({ ServerSideEncryption: "AES256" });
  });
});

describe("a delete in the simulated S3", () => {
  it("depends on what is there now where it says so, and else takes what is gone for deleted", async () => {
    await expect(remove({ IfMatch: '"x"' })).rejects.toEqual(ABSENT);
    await expect(remove({ IfMatch: "*" })).rejects.toEqual(ABSENT);
    await remove();
    const { ETag } = await put("one");
    await expect(remove({ IfMatch: '"x"' })).rejects.toEqual(FAILED);
    expect(await body()).toBe("one");
    await remove({ IfMatch: ETag });
    await expect(body()).rejects.toEqual(ABSENT);
    await put("two");
    await remove({ IfMatch: "*" });
    await expect(body()).rejects.toEqual(ABSENT);
  });

  it("covers a version with a marker, under which no ETag is matched any more", async () => {
    await versioned();
    const { ETag, VersionId } = await put("one");
    const covered = await remove({ IfMatch: ETag });
    expect(covered).toMatchObject({ DeleteMarker: true, VersionId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    await expect(remove({ IfMatch: ETag })).rejects.toEqual(ABSENT);
    await expect(remove({ IfMatch: ETag, VersionId })).rejects.toThrow("does not know IfMatch of a version");
    expect(await remove({ VersionId: covered.VersionId })).toMatchObject({ DeleteMarker: true });
    expect(await body()).toBe("one");
    expect(await remove({ VersionId })).toMatchObject({ VersionId });
    const { Versions, DeleteMarkers } = await at.aws.s3(new ListObjectVersionsCommand({ Bucket }));
    expect([Versions, DeleteMarkers]).toEqual([[], []]);
  });
});

describe("the owner of a bucket in the simulated S3", () => {
  it("is the one whom the caller expects, or the call is refused", async () => {
    const mine = { ExpectedBucketOwner: "123456789012" };
    const theirs = { ExpectedBucketOwner: "210987654321" };
    await put("one", mine);
    const denied = error("AccessDenied", 403);
    await expect(put("no", theirs)).rejects.toEqual(denied);
    await expect(remove(theirs)).rejects.toEqual(denied);
    await expect(list(theirs)).rejects.toEqual(denied);
    for (const Command of [GetObjectCommand, HeadObjectCommand])
      await expect(at.aws.s3(new Command({ Bucket, Key: "a", ...theirs }))).rejects.toEqual(denied);
    await expect(list({ ...theirs, Bucket: "nowhere" })).rejects.toEqual(error("NoSuchBucket", 404));
    expect(await list(mine)).toMatchObject({ KeyCount: 1 });
  });
});

describe("a list of objects of the simulated S3", () => {
  const keys = async (more: object) => {
    const { Contents = [], ...rest } = await list(more);
    return { keys: Contents.map(({ Key }) => Key), ...rest };
  };
  beforeEach(async () => {
    for (const Key of ["b/2", "a", "b/1", "c", "b/3"]) await put(Key, { Key });
  });

  it("comes in pages, each of which says where the next begins", async () => {
    const first = await keys({ Prefix: "b/", MaxKeys: 2 });
    expect(first).toMatchObject({ keys: ["b/1", "b/2"], KeyCount: 2, IsTruncated: true });
    // A page goes on after the last one's end, also where that was deleted meanwhile.
    await remove({ Key: "b/2" });
    const { NextContinuationToken: ContinuationToken } = first;
    const second = await keys({ Prefix: "b/", MaxKeys: 2, ContinuationToken });
    expect(second).toMatchObject({ keys: ["b/3"], KeyCount: 1, IsTruncated: false });
    expect(second.NextContinuationToken).toBeUndefined();
    await expect(list({ ContinuationToken: "b/2" })).rejects.toEqual(error("InvalidArgument", 400));
  });

  it("begins after a key where it is asked to, with the time to the second", async () => {
    expect((await keys({ StartAfter: "b/1" })).keys).toEqual(["b/2", "b/3", "c"]);
    expect((await keys({ StartAfter: "b" })).keys).toEqual(["b/1", "b/2", "b/3", "c"]);
    expect(await keys({ MaxKeys: 0 })).toMatchObject({ keys: [], KeyCount: 0, IsTruncated: false });
    const { Contents = [] } = await list();
    expect(Contents.every(({ LastModified }) => LastModified?.getMilliseconds() === 0)).toBe(true);
  });

  it("has a thousand keys on a page, however many are asked for", async () => {
    // A thousand calls would take their time.
    const table = at.world.table<{ key: string }>("s3.objects");
    for (let n = 0; n < 1001; n++) {
      const key = `d/${n}`;
      table[`${Bucket}/${key}?null`] = { ...table[`${Bucket}/a?null`], key };
    }
    const first = await list({ Prefix: "d/", MaxKeys: 5000 });
    expect(first).toMatchObject({ KeyCount: 1000, MaxKeys: 1000, IsTruncated: true });
    const next = await list({ Prefix: "d/", ContinuationToken: first.NextContinuationToken });
    expect(next).toMatchObject({ KeyCount: 1, IsTruncated: false });
  });
});
