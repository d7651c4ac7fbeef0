import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { files } from "../../../state/files.ts";
import { StateError } from "../../../state/state.ts";

/** A disk that takes so many bytes more, a few at a time, and says so by the counts alone until it is full. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY, atOnce: Number.POSITIVE_INFINITY, code: "ENOSPC" }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:fs/promises")>();
  const open: typeof original.open = async (...args) => {
    const file = await original.open(...args);
    const write = file.write.bind(file) as (...parts: unknown[]) => Promise<{ bytesWritten: number }>;
    const limited = async (buffer: Uint8Array, from: number, length: number, at: number) => {
      const some = Math.min(length, disk.atOnce, disk.room);
      if (some === 0) throw Object.assign(new Error("no space left on device, write"), { code: disk.code });
      disk.room -= some;
      return write(buffer, from, some, at);
    };
    return Object.assign(file, { write: limited });
  };
  return { ...original, open };
});

let folder: string;
const path = () => join(folder, "app.json");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fairlead-disk-"));
  Object.assign(disk, { room: Number.POSITIVE_INFINITY, atOnce: Number.POSITIVE_INFINITY, code: "ENOSPC" });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a write of the state", () => {
  it("continues if the system accepts only a part of it at a time", async () => {
    disk.atOnce = 7;
    const text = "0123456789ä".repeat(50);
    await files.put(path(), text);
    expect(readFileSync(path(), "utf8")).toBe(text);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["ENOSPC", "the disk is full (ENOSPC)"],
    ["EDQUOT", "the disk quota is used up (EDQUOT)"],
    ["EIO", "input/output error (EIO)"],
  ])("leaves what was there and nothing beside it where it meets %s", async (code, words) => {
    await files.put(path(), "before");
    Object.assign(disk, { room: 10, atOnce: 4, code });
    const writing = files.put(path(), "x".repeat(100));
    await expect(writing).rejects.toBeInstanceOf(StateError);
    await expect(writing).rejects.toThrow(`${path()} cannot be written: ${words}. Its previous contents are unchanged`);
    expect(readFileSync(path(), "utf8")).toBe("before");
    expect(readdirSync(folder)).toEqual(["app.json"]);
  });
});
