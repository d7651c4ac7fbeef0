import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { holdFile, lockFile, readHolder, sweepLock, unlockFile } from "../../../state/file-lock.ts";
import { LockedError, type Holder } from "../../../state/state.ts";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-lock-"));
  path = join(folder, "s.json.lock");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The id of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;

const holder = (more: Partial<Holder> = {}): Holder => ({
  who: "ann@there",
  pid: process.pid,
  host: hostname(),
  verb: "reconcile",
  since: "2024-01-01T00:00:00.000Z",
  token: "token-1",
  ...more,
});

const refused = async (taking: Promise<unknown>): Promise<LockedError> => {
  const error = await taking.catch((reason: unknown) => reason);
  return error instanceof LockedError ? error : expect.unreachable("The lock was taken.");
};

describe("the lock", () => {
  it("says who holds it, in a file for the owner alone, until it is given back", async () => {
    const unlock = await lockFile(path, "teardown");
    expect(await readHolder(path)).toMatchObject({ pid: process.pid, host: hostname(), verb: "teardown" });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await unlock();
    expect(await readHolder(path)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  it("makes the folder that it lies in", async () => {
    const unlock = await lockFile(join(folder, "deep", "er", "lock"), "plan");
    expect(await readdir(join(folder, "deep", "er"))).toEqual(["lock"]);
    await unlock();
  });

  it("lets one of two have it, and tells the other who has it", async () => {
    const unlock = await lockFile(path, "reconcile");
    const { message, holder: by } = await refused(lockFile(path, "teardown"));
    expect(by).toEqual(await readHolder(path));
    expect(message).toBe(
      `The state has been locked by ${by?.who} (reconcile, process ${process.pid}) since ${by?.since}. To wait until that run has finished: npx fairlead status --wait. If its process no longer exists, remove the lock: npx fairlead state unlock`,
    );
    await unlock();
    await (
      await lockFile(path, "teardown")
    )();
  });

  it("takes over from a process of this host that is gone", async () => {
    await writeFile(path, JSON.stringify(holder({ pid: deadPid() })));
    const unlock = await lockFile(path, "plan");
    expect(await readHolder(path)).toMatchObject({ pid: process.pid, verb: "plan" });
    expect(await readdir(folder)).toEqual(["s.json.lock"]);
    await unlock();
    expect(await readdir(folder)).toEqual([]);
  });

  it("never takes over from another host, of whose processes it knows nothing", async () => {
    const other = holder({ pid: deadPid(), host: "elsewhere" });
    await writeFile(path, JSON.stringify(other));
    expect((await refused(lockFile(path, "plan"))).holder).toEqual(other);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(other);
  });

  it("does not remove another holder's lock when it releases its own", async () => {
    const unlock = await lockFile(path, "reconcile");
    const other = holder({ token: "another" });
    await writeFile(path, JSON.stringify(other));
    await unlock();
    expect(await readHolder(path)).toEqual(other);
  });

  it("can be given back when it is gone already", async () => {
    const unlock = await lockFile(path, "reconcile");
    await rm(path);
    await expect(unlock()).resolves.toBeUndefined();
  });

  it("counts a lock that cannot be read as held, and says what to do", async () => {
    await writeFile(path, "{");
    const { message, holder: by } = await refused(lockFile(path, "plan"));
    expect(message).toBe(
      `The lock ${path} cannot be read. If no run is in progress, remove it: npx fairlead state unlock`,
    );
    expect(by).toBeUndefined();
    expect(await readFile(path, "utf8")).toBe("{");
  });

  it.each([
    ["a free lock", false],
    ["a dead one", true],
  ])("never has two holders where many take %s at once", async (_what, dead) => {
    for (let round = 0; round < 15; round++) {
      if (dead) await writeFile(path, JSON.stringify(holder({ pid: deadPid() })));
      let holders = 0;
      let most = 0;
      const ends = await Promise.allSettled(
        Array.from({ length: 12 }, async () => {
          const unlock = await lockFile(path, "reconcile");
          holders += 1;
          most = Math.max(most, holders);
          await readHolder(path);
          holders -= 1;
          await unlock();
        }),
      );
      expect(most).toBe(1);
      const refusals = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
      expect(refusals.every((reason) => reason instanceof LockedError)).toBe(true);
      expect(refusals.length).toBeLessThan(ends.length);
      expect(await readdir(folder)).toEqual([]);
    }
  });
});

describe("a lock that is taken away by force", () => {
  it("tells its holder before the next write, and does not release the next one's lock when that holder ends", async () => {
    const own = await holdFile(path, "reconcile");
    await expect(own.check()).resolves.toBeUndefined();
    const { token } = (await readHolder(path)) ?? {};
    expect(await unlockFile(path, token)).toMatchObject({ token, pid: process.pid });
    await expect(own.check()).rejects.toThrow(`This run lost the lock ${path}: it was removed by force.`);
    const next = await lockFile(path, "teardown");
    expect((await refused(own.check())).holder).toEqual(await readHolder(path));
    await own.release();
    expect(await readHolder(path)).toMatchObject({ verb: "teardown" });
    await next();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is that of the token only, and nobody's if there is none", async () => {
    const unlock = await lockFile(path, "reconcile");
    expect(await unlockFile(path, "another")).toBeUndefined();
    expect(await readHolder(path)).toMatchObject({ verb: "reconcile" });
    expect(await unlockFile(path)).toMatchObject({ verb: "reconcile" });
    expect(await unlockFile(path)).toBeUndefined();
    await unlock();
  });

  it("was taken away by one of many that do so at once, and the others do not say that they did", async () => {
    for (let round = 0; round < 15; round++) {
      const dead = holder({ pid: deadPid() });
      await writeFile(path, JSON.stringify(dead));
      const ends = await Promise.allSettled(Array.from({ length: 12 }, () => unlockFile(path, dead.token)));
      expect(ends.flatMap((end) => (end.status === "fulfilled" ? (end.value ?? []) : []))).toEqual([dead]);
      const refusals = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
      expect(refusals.every((reason) => reason instanceof LockedError)).toBe(true);
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("is removed where it cannot be read, but not for the holder of a token", async () => {
    await writeFile(path, "{");
    expect(await unlockFile(path, "token-1")).toBeUndefined();
    expect(await readFile(path, "utf8")).toBe("{");
    expect(await unlockFile(path)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is left to the one who takes it away at the moment at which its holder gives it back", async () => {
    const unlock = await lockFile(path, "reconcile");
    const { token = "" } = (await readHolder(path)) ?? {};
    await writeFile(`${path}.${token}`, JSON.stringify(holder({ verb: "state unlock" })));
    await unlock();
    expect(await readHolder(path)).toMatchObject({ token });
    await expect(unlockFile(path)).rejects.toThrow("The state has been locked by ann@there (state unlock, process");
  });
});

describe("what processes leave that die while they take or remove a lock", () => {
  it("is no lock where it is only half of one", async () => {
    await writeFile(`${path}.token-1.draft`, '{"who":"ann');
    const unlock = await lockFile(path, "reconcile");
    await unlock();
  });

  it("keeps nobody from removing the same dead lock", async () => {
    await writeFile(path, JSON.stringify(holder({ pid: deadPid() })));
    await writeFile(`${path}.token-1`, JSON.stringify(holder({ pid: deadPid(), token: "token-2" })));
    await writeFile(`${path}.token-1.token-2`, JSON.stringify(holder({ pid: deadPid(), token: "token-3" })));
    const unlock = await lockFile(path, "reconcile");
    expect(await readdir(folder)).toEqual(["s.json.lock"]);
    await unlock();
  });

  it("is swept away, and nothing that a live process holds or that belongs to another file", async () => {
    const unlock = await lockFile(path, "reconcile");
    await writeFile(`${path}.token-1.draft`, "{");
    await writeFile(`${path}.token-2`, JSON.stringify(holder({ pid: deadPid(), token: "token-3" })));
    await writeFile(`${path}.token-4`, JSON.stringify(holder()));
    await writeFile(`${path}.token-5`, JSON.stringify(holder({ pid: deadPid(), host: "elsewhere" })));
    await writeFile(`${path}.notes`, "mine");
    await writeFile(join(folder, "s.json"), "{}");
    await sweepLock(path);
    expect(await readdir(folder)).toEqual(
      ["s.json", ...["", ".notes", ".token-4", ".token-5"].map((end) => `s.json.lock${end}`)].toSorted(),
    );
    await unlock();
  });

  it("does not trouble one whose draft is swept away while it takes the lock", async () => {
    for (let round = 0; round < 20; round++) {
      const [unlock] = await Promise.all([lockFile(path, "reconcile"), sweepLock(path), sweepLock(path)]);
      await unlock();
    }
    expect(await readdir(folder)).toEqual([]);
  });
});
