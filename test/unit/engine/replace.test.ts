import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { loose } from "../../../src/engine/output.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";

/** A parent with two children: one that can be moved to another parent, and one that is fixed to it, with a child of its own. */
function stage({ unique }: { unique: boolean }) {
  const toys = new Toys();
  const parent = toys.kind("parent", {
    fields: { size: { immutable: true }, name: { unique: true } },
    timing: { ready: 5, gone: 5 },
  });
  const movable = toys.kind("movable");
  const fixed = toys.kind("fixed", { fields: { uses: { immutable: true } }, timing: { gone: 5 } });
  const graph = (size: number, children: readonly ("movable" | "fixed" | "loose")[]) => {
    const all = new Graph<Toys>();
    const top = all.add("parent", parent, { size, name: unique ? "n" : `n${size}` });
    if (children.includes("movable")) all.add("movable", movable, { uses: [top.id] });
    if (children.includes("loose")) all.add("loose", fixed, { mentions: loose(top.id) });
    if (!children.includes("fixed")) return all;
    const child = all.add("fixed", fixed, { uses: [top.id] });
    all.add("leaf", fixed, { uses: [child.id] });
    return all;
  };
  const store = new ToyStore(toys);
  const orders = async (to: Graph<Toys>) =>
    (await planned(toys, to, store)).actions.map(({ id, action, order }) => [id, action, order]);
  return { toys, store, graph, orders };
}

describe("a replacement", () => {
  it("makes the new one first, moves what uses it, and then deletes the old one", async () => {
    const { toys, store, graph, orders } = stage({ unique: false });
    await run(toys, graph(1, ["movable", "fixed"]), store);
    const next = graph(2, ["movable", "fixed"]);
    expect(await orders(next)).toEqual([
      ["parent", "replace", "create-first"],
      ["movable", "update", undefined],
      ["fixed", "replace", "create-first"],
      ["leaf", "replace", "create-first"],
    ]);
    toys.calls.length = 0;
    const { ends } = await run(toys, next, store);
    expect(new Set(Object.values(ends))).toEqual(new Set(["done"]));
    expect(toys.log).toEqual([
      "create parent#2",
      "update movable#1 uses",
      "create fixed#2",
      "create leaf#2",
      "delete leaf#1",
      "delete fixed#1",
      "delete parent#1",
    ]);
    expect([...toys.records.keys()].toSorted()).toEqual(["fixed#2", "leaf#2", "movable#1", "parent#2"]);
  });

  it("keeps the earlier generation in the state until it is gone", async () => {
    const { toys, store, graph } = stage({ unique: false });
    await run(toys, graph(1, []), store);
    store.history.length = 0;
    await run(toys, graph(2, []), store);
    expect(
      store.history.map(({ resources: { parent } }) => [parent?.status, parent?.id, parent?.old?.[0]?.id]),
    ).toEqual([
      ["creating", undefined, "parent#1"],
      ["creating", undefined, "parent#1"],
      ["created", "parent#2", "parent#1"],
      ["created", "parent#2", undefined],
    ]);
  });

  it("deletes the old one first where the two cannot exist side by side, and pulls what is fixed to it along", async () => {
    const { toys, store, graph, orders } = stage({ unique: true });
    await run(toys, graph(1, ["fixed"]), store);
    const next = graph(2, ["fixed"]);
    expect(await orders(next)).toEqual([
      ["parent", "replace", "delete-first"],
      ["fixed", "replace", "delete-first"],
      ["leaf", "replace", "delete-first"],
    ]);
    toys.calls.length = 0;
    await run(toys, next, store);
    expect(toys.log).toEqual([
      "delete leaf#1",
      "delete fixed#1",
      "delete parent#1",
      "create parent#2",
      "create fixed#2",
      "create leaf#2",
    ]);
  });

  it("deletes first what is no longer declared and needs the old one, where its user comes after the new one", async () => {
    const toys = new Toys();
    const gateway = toys.kind("gateway", { fields: { size: { immutable: true }, name: { unique: true } } });
    const fixed = toys.kind("fixed", { fields: { uses: { immutable: true } } });
    const graph = (size: number, zones: number) => {
      const all = new Graph<Toys>();
      const { id } = all.add("gateway", gateway, { size, name: "n" });
      const tables = Array.from({ length: zones }, (_, at) => all.add(`table-${at + 1}`, fixed, { uses: [id] }));
      const routes = tables.map((table, at) => all.add(`route-${at + 1}`, fixed, { uses: [table.id] }));
      all.add("service", toys.kind("service"), { size }, { after: routes });
      return all;
    };
    const store = new ToyStore(toys);
    await run(toys, graph(1, 2), store);
    toys.calls.length = 0;
    const { ends } = await run(toys, graph(2, 1), store);
    expect(new Set(Object.values(ends))).toEqual(new Set(["done"]));
    expect(toys.log).toEqual([
      "delete route-2#1",
      "delete table-2#1",
      "delete route-1#1",
      "delete table-1#1",
      "delete gateway#1",
      "create gateway#2",
      "create table-1#2",
      "create route-1#2",
      "update service#1 size",
    ]);
  });

  it("does not pull along what refers to it only loosely", async () => {
    const { toys, store, graph, orders } = stage({ unique: true });
    await run(toys, graph(1, ["loose"]), store);
    const next = graph(2, ["loose"]);
    expect(await orders(next)).toEqual([
      ["parent", "replace", "delete-first"],
      ["loose", "update", undefined],
    ]);
    toys.calls.length = 0;
    await run(toys, next, store);
    expect(toys.log).toEqual(["delete parent#1", "create parent#2", "update loose#1 mentions"]);
  });

  it("keeps the old one while something still fails to move, and deletes it in the next run", async () => {
    const { toys, store, graph } = stage({ unique: false });
    await run(toys, graph(1, ["movable"]), store);
    toys.before = ({ verb }) => {
      if (verb === "update") throw new Error("refused");
    };
    const next = graph(2, ["movable"]);
    const { ends } = await run(toys, next, store);
    expect(ends).toEqual({ "make parent": "done", "make movable": "failed", "delete parent": "skipped" });
    expect(toys.ids).toEqual(["movable#1", "parent#1", "parent#2"]);
    toys.revive();
    toys.calls.length = 0;
    const again = await run(toys, next, store);
    expect(again.ends).toEqual({ "make parent": "done", "make movable": "done", "delete parent parent#1": "done" });
    expect(toys.log).toEqual(["update movable#1 uses", "delete parent#1"]);
    expect(toys.ids).toEqual(["movable#1", "parent#2"]);
  });

  it("remembers each of several old ones until that very one is gone", async () => {
    const { toys, store, graph } = stage({ unique: false });
    const refusing = (...ids: string[]) => {
      toys.before = ({ verb, subject }) => {
        if (verb === "delete" && ids.includes(subject)) throw new Error("refused");
      };
    };
    refusing("parent#1", "parent#2");
    for (const size of [1, 2, 3]) await run(toys, graph(size, []), store);
    const old = async () => (await store.state()).resources["parent"]?.old?.map(({ id }) => id);
    expect(await old()).toEqual(["parent#1", "parent#2"]);
    refusing("parent#2");
    const { ends } = await run(toys, graph(3, []), store);
    expect(ends).toEqual({
      "make parent": "done",
      "delete parent parent#1": "done",
      "delete parent parent#2": "failed",
    });
    expect(await old()).toEqual(["parent#2"]);
    toys.revive();
    await run(toys, graph(3, []), store);
    expect(await old()).toBeUndefined();
    expect([...toys.records.keys()]).toEqual(["parent#3"]);
  });

  it("does not delete the new one if the old one was deleted outside Fairlead", async () => {
    const { toys, store, graph } = stage({ unique: false });
    await run(toys, graph(1, []), store);
    toys.before = ({ verb }) => {
      if (verb === "delete") throw new Error("refused");
    };
    await run(toys, graph(2, []), store);
    toys.records.delete("parent#1");
    toys.revive();
    toys.calls.length = 0;
    await run(toys, graph(2, []), store);
    expect(toys.log).toEqual([]);
    expect(toys.ids).toEqual(["parent#2"]);
    expect((await store.state()).resources["parent"]?.old).toBeUndefined();
  });

  it("waits for the new one, not for the old one, where the list lags behind", async () => {
    const { toys, store, graph } = stage({ unique: false });
    await run(toys, graph(1, []), store);
    toys.lag = 3_000;
    const { applied } = await run(toys, graph(2, []), store);
    const made = applied.outcomes.get("make parent");
    expect(made?.doneAt).toBeGreaterThanOrEqual((made?.startedAt ?? 0) + 5_000);
  });

  it("replaces what failed even where nothing differs", async () => {
    const { toys, store, graph } = stage({ unique: false });
    await run(toys, graph(1, []), store);
    toys.record("parent#1").failed = "no capacity";
    toys.calls.length = 0;
    await run(toys, graph(1, []), store);
    expect(toys.log).toEqual(["delete parent#1", "create parent#2"]);
  });
});

describe("a resource on its way out", () => {
  it("is made anew beside itself, and is not taken for one that stays because nothing of it differs", async () => {
    const toys = new Toys();
    const plain = toys.kind("toy", { timing: { gone: 30 } });
    const kind: typeof plain = {
      ...plain,
      observe: async (of, look) => {
        const seen = await plain.observe(of, look);
        return seen?.status === "deleting" ? { ...seen, leaving: true } : seen;
      },
    };
    toys.kinds.set("toy", kind);
    const store = new ToyStore(toys);
    const graph = new Graph<Toys>();
    graph.add("a", kind, { size: 1 });
    await run(toys, graph, store);
    toys.record("a#1").goneAt = toys.clock.now() + 30_000;
    const { plan } = await run(toys, graph, store);
    expect(plan.actions.map(({ action, order, why }) => [action, order, why])).toEqual([
      ["replace", "create-first", "being deleted outside Fairlead"],
    ]);
    expect(toys.ids).toEqual(["a#2"]);
    expect((await store.state()).resources["a"]).toMatchObject({ id: "a#2", status: "created" });
  });
});
