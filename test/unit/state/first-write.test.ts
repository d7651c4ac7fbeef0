import { beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import type { ObjectStore } from "../../../state/objects.ts";
import { MemoryObjects } from "../../support/memory-objects.ts";
import { plainStore } from "../../support/plain-store.ts";
import { stateOf } from "../../support/states.ts";

let clock: VirtualClock;
let objects: MemoryObjects;
beforeEach(() => {
  clock = new VirtualClock(Date.UTC(2026, 0, 1));
  objects = new MemoryObjects(clock);
});

const open = (through: ObjectStore) => plainStore(through, clock);
const there = (): unknown => JSON.parse(objects.texts["s.json"] ?? "null");

/** The store's objects, with some of their calls otherwise. */
const objectsWith = (calls: Partial<ObjectStore>): ObjectStore => ({
  get: (key) => objects.get(key),
  offer: (key, content) => objects.offer(key, content),
  remove: (key, ifMatch) => objects.remove(key, ifMatch),
  put: (key, content, when) => objects.put(key, content, when),
  list: (prefix) => objects.list(prefix),
  ...calls,
});

describe("a first write, which keeps the state before it", () => {
  it("keeps the earlier state before it overwrites it, and looks for backups that are too many meanwhile", async () => {
    await open(objects).write(stateOf(1, "a"));
    objects.calls.length = 0;
    let listed = () => {};
    const looked = new Promise<void>((resolve) => (listed = resolve));
    const through = objectsWith({
      // Ends only once the other one is under way.
      put: async (key, content, when) => {
        if (key === "s.json") await looked;
        return objects.put(key, content, when);
      },
      list: (prefix) => {
        listed();
        return objects.list(prefix);
      },
    });
    await open(through).write(stateOf(2, "a"));
    expect(objects.calls.filter((call) => call.startsWith("put"))).toEqual(["put backups/1.json", "put s.json"]);
    expect(there()).toEqual(stateOf(2, "a"));
  });

  it("ends no write before it is done, also where the backups cannot be looked for: a later write would overtake it", async () => {
    await open(objects).write(stateOf(1, "a"));
    const ended: string[] = [];
    let refused = () => {};
    const isRefused = new Promise<void>((resolve) => (refused = resolve));
    const through = objectsWith({
      put: async (key, content, when) => {
        if (key === "s.json") {
          await isRefused;
          await new Promise((resolve) => setImmediate(resolve));
        }
        const made = await objects.put(key, content, when);
        ended.push(key);
        return made;
      },
      list: async () => {
        refused();
        throw new Error("the backups cannot be listed");
      },
    });
    await expect(open(through).write(stateOf(2, "a"))).rejects.toThrow("the backups cannot be listed");
    expect(ended).toEqual(["backups/1.json", "s.json"]);
    expect(there()).toEqual(stateOf(2, "a"));
  });
});
