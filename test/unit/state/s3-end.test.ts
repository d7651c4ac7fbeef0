import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { s3Store } from "../../../state/s3-store.ts";
import { MemoryObjects, Wire } from "../../support/memory-objects.ts";
import { recordRuns, runNumbers } from "../../support/runs-in-s3.ts";
import { progressOf, runOf } from "../../support/states.ts";

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

describe("the end of a run in S3", () => {
  const LOCK = "team/states/app-dev/lock.json";
  const PROGRESS = "team/states/app-dev/run.json";

  it("is recorded beside the removal of its progress, and its lock is released after both", async () => {
    const wire = new Wire(objects);
    let remove = () => {};
    const removed = new Promise<void>((resolve) => (remove = resolve));
    const original = wire.remove;
    wire.remove = async (key, ifMatch) => {
      if (key === PROGRESS) await removed;
      return original(key, ifMatch);
    };
    const store = open(wire);
    const release = await store.lock("reconcile");
    const reporting = store.reporting("run", "reconcile", () => progressOf());
    await reporting.start();
    await reporting.end();
    await store.record(runOf("reconcile"));
    const released = release();
    await clock.sleep(1_000);
    expect(Object.keys(objects.texts).toSorted()).toEqual(["team/states/app-dev/history/1.json", LOCK, PROGRESS]);
    remove();
    await released;
    expect(Object.keys(objects.texts)).toEqual(["team/states/app-dev/history/1.json"]);
    expect(objects.calls.slice(-2)).toEqual([`remove ${PROGRESS}`, `remove ${LOCK}`]);
  });

  it("releases its lock also where its progress cannot be removed and its history cannot be written", async () => {
    const wire = new Wire(objects);
    const store = open(wire);
    const release = await store.lock("reconcile");
    const reporting = store.reporting("run", "reconcile", () => progressOf());
    await reporting.start();
    store.prepareRecord();
    wire.way = "cut";
    await reporting.end();
    await expect(store.record(runOf("reconcile"))).rejects.toThrow("no answer");
    wire.way = "open";
    await release();
    expect(Object.keys(objects.texts)).toEqual([PROGRESS]);
    // The next run's progress is written in its place, and what is left does not end with that one's lock.
    const next = open();
    unlock.push(await next.lock("teardown"));
    expect(await open().progress()).toMatchObject({ verb: "reconcile", isAlive: false });
  });
});

describe("the history of a run in S3", () => {
  it("is listed ahead of the end of a run, which then is recorded with one write, under the next number where another was faster", async () => {
    const store = open();
    await recorded(2);
    store.prepareRecord();
    await clock.sleep(1);
    objects.calls.length = 0;
    expect(await store.record(runOf("first"))).toBe(3);
    expect(objects.calls).toEqual(["put team/states/app-dev/history/3.json"]);
    store.prepareRecord();
    await open().record(runOf("theirs"));
    expect(await store.record(runOf("second"))).toBe(5);
    // What was listed counts once.
    objects.calls.length = 0;
    expect(await store.record(runOf("third"))).toBe(6);
    expect(objects.calls[0]).toBe("list team/states/app-dev/history/");
  });

  it("is listed again where that was more than a minute ago, or failed: old numbers may be free again by then", async () => {
    const store = open();
    await recorded(1);
    store.prepareRecord();
    for (let number = 2; number <= 250; number++) await open().record(runOf(`run ${number}`));
    await clock.sleep(60_001);
    expect(numbers()[0]).toBe(51);
    expect(await store.record(runOf("last"))).toBe(251);
    const wire = new Wire(objects);
    const other = open(wire);
    wire.way = "cut";
    other.prepareRecord();
    await clock.sleep(1);
    wire.way = "open";
    expect(await other.record(runOf("other"))).toBe(252);
  });
});
