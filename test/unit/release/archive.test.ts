import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pack } from "../../../src/release/archive.ts";
import { bytesOf } from "../../support/archived.ts";

let base: string;
beforeEach(() => void (base = mkdtempSync(join(tmpdir(), "archive-"))));
afterEach(() => rmSync(base, { recursive: true }));

const entry = (path: string, bytes: Uint8Array) => {
  const place = join(base, path);
  writeFileSync(place, bytes);
  return { path, place, mode: 0o100644 };
};
const sha256 = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("an archive", () => {
  it("is the same in memory and on disk, where it leaves nothing", async () => {
    const scratch = join(base, "scratch");
    // Pieces of 256 kB: none, less than one, exactly two, more than two.
    const contents = [0, 1_000, 524_288, 700_001].map((length) => randomBytes(length));
    const entries = contents.map((content, n) => entry(`file-${n}`, content));
    const [inMemory, onDisk] = [await pack(entries, scratch), await pack(entries, scratch, { inMemory: 100_000 })];
    expect(readdirSync(scratch)).toEqual([]);
    expect(inMemory.content.body()).toBeInstanceOf(Uint8Array);
    expect(onDisk.content.body()).not.toBeInstanceOf(Uint8Array);
    // As often as it is needed.
    for (const { content, digest } of [inMemory, onDisk, onDisk]) {
      const bytes = await bytesOf(content);
      expect(sha256(bytes)).toBe(inMemory.digest);
      expect([digest, content.size]).toEqual([inMemory.digest, bytes.length]);
      expect(Object.entries(unzipSync(bytes)).map(([path, text]) => [path, sha256(text)])).toEqual(
        contents.map((text, n) => [`file-${n}`, sha256(text)]),
      );
    }
    expect(onDisk.files).toEqual(
      contents.map((text, n) => ({ path: `file-${n}`, digest: sha256(text), bytes: text.length })),
    );
    await onDisk.content.close();
  });

  it("says where there is no room for it, and what to do", async () => {
    const scratch = join(base, "file");
    const entries = [entry("file", randomBytes(10_000))];
    await expect(pack(entries, scratch, { inMemory: 1_000 })).rejects.toThrow(
      `The archive of the source cannot be written to ${scratch}: EEXIST: file already exists, mkdir '${scratch}'. Free space there, or exclude what the image does not need with .dockerignore.`,
    );
  });
});
