import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lockFile, readHolder } from "../../../state/file-lock.ts";
import { LockedError } from "../../../state/state.ts";

vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof import("node:fs/promises")>()),
  link: async () => Promise.reject(Object.assign(new Error("operation not permitted, link"), { code: "EPERM" })),
}));

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-lock-"));
  path = join(folder, "s.json.lock");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the lock on a file system that gives no file a second name", () => {
  it("is had by one of many all the same, and leaves nothing", async () => {
    for (let round = 0; round < 10; round++) {
      let [holders, most] = [0, 0];
      const ends = await Promise.allSettled(
        Array.from({ length: 8 }, async () => {
          const unlock = await lockFile(path, "reconcile");
          most = Math.max(most, ++holders);
          expect(await readHolder(path)).toMatchObject({ pid: process.pid });
          holders -= 1;
          await unlock();
        }),
      );
      expect(most).toBe(1);
      const refusals = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
      expect(refusals.every((reason) => reason instanceof LockedError)).toBe(true);
      expect(await readdir(folder)).toEqual([]);
    }
  });
});
