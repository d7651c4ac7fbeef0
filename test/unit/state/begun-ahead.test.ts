import { beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import type { ObjectStore } from "../../../state/objects.ts";
import { MemoryObjects, Wire } from "../../support/memory-objects.ts";
import { plainStore } from "../../support/plain-store.ts";
import { stateOf } from "../../support/states.ts";

let clock: VirtualClock;
let objects: MemoryObjects;
beforeEach(() => {
  clock = new VirtualClock(Date.UTC(2026, 0, 1));
  objects = new MemoryObjects(clock);
});

const open = ({ through = objects }: { readonly through?: ObjectStore } = {}) => plainStore(through, clock);
const text = (...args: Parameters<typeof stateOf>) => `${JSON.stringify(stateOf(...args), undefined, 2)}\n`;
const there = () => objects.texts["s.json"];
const backups = () => Object.keys(objects.texts).filter((key) => key.startsWith("backups/"));

describe("a read that was begun before the lock was held", () => {
  it.each(["before", "after"])("is no base for a write, answered %s the lock was acquired", async (moment) => {
    await objects.put("s.json", text(1, "a"));
    const wire = new Wire(objects);
    const store = open({ through: wire });
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    wire.get = async (key) => {
      const found = await objects.get(key);
      await answered;
      return found;
    };
    const early = store.read();
    wire.get = (key) => objects.get(key);
    await objects.put("s.json", text(7, "theirs"));
    if (moment === "before") answer();
    await (moment === "before" ? early : undefined);
    await store.lock("reconcile");
    // The store has not read it under its lock yet, and looks itself.
    if (moment === "after") answer();
    expect(await early).toEqual(stateOf(1, "a"));
    await store.write(stateOf(8, "b"));
    expect([there(), objects.texts["backups/7.json"]]).toEqual([text(8, "b"), text(7, "theirs")]);
  });

  it("asks whether there is one only until it was found", async () => {
    const wire = new Wire(objects);
    const asked: unknown[] = [];
    wire.get = (key: string, unsure?: true) => {
      asked.push(unsure);
      return objects.get(key);
    };
    const store = open({ through: wire });
    await store.read();
    await objects.put("s.json", text(1, "a"));
    for (let n = 0; n < 2; n++) await store.read();
    await store.lock("reconcile");
    await store.read();
    expect(asked).toEqual([true, true, undefined, undefined]);
  });
});

describe("a backup that is made ahead of the first write", () => {
  /** A run that has read the state under its lock. */
  const begun = async (through: ObjectStore = objects) => {
    await objects.put("s.json", text(7, "a"));
    const store = open({ through });
    await store.lock("teardown");
    await store.read();
    objects.calls.length = 0;
    return store;
  };
  const puts = () => objects.calls.filter((call) => call.startsWith("put"));

  it("is the one that the write makes, made once, and complete before the state is overwritten", async () => {
    const wire = new Wire(objects);
    let kept = () => {};
    const isKept = new Promise<void>((resolve) => (kept = resolve));
    wire.put = async (key, content, when) => {
      if (key.startsWith("backups/")) await isKept;
      return objects.put(key, content, when);
    };
    const store = await begun(wire);
    store.prepareWrite();
    const writing = store.write(stateOf(8, "a"));
    await clock.sleep(1_000);
    expect([puts(), there()]).toEqual([[], text(7, "a")]);
    kept();
    await writing;
    expect(puts()).toEqual(["put backups/7.json", "put s.json"]);
    expect(objects.texts["backups/7.json"]).toBe(text(7, "a"));
    store.prepareWrite();
    await store.write(stateOf(9, "a"));
    expect(puts()).toHaveLength(3);
  });

  it("is made again by the write where it failed", async () => {
    const wire = new Wire(objects);
    const store = await begun(wire);
    wire.way = "cut";
    store.prepareWrite();
    await clock.sleep(1);
    wire.way = "open";
    await store.write(stateOf(8, "a"));
    expect(puts()).toEqual(["put backups/7.json", "put s.json"]);
  });

  it("is none without a lock, without a state, and of one that is damaged", async () => {
    const store = open();
    for (const content of [undefined, text(7, "a"), "{"]) {
      if (content !== undefined) await objects.put("s.json", content);
      const unlock = content === text(7, "a") ? async () => {} : await store.lock("teardown");
      await store.read().catch(() => {});
      store.prepareWrite();
      await unlock();
    }
    expect(backups()).toEqual([]);
  });
});
