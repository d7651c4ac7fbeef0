import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { s3Store } from "../../../state/s3-store.ts";
import type { Holder, StateStore } from "../../../state/state.ts";
import { MemoryObjects, Wire } from "../../support/memory-objects.ts";
import { recordRuns, runNumbers } from "../../support/runs-in-s3.ts";
import { runOf, stateOf } from "../../support/states.ts";

let clock: VirtualClock;
let objects: MemoryObjects;
let unlock: (() => Promise<void>)[];
beforeEach(() => {
  clock = new VirtualClock(Date.UTC(2026, 0, 1));
  objects = new MemoryObjects(clock);
  unlock = [];
});
afterEach(async () => {
  for (const one of unlock) await one();
});

const open = (through: MemoryObjects | Wire = objects) =>
  s3Store({ objects: through, bucket: "b", prefix: "team/states", stack: "app-dev", clock });
const recorded = (count: number) => recordRuns(objects, count);
const numbers = () => runNumbers(objects);

describe("a state in S3", () => {
  it("lies under the prefix, and all that belongs to it below its name", async () => {
    const store = open();
    expect(store.where).toBe("s3://b/team/states/app-dev.json");
    unlock.push(await store.lock("reconcile"));
    await store.write(stateOf(1, "a"));
    await store.record(runOf("reconcile"));
    const again = open();
    await again.write(stateOf(2, "a"));
    expect(Object.keys(objects.texts).toSorted()).toEqual([
      "team/states/app-dev.json",
      "team/states/app-dev/backups/1.json",
      "team/states/app-dev/history/1.json",
      "team/states/app-dev/lock.json",
    ]);
    await expect(open().lock("plan")).rejects.toThrow(/^The state has been locked by \S+@\S+ \(reconcile, process/);
  });

  it("is not mixed up with that of a stack whose name only begins the same", async () => {
    const other = s3Store({ objects, bucket: "b", prefix: "team/states", stack: "app-dev-2", clock });
    await other.write(stateOf(1, "other"));
    await other.record(runOf("other"));
    expect([await open().read(), await open().runs(10), await open().backups()]).toEqual([undefined, [], []]);
  });

  it("is not written by a run that lost its lock with a write in flight, and the next one's write stays", async () => {
    const stale = open();
    unlock.push(await stale.lock("stale"));
    await stale.write(stateOf(1, "stale"));
    // It has looked at its lock, then its machine sleeps; its write comes when another has the lock and has written nothing yet.
    expect((await open().unlock())?.verb).toBe("stale");
    const next = open();
    unlock.push(await next.lock("next"));
    const seen = await next.read();
    expect(seen).toMatchObject({ serial: 2, resources: stateOf(1, "stale").resources });
    await expect(stale.write(stateOf(2, "late"))).rejects.toMatchObject({ name: "StateError" });
    await next.write(stateOf(3, "next"));
    expect(await open().read()).toEqual(stateOf(3, "next"));
  });

  it("is unlocked by exactly one of two at once, and the other refuses no write of the next holder", async () => {
    // What the second one was doing when the first one was through: it had sent its write, or the response to it was lost.
    for (const lost of [undefined, "before"] as const) {
      const dead = open();
      await dead.lock("dead");
      await dead.write(stateOf(1, "before"));
      let first: Holder | undefined;
      let next: StateStore | undefined;
      const late = new Proxy(objects, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== "function") return member;
          return async (key: string, ...rest: unknown[]) => {
            const isLock = key.endsWith("lock.json");
            // It has read the lock of the dead run, and the first one is faster.
            if (isLock && name !== "get" && first === undefined) {
              first = await open().unlock();
              if (lost) objects.await({ lost });
            }
            // It is through with the lock, and the next run begins.
            if (!isLock && first && !next) {
              next = open();
              unlock.push(await next.lock("next"));
              await next.read();
            }
            return (member as (...args: unknown[]) => unknown).call(target, key, ...rest);
          };
        },
      });
      const second = await open(late).unlock();
      expect([first?.verb, second]).toEqual(["dead", undefined]);
      const run = next ?? open();
      const seen = await run.read();
      expect(seen?.serial).toBe(2);
      await run.write(stateOf(3, "after"));
      expect(await open().read()).toEqual(stateOf(3, "after"));
      for (const one of unlock.splice(0)) await one();
      await objects.remove("team/states/app-dev.json");
    }
  });

  it("stays locked until no write of the former holder can succeed any more", async () => {
    const stale = open();
    await stale.lock("stale");
    await stale.write(stateOf(1, "stale"));
    const wire = new Wire(objects);
    const seen: unknown[] = [];
    const put = wire.put;
    wire.put = async (key, text, when) => {
      if (!key.endsWith("lock.json")) seen.push((await open().holder())?.verb);
      return put(key, text, when);
    };
    await open(wire).unlock();
    expect([seen, await open().holder()]).toEqual([["state unlock"], undefined]);
  });

  it("can be unlocked again by anybody if whoever unlocked it died in the middle", async () => {
    const stale = open();
    await stale.lock("stale");
    await stale.write(stateOf(1, "stale"));
    const wire = new Wire(objects);
    wire.get = async (key) => {
      if (!key.endsWith("lock.json")) wire.way = "cut";
      return objects.get(key);
    };
    await expect(open(wire).unlock()).rejects.toThrow("no answer");
    expect((await open().unlock())?.verb).toBe("state unlock");
    expect([await open().holder(), (await open().read())?.serial]).toEqual([undefined, 2]);
    await expect(stale.write(stateOf(2, "late"))).rejects.toMatchObject({ name: "StateError" });
  });

  it("misses within five seconds a lock that was taken away by force", async () => {
    const store = open();
    unlock.push(await store.lock("reconcile"));
    await open().unlock();
    unlock.push(await open().lock("teardown"));
    await clock.sleep(5_001);
    await expect(store.check()).rejects.toMatchObject({ name: "LockedError" });
  });

  it("checks its lock once in five seconds, however often and by however many callers it is asked to", async () => {
    const store = open();
    unlock.push(await store.lock("reconcile"));
    objects.calls.length = 0;
    for (let n = 0; n < 20; n++) {
      await Promise.all(Array.from({ length: 10 }, () => store.check()));
      await clock.sleep(1_000);
    }
    expect(objects.calls.filter((call) => call.startsWith("get ")).length).toBeLessThanOrEqual(4);
  });

  it("is read anew under a lock that was taken over, also by a run that read it before", async () => {
    const wire = new Wire(objects);
    const dead = open(wire);
    await dead.lock("dead");
    await dead.write(stateOf(1, "dead"));
    wire.way = "cut";
    await clock.sleep(11 * 60_000);
    const next = open();
    const early = await next.read();
    unlock.push(await next.lock("next"));
    const seen = await next.read();
    expect([early?.serial, seen?.serial]).toEqual([1, 2]);
    wire.way = "open";
    await expect(dead.write(stateOf(2, "late"))).rejects.toMatchObject({ name: "LockedError" });
    await next.write(stateOf(3, "next"));
    expect(await open().read()).toEqual(stateOf(3, "next"));
  });

  it("refuses the write of a run whose lock went to another meanwhile, and nothing of the other's is lost", async () => {
    const wire = new Wire(objects);
    const slow = open(wire);
    await slow.lock("slow");
    await slow.write(stateOf(1, "slow"));
    wire.way = "cut";
    await clock.sleep(11 * 60_000);
    const next = open();
    unlock.push(await next.lock("next"));
    await next.read();
    await next.write(stateOf(2, "next"));
    wire.way = "open";
    await expect(slow.write(stateOf(2, "slow"))).rejects.toMatchObject({ name: "LockedError" });
    expect(await open().read()).toEqual(stateOf(2, "next"));
  });
});

describe("a history in S3", () => {
  it("gives runs that end at once a number each, and keeps all of them", async () => {
    const given = await Promise.all(Array.from({ length: 12 }, (_, n) => open().record(runOf(`run ${n}`))));
    expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
    const runs = await open().runs(100);
    expect(runs.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, n) => 12 - n));
    expect(new Set(runs.map(({ verb }) => verb)).size).toBe(12);
  });

  it("writes a run once where the answer was lost, and under the next number where another was faster", async () => {
    for (const lost of ["after", "before"] as const) {
      objects.await({ lost });
      await open().record(runOf(lost));
    }
    const theirs = JSON.stringify({ number: 3, ...runOf("theirs") });
    objects.await({ lost: "before", meanwhile: () => objects.put("team/states/app-dev/history/3.json", theirs) });
    expect(await open().record(runOf("mine"))).toBe(4);
    expect((await open().runs(9)).map(({ verb }) => verb)).toEqual(["mine", "theirs", "before", "after"]);
  });

  it("keeps the latest two hundred, also where several end at once", async () => {
    await recorded(205);
    expect(await open().record(runOf("next"))).toBe(206);
    expect(numbers()).toEqual(Array.from({ length: 200 }, (_, n) => n + 7));
    await Promise.all(Array.from({ length: 5 }, () => open().record(runOf("next"))));
    expect(numbers()).toEqual(Array.from({ length: 200 }, (_, n) => n + 12));
  });

  it("sorts numbers as numbers, and returns as many as requested", async () => {
    await recorded(12);
    expect((await open().runs(4)).map(({ number }) => number)).toEqual([12, 11, 10, 9]);
    expect(await open().runs(0)).toEqual([]);
    expect(await open().runs(50)).toHaveLength(12);
  });

  it("skips damaged entries, and returns an older run instead", async () => {
    await recorded(5);
    await objects.put("team/states/app-dev/history/5.json", "{");
    await objects.put("team/states/app-dev/history/4.json", "null");
    await objects.put("team/states/app-dev/history/notes.txt", "mine");
    expect((await open().runs(2)).map(({ number }) => number)).toEqual([3, 2]);
    expect(await open().record(runOf("next"))).toBe(6);
  });
});
