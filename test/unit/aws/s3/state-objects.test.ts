import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type GetObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { stateObjects } from "../../../../src/aws/s3/state-objects.ts";
import { UncertainWrite } from "../../../../state/objects.ts";
import { messageOf } from "../../../../src/aws/errors.ts";
import { StateError } from "../../../../state/state.ts";
import { awsError } from "../../../support/failing.ts";
import { mocked } from "../../../support/mocked.ts";

const s3 = mockClient(S3Client);
beforeEach(() => {
  s3.reset();
  s3.on(ListObjectsV2Command).resolves({});
});
const sent = () => s3.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);
const objects = () => stateObjects(mocked(), "states");

const where = { Bucket: "states", ExpectedBucketOwner: "123456789012" };
const written = { ...where, Key: "a", Body: "text", ContentType: "application/json" };
/** What an answer carries: the stream can be read to its end, or breaks off. */
const stream = (text: string | Error) =>
  ({
    transformToString: async () => (text instanceof Error ? Promise.reject(text) : text),
  }) as unknown as NonNullable<GetObjectCommandOutput["Body"]>;
const stamp = new Date("2026-01-01T00:00:00Z");
const absent = awsError("NoSuchKey", "The specified key does not exist.", 404);
const failed = awsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
const conflict = awsError("ConditionalRequestConflict", "The conditional request cannot succeed", 409);

describe("reading an object of the state", () => {
  it("reads it from a bucket of this account, and returns its ETag and when it was written", async () => {
    s3.on(GetObjectCommand).resolves({ Body: stream("text"), ETag: '"e"', LastModified: stamp });
    expect(await objects().get("a")).toEqual({ text: "text", etag: '"e"', changedAt: stamp.getTime() });
    expect(sent()).toEqual([["GetObjectCommand", { ...where, Key: "a" }]]);
  });

  it("is nothing where there is none, by the word of the list too", async () => {
    s3.on(GetObjectCommand).rejects(absent);
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: "a.lock" }] });
    expect(await objects().get("a")).toBeUndefined();
    expect(sent().at(-1)).toEqual(["ListObjectsV2Command", { ...where, Prefix: "a", MaxKeys: 1 }]);
  });

  it("is asked for again while a bucket that got its versions a moment ago loses sight of it", async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: "a" }] });
    s3.on(GetObjectCommand)
      .rejectsOnce(absent)
      .rejectsOnce(absent)
      .resolves({ Body: stream("text"), ETag: '"e"', LastModified: stamp });
    expect((await objects().get("a"))?.text).toBe("text");
  });

  it("is asked for together with the list where nobody knows whether there is one, whichever answers first", async () => {
    const listed = ["ListObjectsV2Command", { ...where, Prefix: "a", MaxKeys: 1 }];
    const read = ["GetObjectCommand", { ...where, Key: "a" }];
    s3.on(GetObjectCommand).rejects(absent);
    for (const isLate of [true, false]) {
      s3.resetHistory();
      s3.on(ListObjectsV2Command).callsFake(async () => {
        if (isLate) await new Promise((resolve) => setImmediate(resolve));
        return { Contents: [{ Key: "a.lock" }] };
      });
      expect(await objects().get("a", true)).toBeUndefined();
      expect(sent()).toEqual([listed, read]);
    }
  });

  it("is there where only the list that was asked for together with it fails, and unknown where that is needed", async () => {
    const denied = awsError("AccessDenied", "no", 403);
    s3.on(ListObjectsV2Command).rejects(denied);
    s3.on(GetObjectCommand).resolves({ Body: stream("text"), ETag: '"e"', LastModified: stamp });
    expect((await objects().get("a", true))?.text).toBe("text");
    s3.on(GetObjectCommand).rejects(absent);
    await expect(objects().get("a", true)).rejects.toMatchObject({ name: "StateError", cause: denied });
  });

  it("is asked for again where the list that was asked for together with it shows what is not found", async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: "a" }] });
    s3.on(GetObjectCommand)
      .rejectsOnce(absent)
      .rejectsOnce(absent)
      .resolves({ Body: stream("text"), ETag: '"e"', LastModified: stamp });
    expect((await objects().get("a", true))?.text).toBe("text");
    // One that is gone by then is gone.
    s3.on(ListObjectsV2Command)
      .resolvesOnce({ Contents: [{ Key: "a" }] })
      .resolves({});
    s3.on(GetObjectCommand).rejects(absent);
    expect(await objects().get("a", true)).toBeUndefined();
  });

  it("is repeated where S3 fails or its bytes break off, and not forever", async () => {
    const broken = new Error("aborted");
    s3.on(GetObjectCommand)
      .rejectsOnce(awsError("InternalError", "injected", 500))
      .resolvesOnce({ Body: stream(broken), ETag: '"e"', LastModified: stamp })
      .resolves({ Body: stream("text"), ETag: '"f"', LastModified: stamp });
    expect(await objects().get("a")).toEqual({ text: "text", etag: '"f"', changedAt: stamp.getTime() });
    expect(s3.calls()).toHaveLength(3);
    s3.reset();
    s3.on(GetObjectCommand).resolves({ Body: stream(broken), ETag: '"e"', LastModified: stamp });
    await expect(objects().get("a")).rejects.toBe(broken);
    expect(s3.calls()).toHaveLength(3);
  });
});

describe("writing an object of the state", () => {
  it("leaves the encryption to the bucket, and uses the given condition", async () => {
    s3.on(PutObjectCommand).resolves({ ETag: '"e"' });
    expect(await objects().put("a", "text")).toBe('"e"');
    expect(await objects().put("a", "text", { ifNoneMatch: "*" })).toBe('"e"');
    expect(await objects().put("a", "text", { ifMatch: '"d"' })).toBe('"e"');
    expect(sent()).toEqual([
      ["PutObjectCommand", written],
      ["PutObjectCommand", { ...written, IfNoneMatch: "*" }],
      ["PutObjectCommand", { ...written, IfMatch: '"d"' }],
    ]);
  });

  it("does nothing where its condition does not hold", async () => {
    s3.on(PutObjectCommand).rejectsOnce(failed).rejectsOnce(failed).rejectsOnce(absent);
    expect(await objects().put("a", "text", { ifNoneMatch: "*" })).toBeUndefined();
    expect(await objects().put("a", "text", { ifMatch: '"d"' })).toBeUndefined();
    expect(await objects().put("a", "text", { ifMatch: '"d"' })).toBeUndefined();
    expect(s3.calls()).toHaveLength(4);
  });

  it("is asked again where S3 does not see for a moment what the list shows", async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: "a" }] });
    s3.on(PutObjectCommand).rejectsOnce(absent).rejectsOnce(absent).resolves({ ETag: '"e"' });
    expect(await objects().put("a", "text", { ifMatch: '"d"' })).toBe('"e"');
  });

  it("is asked again while another writes at the same moment", async () => {
    s3.on(PutObjectCommand)
      .rejectsOnce(conflict)
      .rejectsOnce(awsError("OperationAborted", "A conflicting conditional operation is in progress", 409))
      .rejectsOnce(conflict)
      .resolves({ ETag: '"e"' });
    expect(await objects().put("a", "text", { ifMatch: '"d"' })).toBe('"e"');
    expect(s3.calls()).toHaveLength(4);
  });

  it("is left to the caller's check if the other writes never end", async () => {
    s3.on(PutObjectCommand).rejects(conflict);
    await expect(objects().put("a", "text", { ifMatch: '"d"' })).rejects.toBeInstanceOf(UncertainWrite);
    const calls = s3.calls().length;
    // Half a minute on the run's clock.
    expect(calls).toBeGreaterThan(5);
    expect(calls).toBeLessThan(30);
  });

  it("is never sent twice where nobody knows what became of it, unless it depends on nothing", async () => {
    const lost = awsError("InternalError", "injected", 500);
    s3.on(PutObjectCommand).rejects(lost);
    await expect(objects().put("a", "text", { ifMatch: '"d"' })).rejects.toMatchObject({
      name: "UncertainWrite",
      message: "s3.PutObject: injected",
    });
    expect(s3.calls()).toHaveLength(1);
    s3.reset();
    s3.on(PutObjectCommand).rejectsOnce(lost).rejectsOnce(lost).resolves({ ETag: '"e"' });
    expect(await objects().put("a", "text")).toBe('"e"');
    expect(s3.calls()).toHaveLength(3);
  });

  it("waits where S3 says that it is too much, which is certain", async () => {
    s3.on(PutObjectCommand)
      .rejectsOnce(awsError("SlowDown", "Please reduce your request rate.", 503))
      .resolves({ ETag: '"e"' });
    expect(await objects().put("a", "text", { ifNoneMatch: "*" })).toBe('"e"');
    expect(s3.calls()).toHaveLength(2);
  });
});

describe("removing an object of the state", () => {
  it("uses the given condition, and treats a missing object as removed", async () => {
    s3.on(DeleteObjectCommand).resolvesOnce({}).resolvesOnce({}).rejectsOnce(absent).rejectsOnce(failed);
    expect(await objects().remove("a")).toBe(true);
    for (const gone of [true, true, false]) expect(await objects().remove("a", '"d"')).toBe(gone);
    const conditional = ["DeleteObjectCommand", { ...where, Key: "a", IfMatch: '"d"' }];
    const listed = ["ListObjectsV2Command", { ...where, Prefix: "a", MaxKeys: 1 }];
    expect(sent()).toEqual([
      ["DeleteObjectCommand", { ...where, Key: "a" }],
      conditional,
      conditional,
      listed,
      conditional,
    ]);
  });

  it("is repeated after a conflict, and left to the caller's check if no response came", async () => {
    s3.on(DeleteObjectCommand)
      .rejectsOnce(conflict)
      .resolvesOnce({})
      .rejects(awsError("InternalError", "injected", 500));
    expect(await objects().remove("a", '"d"')).toBe(true);
    expect(s3.calls()).toHaveLength(2);
    await expect(objects().remove("a", '"d"')).rejects.toBeInstanceOf(UncertainWrite);
    expect(s3.calls()).toHaveLength(3);
  });
});

describe("listing the objects of the state", () => {
  it("reads every page", async () => {
    s3.on(ListObjectsV2Command)
      .resolvesOnce({ Contents: [{ Key: "p/1", LastModified: stamp }], NextContinuationToken: "more" })
      .resolves({ Contents: [{ Key: "p/2", LastModified: stamp }] });
    expect(await objects().list("p/")).toEqual(["p/1", "p/2"].map((key) => ({ key, changedAt: stamp.getTime() })));
    expect(sent()).toEqual([
      ["ListObjectsV2Command", { ...where, Prefix: "p/", ContinuationToken: undefined }],
      ["ListObjectsV2Command", { ...where, Prefix: "p/", ContinuationToken: "more" }],
    ]);
  });

  it("is an empty list where there are none", async () => {
    s3.on(ListObjectsV2Command).resolves({ KeyCount: 0 });
    expect(await objects().list("p/")).toEqual([]);
  });
});

describe("a refusal", () => {
  const NOT_THERE =
    "The state bucket states from stack.config.ts does not exist. No changes were made. Correct state.s3.bucket, or create it: npx fairlead state init";
  const ELSEWHERE =
    "The state bucket states from stack.config.ts is not in ap-northeast-1, the region of the stack. No changes were made. Set state.s3.bucket to a bucket in that region, or to one that does not exist yet, and create it: npx fairlead state init";
  const DENIED =
    "S3 denies access to the state bucket states: it belongs to another account, or these credentials are not allowed to list, read, write and delete its objects (no). No changes were made.";
  it.each([
    ["NoSuchBucket", 404, NOT_THERE],
    ["PermanentRedirect", 301, ELSEWHERE],
    ["AuthorizationHeaderMalformed", 400, ELSEWHERE],
    ["IllegalLocationConstraintException", 400, ELSEWHERE],
    ["AccessDenied", 403, DENIED],
    ["AllAccessDisabled", 403, DENIED],
  ])("%s is told as what it means for the state, by every call", async (name, status, message) => {
    const cause = awsError(name, "no", status);
    s3.onAnyCommand().rejects(cause);
    const at = objects();
    const calls = [
      () => at.get("a"),
      () => at.put("a", "text"),
      () => at.put("a", "text", { ifNoneMatch: "*" }),
      () => at.put("a", "text", { ifMatch: '"d"' }),
      () => at.remove("a"),
      () => at.remove("a", '"d"'),
      () => at.list("p/"),
    ];
    for (const call of calls) {
      const error = await call().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StateError);
      // Which call was denied differs.
      expect(messageOf(error).replaceAll(/s3\.\w+ was denied: /g, "")).toBe(message);
      expect((error as Error).cause).toBe(cause);
    }
  });

  it("of another kind is handed on as it is", async () => {
    const other = awsError("ExpiredToken", "The provided token has expired.", 400);
    s3.onAnyCommand().rejects(other);
    await expect(objects().get("a")).rejects.toBe(other);
    await expect(objects().put("a", "text", { ifNoneMatch: "*" })).rejects.toBe(other);
  });
});
