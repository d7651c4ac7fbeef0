import { beforeEach, describe, expect, it } from "vitest";
import { Journal } from "../../../src/engine/journal.ts";
import { sweep, type DealtWith } from "../../../src/engine/sweep.ts";
import { ownLists } from "../../../src/engine/inventory.ts";
import { ToyStore, Toys, worldOf } from "../../support/toy.ts";
import type { ToySpec } from "../../support/toy-spec.ts";

let toys: Toys;
beforeEach(() => (toys = new Toys()));

/** A kind that lists all there is of it, whoever it belongs to: the engine tells whose it is. */
const kind = (type: string, switches: Parameters<Toys["kind"]>[1] = {}) =>
  toys.kind(type, {
    list: (_toys, _ids) =>
      toys.call("list", `all of ${type}`, () => [...toys.records.values()].filter((one) => one.type === type)),
    ...switches,
  });

/** What the sweep comes to; what fails comes as it was thrown. */
async function swept(dealtWith: readonly DealtWith[] = [], stop?: AbortSignal) {
  const store = new ToyStore(toys);
  const journal = new Journal(store, toys.clock, await store.state());
  const given = { token: toys.nextToken, secret: () => "secret", tell: () => {}, limit: 12, clock: toys.clock };
  const receipt = await sweep(
    { ...worldOf(toys), ...given, journal, stop },
    ownLists([...toys.kinds.values()]),
    dealtWith,
  );
  expect(store.history).toEqual([]);
  return receipt;
}

const plant = (type: string, owner: string | undefined, spec: ToySpec = {}) => toys.plant(type, owner, spec).id;
const deletes = () => toys.log.filter((line) => line.startsWith("delete "));
const toy = (id: string) => ({ type: "toy", id });

describe("a sweep", () => {
  it("finds nothing where nothing is left, and asks once", async () => {
    kind("toy");
    expect(await swept()).toEqual({ swept: [], left: [], unseen: [] });
    expect(toys.calls.map(({ subject }) => subject)).toEqual(["all of toy"]);
  });

  it("deletes what has the stack's owner tags, including duplicates, and nothing else", async () => {
    kind("toy");
    const ours = [plant("toy", "demo/a"), plant("toy", "demo/a"), plant("toy", "demo/nowhere/declared")];
    const others = [plant("toy", "other/a"), plant("toy", "demo-2/a"), plant("toy", undefined)];
    const receipt = await swept();
    expect(receipt.swept.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(ours.map(toy));
    expect(receipt).toMatchObject({ left: [], unseen: [] });
    expect(toys.ids).toEqual(others.toSorted());
  });

  it("deletes what uses another before it, across kinds, whatever it is called by", async () => {
    kind("ground", { timing: { gone: 60 } });
    kind("house", { timing: { gone: 60 } });
    const ground = plant("ground", "demo/ground");
    const house = plant("house", "demo/house", { uses: [ground] });
    // Not by its id: an attribute names it too.
    const letter = plant("house", "demo/letter", { labels: { [`${house}/v1`]: "to" } });
    expect((await swept()).left).toEqual([]);
    expect(deletes()).toEqual([letter, house, ground].map((id) => `delete ${id}`));
  });

  it("does not mistake owner tags on a resource for a reference to one with the same name", async () => {
    kind("toy", { fields: { labels: { keyed: true } } });
    const a = plant("toy", "demo/a");
    const all = { a, b: toys.plant("toy", "demo/b", { note: a, tags: { id: "b#1" } } as ToySpec).id };
    toys.record(a).spec = { tags: { id: all.b } } as ToySpec;
    expect((await swept()).left).toEqual([]);
    expect(deletes()).toEqual([all.b, a].map((id) => `delete ${id}`));
  });

  it("takes no name of a field for a reference", async () => {
    kind("toy");
    const a = plant("toy", "demo/a");
    plant("toy", "demo/b", { note: "address" });
    toys.before = ({ verb, subject }) => {
      if (verb === "delete" && subject === "b#1") throw new Error("Not that one.");
    };
    expect((await swept()).swept).toEqual([toy(a)]);
  });

  it("deletes what name each other in a circle", async () => {
    kind("toy");
    const names = ["a", "b", "c"];
    for (const [index, name] of names.entries())
      plant("toy", `demo/${name}`, { mentions: `${names[(index + 1) % 3]}#1` });
    expect(await swept()).toMatchObject({ left: [], swept: { length: 3 } });
  });

  it("says of a circle that holds itself together why it stays", async () => {
    kind("toy");
    plant("toy", "demo/a", { uses: ["b#1"] });
    plant("toy", "demo/b", { uses: ["a#1"] });
    const own = plant("toy", "demo/c", { uses: ["a#1"] });
    const { left, swept: gone } = await swept();
    expect(gone).toEqual([toy(own)]);
    expect(left).toEqual([
      { ...toy("a#1"), why: "InUse: a#1 by b#1" },
      { ...toy("b#1"), why: "InUse: b#1 by a#1" },
    ]);
  });

  it("waits for what takes its time to go, and deletes again what has to settle first", async () => {
    kind("toy", { timing: { ready: 300, gone: 60 }, disables: true });
    plant("toy", "demo/a");
    expect((await swept()).left).toEqual([]);
    expect(toys.log).toEqual(["disable a#1", "delete a#1"]);
    expect(toys.clock.now()).toBeGreaterThanOrEqual(360_000);
  });

  it("checks again after its deletes, and deletes what was created again", async () => {
    kind("toy");
    const record = toys.plant("toy", "demo/a", {});
    let back = 1;
    toys.after = ({ verb }) => {
      if (verb === "delete" && back-- > 0) toys.records.set(record.id, { ...record, goneAt: undefined } as never);
    };
    expect(await swept()).toEqual({ swept: [toy("a#1")], left: [], unseen: [] });
    expect(deletes()).toHaveLength(2);
  });

  it("gives up on what comes back each time", async () => {
    kind("toy");
    const record = toys.plant("toy", "demo/a", {});
    plant("toy", "demo/b");
    toys.after = ({ verb, subject }) => {
      if (verb === "delete" && subject === "a#1")
        toys.records.set(record.id, { ...record, goneAt: undefined } as never);
    };
    expect(await swept()).toEqual({
      swept: [toy("b#1")],
      left: [{ ...toy("a#1"), why: "it reappears every time it is deleted" }],
      unseen: [],
    });
    expect(deletes().filter((line) => line === "delete a#1")).toHaveLength(3);
  });

  it("tries what failed only once, says why, and leaves what it holds", async () => {
    kind("toy");
    const ground = plant("toy", "demo/ground");
    plant("toy", "demo/house", { uses: [ground] });
    plant("toy", "demo/other");
    toys.before = ({ verb, subject }) => {
      if (verb === "delete" && subject === "house#1") throw new Error("Termination protection is on.");
    };
    expect(await swept()).toEqual({
      swept: [toy("other#1")],
      left: [
        { ...toy("ground#1"), why: expect.stringContaining("house@house#1 failed") },
        { ...toy("house#1"), why: "Termination protection is on." },
      ],
      unseen: [],
    });
    expect(deletes()).toEqual(["delete other#1"]);
  });

  it("does not try again what the teardown could not delete", async () => {
    kind("toy");
    plant("toy", "demo/a");
    const dealtWith = [{ ...toy("a#1"), failure: "It is in use." }];
    expect(await swept(dealtWith)).toMatchObject({ swept: [], left: [{ ...toy("a#1"), why: "It is in use." }] });
    expect(deletes()).toEqual([]);
  });

  it("deletes what has no owner tags only if the teardown has just deleted that very name", async () => {
    kind("toy");
    kind("other");
    const [back, foreign] = [plant("toy", undefined), plant("toy", undefined)];
    const namesake = toys.plant("other", undefined, {}, {}).id;
    const receipt = await swept([
      { ...toy(back), failure: undefined },
      { type: "other", id: foreign, failure: undefined },
    ]);
    expect(receipt).toEqual({ swept: [toy(back)], left: [], unseen: [] });
    expect(toys.ids).toEqual([foreign, namesake].toSorted());
  });

  it("believes no list that still shows what is gone", async () => {
    kind("toy", { list: async () => [{ id: "long-gone#1", owner: "demo/long-gone" }] });
    expect(await swept()).toEqual({ swept: [], left: [], unseen: [] });
    expect(deletes()).toEqual([]);
  });

  it("deletes the listed one, and not another with its owner tags", async () => {
    kind("toy", { list: async () => [{ id: "a#1", owner: "demo/a" }] });
    plant("toy", "demo/a");
    plant("toy", "demo/a");
    await swept();
    expect(deletes()).toEqual(["delete a#1"]);
  });
});

describe("what a sweep cannot see", () => {
  const denied = Object.assign(new Error("not authorized"), { name: "AccessDenied" });

  it("is reported, and blocks nothing else", async () => {
    kind("dark", { list: () => Promise.reject(denied) });
    kind("toy");
    plant("dark", "demo/a");
    plant("toy", "demo/b");
    expect(await swept()).toEqual({
      swept: [toy("b#1")],
      left: [],
      unseen: [{ type: "dark", error: denied }],
    });
  });

  it("is also what it may list but not read", async () => {
    kind("dark");
    kind("toy");
    plant("dark", "demo/a");
    plant("toy", "demo/b");
    toys.before = ({ verb, subject }) => {
      if (verb === "list" && subject === "dark") throw denied;
    };
    expect(await swept()).toEqual({
      swept: [toy("b#1")],
      left: [],
      unseen: [{ type: "dark", error: denied }],
    });
  });

  it("is nothing of a kind that goes with another", async () => {
    toys.kind("rules");
    plant("rules", "demo/rules");
    expect(await swept()).toEqual({ swept: [], left: [], unseen: [] });
  });
});

describe("a sweep that is stopped", () => {
  it("deletes nothing, and says what is left", async () => {
    kind("toy");
    plant("toy", "demo/a");
    plant("toy", "demo/b");
    const receipt = await swept([{ ...toy("b#1"), failure: "It is in use." }], AbortSignal.abort());
    expect(receipt).toEqual({
      swept: [],
      left: [
        { ...toy("a#1"), why: "the run was stopped" },
        { ...toy("b#1"), why: "It is in use." },
      ],
      unseen: [],
    });
    expect(deletes()).toEqual([]);
  });

  it("finishes what it does, and starts nothing more", async () => {
    kind("toy");
    const ground = plant("toy", "demo/ground");
    plant("toy", "demo/house", { uses: [ground] });
    const controller = new AbortController();
    toys.after = ({ verb }) => {
      if (verb === "delete") controller.abort();
    };
    expect(await swept([], controller.signal)).toEqual({
      swept: [toy("house#1")],
      left: [{ ...toy("ground#1"), why: "the run was stopped" }],
      unseen: [],
    });
    expect(deletes()).toEqual(["delete house#1"]);
  });
});
