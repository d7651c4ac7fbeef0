import { Readable } from "node:stream";
import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { uploadSource } from "../../../src/release/upload.ts";
import { awsError } from "../../support/failing.ts";
import { mocked } from "../../support/mocked.ts";
import { siteOf } from "./delivered.ts";

describe("an upload of a source that is too large for the memory", () => {
  let s3 = mockClient(S3Client);
  beforeEach(() => {
    s3 = mockClient(S3Client);
    s3.on(HeadObjectCommand).rejects(awsError("NotFound", "UnknownError", 404));
  });
  afterEach(() => s3.restore());

  it("sends it from its beginning again where an attempt fails, and counts what was sent", async () => {
    const pieces = ["one ", "two ", "three"].map((text) => Buffer.from(text));
    const content = { size: 13, body: () => Readable.from(pieces), close: async () => {} };
    const received: string[] = [];
    s3.on(PutObjectCommand).callsFake(async ({ Body }: { Body: Readable }) => {
      let text = "";
      for await (const piece of Body) {
        text += String(piece);
        if (received.length === 0 && text === "one two ") break;
      }
      if (received.push(text) === 1) throw awsError("SlowDown", "Please reduce your request rate.", 503);
      return { VersionId: "v1" };
    });
    const counts: number[] = [];
    await uploadSource(
      siteOf({ aws: mocked(), clock: new VirtualClock(0) }),
      { content, digest: "sha256:0", files: [], commit: undefined },
      "ada@laptop",
      (bytes) => void counts.push(bytes),
    );
    expect(received).toEqual(["one two ", "one two three"]);
    expect(counts.slice(-4)).toEqual([0, 4, 8, 13]);
  });
});
