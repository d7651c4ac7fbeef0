import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock, type Clock } from "../../../src/clock.ts";
import type { ObjectStore } from "../../../state/objects.ts";
import { lockHolder, takeLock } from "../../../state/s3-lock.ts";
import { LockedError, type Holder } from "../../../state/state.ts";
import type { Held } from "../../../state/holder.ts";
import { MemoryObjects, Wire } from "../../support/memory-objects.ts";

const KEY = "p/lock.json";
const WHERE = "s3://b/p/lock.json";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let clock: VirtualClock;
let objects: MemoryObjects;
const held: Held[] = [];
beforeEach(() => {
  clock = new VirtualClock(Date.UTC(2026, 0, 1));
  objects = new MemoryObjects(clock);
});
// A holder says every minute that it is there, for ever: the clock would never stand still again.
afterEach(async () => {
  for (const one of held.splice(0)) await one.release().catch(() => {});
});

/** A clock that shows another time, and wakes its sleepers when this one would. */
const wrong = (ms: number): Clock => ({
  now: () => clock.now() + ms,
  sleep: (time, signal) => clock.sleep(time, signal),
  during: (work) => clock.during(work),
});

/** The clock of a machine whose lid was closed: it shows the time once it is open again, and nothing wakes up meanwhile. */
const asleep = (): Clock => ({
  now: () => clock.now(),
  sleep: (_ms, signal) =>
    new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true })),
  during: (work) => work(),
});

const place = (by: Clock = clock, through: ObjectStore = objects) => ({
  objects: through,
  key: KEY,
  where: WHERE,
  clock: by,
});
async function take(verb: string, by?: Clock, through?: ObjectStore): Promise<Held> {
  const own = await takeLock(place(by, through), verb);
  held.push(own);
  return own;
}
const refused = async (taking: Promise<unknown>): Promise<LockedError> => {
  const error = await taking.catch((reason: unknown) => reason);
  return error instanceof LockedError ? error : expect.unreachable("The lock was taken.");
};
const present = () => JSON.parse(objects.texts[KEY] ?? "null") as Holder | null;
const TAKEN = `This run lost the lock ${WHERE}: it was removed by force, or it was not renewed for ten minutes.`;

describe("the lock in S3", () => {
  it("says who holds it until it is given back, and leaves nothing", async () => {
    const lock = await take("teardown");
    expect(await lockHolder(place())).toMatchObject({
      pid: process.pid,
      verb: "teardown",
      since: "2026-01-01T00:00:00.000Z",
    });
    await lock.release();
    expect(await lockHolder(place())).toBeUndefined();
    expect(objects.texts).toEqual({});
  });

  it("is had by one of many that take it at once, and by the next when that one is through", async () => {
    for (let round = 0; round < 5; round++) {
      const ends = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => take(`run ${n}`)));
      expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const holder = await lockHolder(place());
      const refusals = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
      expect(refusals).toEqual(
        Array.from({ length: 11 }, () => expect.objectContaining({ name: "LockedError", holder })),
      );
      await held.pop()?.release();
      expect(objects.texts).toEqual({});
    }
  });

  it("says who has it, since when, and when the last heartbeat was", async () => {
    await take("reconcile");
    expect((await refused(take("plan"))).message).toMatch(
      /^The state has been locked by .+ \(reconcile, process \d+\) since 2026-01-01T00:00:00\.000Z\. To wait/,
    );
    await clock.sleep(MINUTE + 1);
    expect((await refused(take("plan"))).message).toContain(
      "since 2026-01-01T00:00:00.000Z, last renewed at 2026-01-01T00:01:00.000Z.",
    );
  });

  it("stays with a holder that says every minute that it is there, for hours", async () => {
    const lock = await take("reconcile");
    const { token } = present() ?? {};
    for (let hour = 1; hour <= 3; hour++) {
      await clock.sleep(HOUR);
      await refused(take("plan"));
      await expect(lock.check()).resolves.toBeUndefined();
    }
    await clock.sleep(1);
    expect(present()).toMatchObject({ token, since: "2026-01-01T00:00:00.000Z", renewed: "2026-01-01T03:00:00.000Z" });
    // The first write, one a minute, and the three of those who were refused.
    expect(objects.calls.filter((call) => call === `put ${KEY}`)).toHaveLength(1 + 180 + 3);
    await lock.release();
    expect(objects.texts).toEqual({});
  });

  it("is taken over by exactly one of many from a holder without a heartbeat for ten minutes", async () => {
    const silent = await take("reconcile", asleep());
    await clock.sleep(10 * MINUTE);
    expect((await refused(take("early"))).holder?.verb).toBe("reconcile");
    await clock.sleep(1000);
    const ends = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => take(`run ${n}`)));
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(ends.filter((end) => end.status === "rejected" && !(end.reason instanceof LockedError))).toEqual([]);
    const holder = present();
    expect(holder?.verb).toMatch(/^run/);
    // The one that was silent finds out before it writes, and does not remove the other's when it ends.
    await expect(silent.check()).rejects.toThrow(TAKEN);
    await silent.release();
    expect(present()).toEqual(holder);
    expect(Object.keys(objects.texts)).toEqual([KEY]);
  });

  it("is released, and not renewed for ever, if whoever takes it over cannot fence the state", async () => {
    await take("reconcile", asleep());
    await clock.sleep(11 * MINUTE);
    await expect(takeLock(place(), "plan", () => Promise.reject(new Error("no answer")))).rejects.toThrow("no answer");
    expect(present()).toBeNull();
    const calls = objects.calls.length;
    await clock.sleep(HOUR);
    expect(objects.calls).toHaveLength(calls);
  });

  it("is as old as the store's clock says, however wrong those of the machines are", async () => {
    await take("reconcile", asleep());
    await clock.sleep(5 * MINUTE);
    await refused(take("fast", wrong(24 * HOUR)));
    await refused(take("slow", wrong(-24 * HOUR)));
    await clock.sleep(5 * MINUTE + 1000);
    await take("slow", wrong(-24 * HOUR));
    expect(present()?.verb).toBe("slow");
  });

  it("is not taken over if its holder sends a heartbeat at the last moment", async () => {
    const wire = new Wire(objects);
    const late = await take("reconcile", clock, wire);
    wire.way = "cut";
    await clock.sleep(10 * MINUTE + 2000);
    wire.way = "open";
    // The taker has read how old it is, and meanwhile the holder says that it is there.
    objects.await({}, { meanwhile: () => late.check() });
    expect((await refused(take("plan"))).holder).toMatchObject({
      verb: "reconcile",
      renewed: "2026-01-01T00:10:02.000Z",
    });
    await expect(late.check()).resolves.toBeUndefined();
  });

  it("does not let a holder that slept write before it knows that the lock is still its own", async () => {
    const sleeper = await take("reconcile", asleep());
    await clock.sleep(8 * MINUTE);
    // Nobody may have taken it over yet.
    objects.calls.length = 0;
    await sleeper.check();
    expect(objects.calls).toEqual([`get ${KEY}`]);
    await clock.sleep(HOUR);
    await sleeper.check();
    expect(present()).toMatchObject({ verb: "reconcile", renewed: "2026-01-01T01:08:00.000Z" });
    await refused(take("plan"));
  });

  it("is looked at before the last look is too old, so that nobody waits for it, but no later", async () => {
    const wire = new Wire(objects);
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    wire.get = async (key) => {
      await answered;
      return objects.get(key);
    };
    const lock = await take("reconcile", clock, wire);
    await clock.sleep(4_001);
    await lock.check();
    await clock.sleep(1_000);
    let passed = 0;
    const waiting = Promise.all([1, 2].map(() => lock.check().then(() => passed++)));
    await clock.sleep(1);
    expect(passed).toBe(0);
    objects.calls.length = 0;
    answer();
    await waiting;
    expect([passed, objects.calls]).toEqual([2, [`get ${KEY}`]]);
    // It counts from when it was asked for.
    await clock.sleep(4_001);
    await lock.check();
    expect(objects.calls).toHaveLength(2);
  });

  it("lets no one go on once an early look has found it taken away", async () => {
    const lock = await take("reconcile");
    await objects.remove(KEY);
    await clock.sleep(4_001);
    await lock.check();
    await clock.sleep(1);
    await expect(lock.check()).rejects.toThrow(TAKEN);
  });

  it("does not let a holder write that cannot ask whether the lock is still its own", async () => {
    const wire = new Wire(objects);
    const lock = await take("reconcile", clock, wire);
    wire.way = "cut";
    await clock.sleep(4_000);
    await expect(lock.check()).resolves.toBeUndefined();
    await clock.sleep(5 * MINUTE);
    await expect(lock.check()).rejects.toThrow("no answer");
    await clock.sleep(5 * MINUTE);
    await expect(lock.check()).rejects.toThrow("no answer");
    wire.way = "open";
    await expect(lock.check()).resolves.toBeUndefined();
  });
});
