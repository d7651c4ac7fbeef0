import { beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import type { ObjectStore } from "../../../state/objects.ts";
import type { Held } from "../../../state/holder.ts";
import { LockedError, StateError } from "../../../state/state.ts";
import { storeIn } from "../../../state/store.ts";
import { MemoryObjects, Wire } from "../../support/memory-objects.ts";
import { holderOf, stateOf } from "../../support/states.ts";

let clock: VirtualClock;
let objects: MemoryObjects;
beforeEach(() => {
  clock = new VirtualClock(Date.UTC(2026, 0, 1));
  objects = new MemoryObjects(clock);
});

/** Nothing is written of a run's progress here. */
const nowhere = { put: async () => {}, remove: async () => {}, get: async () => undefined, every: 250, isQuick: true };

/** A store of the state `s.json`, with a lock that nobody else takes. */
const open = ({
  check = async () => {},
  release = async () => {},
  through = objects,
}: Partial<Held & { through: ObjectStore }> = {}) =>
  storeIn({
    where: "here",
    objects: through,
    key: "s.json",
    backups: "backups/",
    outlived: false,
    hold: async () => ({ holder: holderOf("reconcile"), check, release }),
    clock,
    progress: () => nowhere,
    holder: async () => undefined,
    unlock: async () => undefined,
    record: async () => 1,
    runs: async () => [],
  });
const text = (...args: Parameters<typeof stateOf>) => `${JSON.stringify(stateOf(...args), undefined, 2)}\n`;
const there = () => objects.texts["s.json"];
const backups = () => Object.keys(objects.texts).filter((key) => key.startsWith("backups/"));
const FOREIGN =
  "Another process wrote the state here during this run. Its version was kept, and the last changes of this run are not in it. Run again, which checks what exists and continues from there.";

describe("a store", () => {
  it("reads what there is once, and writes on what it wrote itself without looking again", async () => {
    const store = open();
    expect(await store.read()).toBeUndefined();
    for (const serial of [1, 2, 3]) await store.write(stateOf(serial, "a"));
    expect(objects.calls).toEqual(["get s.json", "put s.json", "put s.json", "put s.json"]);
    expect(there()).toBe(text(3, "a"));
  });

  it("removes what has no resources, and does nothing where there is nothing to remove", async () => {
    const store = open();
    await store.write(stateOf(1, "a"));
    await store.write(stateOf(2));
    objects.calls.length = 0;
    await store.write(stateOf(3));
    expect([objects.texts, objects.calls]).toEqual([{}, []]);
    // It goes on from nothing.
    await store.write(stateOf(4, "a"));
    expect(there()).toBe(text(4, "a"));
  });

  it.each([
    ["over what was there", text(1, "a"), stateOf(2, "a"), text(2, "theirs")],
    ["where there was nothing", undefined, stateOf(1, "a"), text(1, "theirs")],
    ["and takes it away", text(1, "a"), stateOf(2, "a"), undefined],
    ["and this run removes it", text(1, "a"), stateOf(2), text(2, "theirs")],
  ])(
    "refuses to write where somebody else writes in between %s, again and again",
    async (_when, before, own, theirs) => {
      if (before !== undefined) await objects.put("s.json", before);
      const store = open();
      await store.read();
      if (theirs === undefined) await objects.remove("s.json");
      else await objects.put("s.json", theirs);
      for (let tries = 0; tries < 3; tries++) {
        await expect(store.write(own)).rejects.toThrow(new StateError(FOREIGN));
        expect(there()).toBe(theirs);
      }
      // The next run looks.
      await store.lock("next");
      expect(await store.read()).toEqual(theirs === undefined ? undefined : JSON.parse(theirs));
      await store.write(own);
      expect(there()).toBe(
        Object.keys(own.resources).length === 0 ? undefined : `${JSON.stringify(own, undefined, 2)}\n`,
      );
    },
  );

  it("notices a foreign write although it wrote itself before and reads again meanwhile", async () => {
    const store = open();
    await store.read();
    await store.write(stateOf(1, "a"));
    await objects.put("s.json", text(2, "theirs"));
    expect(await store.read()).toEqual(stateOf(2, "theirs"));
    await expect(store.write(stateOf(2, "a"))).rejects.toThrow(FOREIGN);
    expect(there()).toBe(text(2, "theirs"));
  });

  it("continues if the response was lost, whether the write was carried out or not", async () => {
    for (const lost of ["before", "after"] as const) {
      const store = open();
      objects.await({ lost });
      await store.write(stateOf(1, "a"));
      objects.await({ lost });
      await store.write(stateOf(2, "a"));
      expect(there()).toBe(text(2, "a"));
      objects.await({ lost });
      await store.write(stateOf(3));
      expect(there()).toBeUndefined();
    }
  });

  it.each([
    ["was carried out", "deaf", text(2, "a")],
    ["was not", "cut", text(1, "a")],
  ] as const)(
    "looks what became of a write of which it heard nothing and that %s, when it writes again",
    async (_what, way, left) => {
      const wire = new Wire(objects);
      const store = open({ through: wire });
      await store.write(stateOf(1, "a"));
      wire.way = way;
      await expect(store.write(stateOf(2, "a"))).rejects.toThrow("no answer");
      expect(there()).toBe(left);
      await expect(store.write(stateOf(3, "a"))).rejects.toThrow("no answer");
      wire.way = "open";
      await store.write(stateOf(3, "a"));
      expect(there()).toBe(text(3, "a"));
      wire.way = way;
      await expect(store.write(stateOf(4))).rejects.toThrow("no answer");
      wire.way = "open";
      await store.write(stateOf(5, "b"));
      expect(there()).toBe(text(5, "b"));
    },
  );

  it("does not mistake another's write for its own write whose response was lost", async () => {
    const wire = new Wire(objects);
    const store = open({ through: wire });
    await store.write(stateOf(1, "a"));
    wire.way = "cut";
    await expect(store.write(stateOf(2, "a"))).rejects.toThrow("no answer");
    wire.way = "open";
    await objects.put("s.json", text(2, "theirs"));
    await expect(store.write(stateOf(3, "a"))).rejects.toThrow(FOREIGN);
    await expect(store.write(stateOf(4, "a"))).rejects.toThrow(FOREIGN);
    expect(there()).toBe(text(2, "theirs"));
  });

  it("asks before each write whether the lock is still its own, and gives it back once", async () => {
    const asked: string[] = [];
    let lost = false;
    const store = open({
      async check() {
        asked.push("check");
        if (lost) throw new LockedError("lost");
      },
      release: async () => void asked.push("release"),
    });
    await store.write(stateOf(1, "a"));
    expect(asked).toEqual([]);
    const unlock = await store.lock("reconcile");
    await store.write(stateOf(2, "a"));
    await store.replace(stateOf(3, "a"));
    lost = true;
    await expect(store.write(stateOf(4, "a"))).rejects.toBeInstanceOf(LockedError);
    await expect(store.replace(stateOf(4, "a"))).rejects.toBeInstanceOf(LockedError);
    expect(there()).toBe(text(3, "a"));
    await unlock();
    await store.write(stateOf(4, "a"));
    expect(asked).toEqual(["check", "check", "check", "check", "release"]);
  });
});

describe("the backups of a store", () => {
  it("are taken once a run, of what was there before its first write", async () => {
    await objects.put("s.json", text(1, "a"));
    const store = open();
    for (const run of [1, 2, 3]) {
      await store.lock("reconcile");
      await store.read();
      objects.calls.length = 0;
      for (const write of [1, 2, 3]) await store.write(stateOf(10 * run + write, "a"));
      expect(objects.calls.filter((call) => call.startsWith("put"))).toEqual([
        `put backups/${run === 1 ? 1 : 10 * run - 7}.json`,
        "put s.json",
        "put s.json",
        "put s.json",
      ]);
    }
    expect(backups()).toEqual(["backups/1.json", "backups/13.json", "backups/23.json"]);
    expect(objects.texts["backups/13.json"]).toBe(text(13, "a"));
  });

  it("are none where there was nothing, however often the run writes", async () => {
    const store = open();
    await store.lock("reconcile");
    for (const serial of [1, 2, 3]) await store.write(stateOf(serial, "a"));
    expect(backups()).toEqual([]);
  });

  it("are taken again where the first write did not get that far", async () => {
    await objects.put("s.json", text(1, "a"));
    const wire = new Wire(objects);
    const store = open({ through: wire });
    await store.read();
    wire.way = "cut";
    await expect(store.write(stateOf(2, "a"))).rejects.toThrow("no answer");
    expect([backups(), there()]).toEqual([[], text(1, "a")]);
    wire.way = "open";
    await store.write(stateOf(2, "a"));
    expect(backups()).toEqual(["backups/1.json"]);
  });

  it("are the latest twenty, the newest first, with the time of the copy", async () => {
    for (let serial = 1; serial <= 25; serial++) {
      await objects.put("s.json", text(serial, "a"));
      await clock.sleep(60_000);
      await open().write(stateOf(serial + 1, "a"));
    }
    await objects.put("backups/damaged-1.json", "{");
    await objects.put("backups/notes.txt", "mine");
    const kept = await open().backups();
    expect(kept.map(({ serial }) => serial)).toEqual(Array.from({ length: 20 }, (_, n) => 25 - n));
    expect(kept[0]).toEqual({ serial: 25, when: "2026-01-01T00:25:00.000Z" });
    expect(backups()).toHaveLength(22);
  });

  it("read back as they were kept, and not where they are damaged", async () => {
    await objects.put("s.json", text(7, "a"));
    await open().write(stateOf(8, "b"));
    expect(await open().readBackup(7)).toEqual(stateOf(7, "a"));
    expect(await open().readBackup(8)).toBeUndefined();
    await objects.put("backups/7.json", "{");
    await expect(open().readBackup(7)).rejects.toThrow("The state backups/7.json is damaged");
  });
});

describe("replacing the state", () => {
  it("keeps what was there, and continues from there", async () => {
    await objects.put("s.json", text(7, "a"));
    const store = open();
    await store.lock("state restore");
    await store.replace(stateOf(9, "b"));
    await store.write(stateOf(10, "b"));
    expect([there(), backups()]).toEqual([text(10, "b"), ["backups/7.json"]]);
  });

  it.each([
    ["damaged", "{", "damaged-021fb596.json"],
    ["newer", '{"version":2}', "damaged-732322c1.json"],
  ])(
    "keeps a %s state beside the backups under the name of its content, and write never touches it",
    async (_what, bad, name) => {
      await objects.put("s.json", bad);
      await expect(open().read()).rejects.toBeInstanceOf(StateError);
      await expect(open().write(stateOf(9, "b"))).rejects.toBeInstanceOf(StateError);
      expect(objects.texts).toEqual({ "s.json": bad });
      await open().replace(stateOf(9, "b"));
      expect(objects.texts).toEqual({ "s.json": text(9, "b"), [`backups/${name}`]: bad });
      expect(await open().backups()).toEqual([]);
    },
  );

  it("does not write over what another writes in between either", async () => {
    await objects.put("s.json", text(7, "a"));
    objects.await({ meanwhile: () => objects.put("s.json", text(8, "theirs")) });
    await expect(open().replace(stateOf(9, "b"))).rejects.toThrow(FOREIGN);
    expect(there()).toBe(text(8, "theirs"));
  });
});
