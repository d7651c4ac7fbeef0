import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { senders } from "../../../src/aws/clients.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { simulator } from "../../../src/simulator/simulator.ts";
import { World } from "../../../src/simulator/world.ts";
import { NOBODY } from "../../support/states.ts";

const Bucket = "things";
const region = "ap-northeast-1";
const MIB = 1_048_576;
const bytes = (letter: string, length = 2 * MIB) => Buffer.alloc(length, letter);
const hashOf = (algorithm: "sha256" | "md5", content: Buffer) => createHash(algorithm).update(content).digest("hex");
const fileOf = (content: Buffer) => `${hashOf("sha256", content)}.bin`;

/** A bucket in a world. */
function at(world: World) {
  const clock = new VirtualClock(world.data.now);
  const { s3 } = senders({
    region,
    plugin: simulator({ world, clock, account: "123456789012", region }),
    retrying: { clock, random: () => 0.5 },
  });
  return {
    s3,
    make: () => s3(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } })),
    put: (Key: string, Body: Buffer | Readable, bucket = Bucket) =>
      s3(new PutObjectCommand({ Bucket: bucket, Key, Body })),
    get: async (Key: string) => {
      const { Body } = await s3(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    remove: (Key: string, more: object = {}) => s3(new DeleteObjectCommand({ Bucket, Key, ...more })),
  };
}

/** A body that comes piece by piece; `fails`: and then breaks off. */
const stream = (content: Buffer, fails = false) =>
  Readable.from(
    (async function* () {
      for (let from = 0; from < content.length; from += 300_000)
        yield await Promise.resolve(content.subarray(from, from + 300_000));
      if (fails) throw new Error("the disk is gone");
    })(),
    { objectMode: false },
  );

describe("a large object of a simulated world in a file", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fairlead-large-"));
    file = join(folder, "world.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const kept = () => {
    try {
      return readdirSync(join(folder, "contents"));
    } catch {
      return [];
    }
  };
  const made = async () => {
    const one = at(World.open(file));
    await one.make();
    return one;
  };

  for (const [how, body] of [
    ["at once", (content: Buffer) => content],
    ["as a stream", (content: Buffer) => stream(content)],
  ] as const)
    it(`lies beside it as it is, sent ${how}, and is read from there by the next process`, async () => {
      const { put } = await made();
      const { ETag } = await put("a", body(bytes("a")));
      expect(ETag).toBe(`"${hashOf("md5", bytes("a"))}"`);
      expect(kept()).toEqual([fileOf(bytes("a"))]);
      expect(readFileSync(join(folder, "contents", fileOf(bytes("a")))).equals(bytes("a"))).toBe(true);
      expect(readFileSync(file).length).toBeLessThan(10_000);
      expect((await at(World.open(file)).get("a")).equals(bytes("a"))).toBe(true);
    });

  it("is kept once for all that have the same bytes, and for as long as one of them is there", async () => {
    const { put, remove, get, s3 } = await made();
    await s3(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    const { VersionId: one } = await put("a", bytes("a"));
    const { VersionId: two } = await put("b", stream(bytes("a")));
    await put("b", stream(bytes("b")));
    expect(kept().toSorted()).toEqual([fileOf(bytes("a")), fileOf(bytes("b"))].toSorted());
    await remove("a", { VersionId: one });
    expect(kept()).toHaveLength(2);
    await remove("b", { VersionId: two });
    expect(kept()).toEqual([fileOf(bytes("b"))]);
    expect((await get("b")).equals(bytes("b"))).toBe(true);
  });

  it("goes only once the world that does without it is on disk", async () => {
    const { put } = await made();
    await put("a", bytes("a"));
    const world = World.open(file, false);
    await at(world).remove("a");
    expect(kept()).toEqual([fileOf(bytes("a"))]);
    expect((await at(World.open(file)).get("a")).equals(bytes("a"))).toBe(true);
  });

  it("leaves nothing where it is refused, breaks off, or the stack is gone", async () => {
    const { put, remove, s3 } = await made();
    await expect(put("a", stream(bytes("a")), "no-bucket")).rejects.toThrow("The specified bucket does not exist");
    await expect(put("a", stream(bytes("a"), true))).rejects.toThrow("the disk is gone");
    expect(kept()).toEqual([]);
    await put("b", bytes("b"));
    await expect(put("b", stream(bytes("b")), "no-bucket")).rejects.toThrow("The specified bucket does not exist");
    expect(kept()).toEqual([fileOf(bytes("b"))]);
    await remove("b");
    await s3(new DeleteBucketCommand({ Bucket }));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("of a process that died before the world named it is cleared away by the next one", async () => {
    const { put } = await made();
    await put("a", bytes("a"));
    mkdirSync(join(folder, "contents"), { recursive: true });
    writeFileSync(join(folder, "contents", `incoming-${NOBODY}-0`), "half of it");
    writeFileSync(join(folder, "contents", fileOf(bytes("x"))), bytes("x"));
    await put("b", stream(bytes("b")));
    expect(kept().toSorted()).toEqual([fileOf(bytes("a")), fileOf(bytes("b"))].toSorted());
  });

  it("may come at the same time as another", async () => {
    const { put, get } = await made();
    const letters = ["a", "b", "c"];
    await Promise.all(letters.map((letter) => put(letter, stream(bytes(letter)))));
    for (const letter of letters) expect((await get(letter)).equals(bytes(letter))).toBe(true);
    expect(kept()).toHaveLength(3);
  });

  it("is one from a megabyte on; smaller ones stay as they were", async () => {
    const { put, get } = await made();
    await put("small", bytes("s", MIB - 1));
    expect(kept().filter((name) => name.endsWith(".bin"))).toEqual([]);
    await put("large", bytes("l", MIB));
    expect(kept().filter((name) => name.endsWith(".bin"))).toEqual([fileOf(bytes("l", MIB))]);
    expect((await get("small")).equals(bytes("s", MIB - 1))).toBe(true);
  });
});

it("keeps a large object in memory where the world is in no file", async () => {
  const { make, put, get } = at(World.empty());
  await make();
  await put("a", stream(bytes("a")));
  expect((await get("a")).equals(bytes("a"))).toBe(true);
});
