import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { putConfirmed, type ObjectStore } from "../../../state/objects.ts";
import { LockedError, StateError, type Holder, type StateStore } from "../../../state/state.ts";
import { runOf, stateOf } from "../../support/states.ts";

/** A place that keeps one state, and what only a test does with it. */
export interface Ground {
  /** A run's own way to it. */
  open(): StateStore;
  /** What the state and its backups are kept in, and under which keys. */
  readonly objects: ObjectStore;
  readonly key: string;
  readonly backups: string;
  /** Lets the time pass in which a holder that lost its lock hears of it. */
  pass(): Promise<void>;
  /** Leaves a lock there as a run does that dies, so long ago that it may be taken over; answers whose it is. */
  die(verb: string): Promise<Holder>;
  /** The time by which the age of a lock is told, in milliseconds since the epoch. */
  now(): number;
  /** Puts a text where a run's progress is written. */
  putProgress(text: string): Promise<void>;
  /** Puts the text of a run there, whatever it says, as the run of that number. */
  putRun(number: number, text: string): Promise<void>;
  end(): Promise<void>;
}

const text = (...args: Parameters<typeof stateOf>) => `${JSON.stringify(stateOf(...args), undefined, 2)}\n`;

/** What every store of a state does alike. */
export function conforms(name: string, prepare: () => Promise<Ground>): void {
  describe(`a state ${name}`, () => {
    let ground: Ground;
    const locks: (() => Promise<void>)[] = [];
    beforeEach(async () => {
      ground = await prepare();
    });
    afterEach(async () => {
      for (const unlock of locks.splice(0)) await unlock().catch(() => {});
      await ground.end();
    });

    /** A run that has begun: it holds the lock. */
    async function begin(verb = "reconcile") {
      const store = ground.open();
      const unlock = await store.lock(verb);
      locks.push(unlock);
      return { store, unlock };
    }
    const there = async () => (await ground.objects.get(ground.key))?.text;
    const puts = (state: string) => ground.objects.put(ground.key, state);

    it("is none before there is one, and then what was written last", async () => {
      const { store, unlock } = await begin();
      expect(await store.read()).toBeUndefined();
      for (const serial of [1, 2, 3]) await store.write(stateOf(serial, "a", "b"));
      await unlock();
      expect(await ground.open().read()).toEqual(stateOf(3, "a", "b"));
      expect(await there()).toBe(text(3, "a", "b"));
    });

    it("is removed where nothing is left of it, and begun again", async () => {
      const { store } = await begin();
      await store.write(stateOf(1, "a"));
      await store.write(stateOf(2));
      await store.write(stateOf(3));
      expect(await ground.open().read()).toBeUndefined();
      await store.write(stateOf(4, "b"));
      expect(await ground.open().read()).toEqual(stateOf(4, "b"));
    });

    it.each([
      ["damaged", "{"],
      ["newer", '{"version":2}'],
    ])("is refused where it is %s, left as it is, and kept where a good one replaces it", async (_what, bad) => {
      await puts(bad);
      const { store } = await begin();
      await expect(store.read()).rejects.toBeInstanceOf(StateError);
      await expect(store.write(stateOf(1, "a"))).rejects.toBeInstanceOf(StateError);
      expect(await there()).toBe(bad);
      await store.replace(stateOf(2, "a"));
      await store.write(stateOf(3, "a"));
      expect(await there()).toBe(text(3, "a"));
      const kept = await ground.objects.list(ground.backups);
      expect(kept.map(({ key }) => key.slice(ground.backups.length))).toEqual([
        expect.stringMatching(/^damaged-[0-9a-f]{8}\.json$/),
      ]);
      expect((await ground.objects.get(kept[0]?.key ?? ""))?.text).toBe(bad);
      expect(await store.backups()).toEqual([]);
    });

    it.each([
      ["over what was there", text(1, "a"), text(2, "theirs")],
      ["where there was nothing", undefined, text(1, "theirs")],
      ["and takes it away", text(1, "a"), undefined],
    ])("is never written over what somebody else writes in between %s", async (_when, before, theirs) => {
      if (before !== undefined) await puts(before);
      const { store } = await begin();
      await store.read();
      if (theirs === undefined) await ground.objects.remove(ground.key);
      else await puts(theirs);
      for (const serial of [2, 3]) {
        await expect(store.write(stateOf(serial, "a"))).rejects.toBeInstanceOf(StateError);
        expect(await there()).toBe(theirs);
      }
    });

    it("is never removed if another process writes in between", async () => {
      await puts(text(1, "a"));
      const { store } = await begin();
      await store.read();
      await puts(text(2, "theirs"));
      await expect(store.write(stateOf(2))).rejects.toBeInstanceOf(StateError);
      expect(await there()).toBe(text(2, "theirs"));
    });

    it("is changed by one run at a time, and the others hear whose turn it is", async () => {
      const { store, unlock } = await begin("reconcile");
      const holder = await ground.open().holder();
      expect(holder).toMatchObject({ verb: "reconcile", pid: process.pid });
      await expect(ground.open().lock("teardown")).rejects.toMatchObject({ name: "LockedError", holder });
      await expect(store.lock("teardown")).rejects.toBeInstanceOf(LockedError);
      await unlock();
      expect(await ground.open().holder()).toBeUndefined();
      await begin("teardown");
    });

    it("has one holder of its lock among many that take it at once", async () => {
      const ends = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => begin(`run ${n}`)));
      expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const refusals = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
      expect(refusals.every((reason) => reason instanceof LockedError)).toBe(true);
    });

    it("has a lock that is taken away from the holder of the token, or from anybody", async () => {
      await begin("one");
      const { token } = (await ground.open().holder()) ?? {};
      expect(await ground.open().unlock("another")).toBeUndefined();
      expect(await ground.open().unlock(token)).toMatchObject({ token, verb: "one" });
      expect(await ground.open().unlock(token)).toBeUndefined();
      await begin("two");
      expect(await ground.open().unlock()).toMatchObject({ verb: "two" });
      expect(await ground.open().unlock()).toBeUndefined();
    });

    it("lets exactly one of many that take over a dead holder's lock say whose it was", async () => {
      const dead = await ground.die("reconcile");
      const told: Holder[] = [];
      const died = async (holder: Holder) => void told.push(holder);
      const ends = await Promise.allSettled(
        Array.from({ length: 8 }, async (_, n) => locks.push(await ground.open().lock(`run ${n}`, died))),
      );
      expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(told).toEqual([dead]);
      // Whoever ends as it should leaves nothing to tell.
      await locks.pop()?.();
      locks.push(await ground.open().lock("next", died));
      expect(told).toEqual([dead]);
    });

    it("records that a run died, but not how long it ran", async () => {
      const { seconds: _seconds, ...run } = { ...runOf("reconcile"), outcome: "died" as const };
      await ground.open().record(run);
      expect(await ground.open().runs(9)).toEqual([{ number: 1, ...run }]);
    });

    it("is not written any more by a run whose lock was taken away, and the next one's lock stays", async () => {
      const { store, unlock } = await begin("one");
      await store.write(stateOf(1, "a"));
      await ground.open().unlock();
      const next = await begin("two");
      await next.store.read();
      await ground.pass();
      await expect(store.write(stateOf(2, "a"))).rejects.toBeInstanceOf(LockedError);
      await expect(store.replace(stateOf(2, "a"))).rejects.toBeInstanceOf(LockedError);
      await unlock();
      expect(await ground.open().holder()).toMatchObject({ verb: "two" });
      await next.store.write(stateOf(2, "b"));
      expect(await there()).toBe(text(2, "b"));
    });

    it("keeps what was there before each run that changed it, twenty times, the newest first", async () => {
      for (let run = 1; run <= 23; run++) {
        const { store, unlock } = await begin();
        await store.read();
        await store.write(stateOf(2 * run - 1, "a", `run ${run}`));
        await store.write(stateOf(2 * run, "a", `run ${run}`));
        await unlock();
      }
      const store = ground.open();
      const kept = await store.backups();
      expect(kept.map(({ serial }) => serial)).toEqual(Array.from({ length: 20 }, (_, n) => 44 - 2 * n));
      expect(kept.every(({ when }) => !Number.isNaN(Date.parse(when)))).toBe(true);
      expect(await store.readBackup(44)).toEqual(stateOf(44, "a", "run 22"));
      expect(await store.readBackup(4)).toBeUndefined();
      await ground.objects.put(`${ground.backups}44.json`, "{");
      await expect(store.readBackup(44)).rejects.toBeInstanceOf(StateError);
    });

    it("keeps nothing for a run that changes nothing, and what it replaces", async () => {
      await puts(text(5, "a"));
      const { store, unlock } = await begin();
      await store.read();
      expect(await store.backups()).toEqual([]);
      await store.replace(stateOf(6, "b"));
      await store.write(stateOf(7, "b"));
      await unlock();
      expect((await store.backups()).map(({ serial }) => serial)).toEqual([5]);
      expect(await store.readBackup(5)).toEqual(stateOf(5, "a"));
    });

    it("has a history that numbers its runs, lists the newest first, and needs no lock", async () => {
      await begin();
      const store = ground.open();
      expect(await store.runs(9)).toEqual([]);
      for (const verb of ["reconcile", "deploy", "teardown"]) await store.record(runOf(verb));
      expect(await store.runs(2)).toEqual([
        { number: 3, ...runOf("teardown") },
        { number: 2, ...runOf("deploy") },
      ]);
      expect(await store.runs(0)).toEqual([]);
      expect(await ground.open().runs(200)).toHaveLength(3);
    });

    it("loses no run of those that end at once, and gives each a number", async () => {
      const numbers = await Promise.all(Array.from({ length: 6 }, (_, n) => ground.open().record(runOf(`run ${n}`))));
      expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
      const runs = await ground.open().runs(200);
      expect(runs.map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
      expect(runs.map(({ verb }) => verb).toSorted()).toEqual(numbers.map((_, n) => `run ${n}`));
    });

    it("passes over a run that is damaged", async () => {
      for (const number of [1, 2, 3]) await ground.putRun(number, JSON.stringify({ number, ...runOf("reconcile") }));
      await ground.putRun(4, "{");
      expect((await ground.open().runs(2)).map(({ number }) => number)).toEqual([3, 2]);
      await ground.open().record(runOf("next"));
      expect((await ground.open().runs(9)).map(({ verb }) => verb)).toEqual([
        "next",
        "reconcile",
        "reconcile",
        "reconcile",
      ]);
    });

    it("keeps the latest two hundred runs", async () => {
      for (let number = 1; number <= 203; number++)
        await ground.putRun(number, JSON.stringify({ number, ...runOf("reconcile") }));
      await Promise.all(["a", "b"].map((verb) => ground.open().record(runOf(verb))));
      const runs = await ground.open().runs(1000);
      expect(runs.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, n) => 205 - n));
      expect(
        runs
          .slice(0, 3)
          .map(({ verb }) => verb)
          .toSorted(),
      ).toEqual(["a", "b", "reconcile"]);
    });

    it("is kept in something whose writes can depend on what is there", async () => {
      const etag = await putConfirmed(ground.objects, ground.key, text(1, "a"), { ifNoneMatch: "*" });
      expect(await putConfirmed(ground.objects, ground.key, text(2, "a"), { ifNoneMatch: "*" })).toBeUndefined();
      expect(await putConfirmed(ground.objects, ground.key, text(2, "a"), { ifMatch: '"another"' })).toBeUndefined();
      expect(await ground.objects.remove(ground.key, '"another"')).toBe(false);
      expect((await ground.objects.get(ground.key))?.etag).toBe(etag);
      const next = await putConfirmed(ground.objects, ground.key, text(2, "a"), { ifMatch: etag ?? "" });
      expect(await ground.objects.remove(ground.key, next)).toBe(true);
      expect(await ground.objects.remove(ground.key, next)).toBe(true);
      expect(await ground.objects.remove(ground.key)).toBe(true);
      expect(await putConfirmed(ground.objects, ground.key, text(1, "a"), { ifMatch: etag ?? "" })).toBeUndefined();
      expect(await ground.objects.get(ground.key)).toBeUndefined();
    });
  });
}
