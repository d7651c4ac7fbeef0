import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { holdFile } from "../../../state/file-lock.ts";
import { newHolder } from "../../../state/holder.ts";
import { isOther, lookAtProcess, ownMark } from "../../../state/process-mark.ts";
import { LockedError } from "../../../state/state.ts";

/** The child ends once its parent has become a program that knows nothing of it, and so never reaps it. */
const CHILD_OF_TAIL = `me=$$; sh -c 'until grep -q tail /proc/'$me'/comm 2>/dev/null || ps -o comm= -p '$me' 2>/dev/null | grep -q tail; do :; done' & echo $!; exec tail -f /dev/null`;

describe("two marks", () => {
  it.each([
    ["b/n/1", "b/n/1", false],
    ["b/n/1", "b/n/2", true],
    ["b/n/1", "c/n/1", true],
    ["b/n/1", "b/m/2", false],
    ["", "b/n/1", false],
    ["//Thu Jan 1", "//Thu Jan 2", true],
  ])("%s and %s are of two processes: %s", (a, b, other) => {
    expect(isOther(a, b)).toBe(other);
  });

  it("of one process are the same whoever reads them", () => {
    expect(ownMark()).not.toBe("");
    expect(lookAtProcess(process.pid)).toEqual({ zombie: false, mark: ownMark() });
  });
});

describe("the lock of a process that seems alive but is not", () => {
  let folder: string;
  const lock = () => join(folder, "app.json.lock");
  const left = (more: object) =>
    writeFileSync(lock(), JSON.stringify({ ...newHolder("reconcile", 0), host: hostname(), ...more }));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fairlead-mark-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is taken over if another process has its id by now", async () => {
    const [boot, namespace] = ownMark().split("/");
    left({ pid: process.pid, process: `${boot}/${namespace}/1` });
    const died: number[] = [];
    const held = await holdFile(lock(), "plan", async ({ pid }) => void died.push(pid));
    expect(died).toEqual([process.pid]);
    await held.release();
  });

  it("is not taken from that very process", async () => {
    left({ pid: process.pid });
    await expect(holdFile(lock(), "plan")).rejects.toBeInstanceOf(LockedError);
  });

  it("is not taken from one in another namespace of process ids, whose ids mean nothing here", async () => {
    const [boot] = ownMark().split("/");
    left({ pid: 999_999, process: `${boot}/pid:[1]/5` });
    await expect(holdFile(lock(), "plan")).rejects.toBeInstanceOf(LockedError);
  });

  it("is taken over if it ended and its parent never reaped it", async () => {
    const parent = spawn("sh", ["-c", CHILD_OF_TAIL], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const pid = await new Promise<number>((resolve) =>
        parent.stdout.once("data", (data: Buffer) => resolve(Number(data))),
      );
      let seen = lookAtProcess(pid);
      for (let tries = 0; tries < 5_000 && seen?.zombie === false; tries++) {
        spawnSync("true");
        seen = lookAtProcess(pid);
      }
      expect(seen?.zombie).toBe(true);
      left({ pid, process: seen?.mark });
      const held = await holdFile(lock(), "plan");
      expect(JSON.parse(readFileSync(lock(), "utf8"))).toMatchObject({ pid: process.pid, verb: "plan" });
      await held.release();
    } finally {
      parent.kill();
    }
  });
});
