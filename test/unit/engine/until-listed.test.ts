import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { run, ToyStore, Toys } from "../../support/toy.ts";

/** A provider whose lists lag by three seconds, and a run that died when its one create was carried out and not answered. */
async function diedCreating() {
  const toys = new Toys();
  toys.lag = 3_000;
  const store = new ToyStore(toys);
  const graph = new Graph<Toys>();
  graph.add("net/a", toys.kind("net"), { size: 1 });
  toys.after = ({ verb }) => {
    if (verb === "create") toys.die();
  };
  await run(toys, graph, store);
  toys.revive();
  return { toys, store, graph };
}

describe("a create that nobody saw the answer of, and that no list shows yet", () => {
  it("is found by the next run and gone on with, not made twice", async () => {
    const { toys, store, graph } = await diedCreating();
    const { plan, ends } = await run(toys, graph, store);
    expect(plan.actions.map(({ action }) => action)).toEqual(["create"]);
    expect(ends).toEqual({ "make net/a": "done" });
    expect(toys.log).toEqual(["create net/a#1"]);
    expect((await store.state()).resources["net/a"]).toMatchObject({ id: "net/a#1", status: "created" });
  });

  it("is made after all where lists would show it by now", async () => {
    const { toys, store, graph } = await diedCreating();
    toys.records.clear();
    await run(toys, graph, store);
    expect(toys.log).toEqual(["create net/a#1", "create net/a#2"]);
    expect(toys.clock.now()).toBe(5_000);
  });

  it("does not outlive a teardown", async () => {
    const { toys, store, graph } = await diedCreating();
    await run(toys, graph, store, { teardown: true });
    expect(toys.log).toEqual(["create net/a#1", "delete net/a#1"]);
    expect(toys.ids).toEqual([]);
    expect(store.text).toBeUndefined();
  });

  it("does not survive a teardown that dies while it searches for it", async () => {
    const { toys, store, graph } = await diedCreating();
    let lists = 0;
    toys.before = ({ verb }) => {
      if (verb === "list" && ++lists === 3) toys.die();
    };
    await run(toys, graph, store, { teardown: true });
    toys.revive();
    await run(toys, graph, store, { teardown: true });
    expect(toys.ids).toEqual([]);
    expect(store.text).toBeUndefined();
  });

  it("is waited for once, however many a run left behind", async () => {
    const toys = new Toys();
    toys.lag = 3_000;
    const store = new ToyStore(toys);
    const graph = new Graph<Toys>();
    const kind = toys.kind("net", { traits: { markedAtOnce: true } });
    const a = graph.add("a", kind, { size: 1 });
    const b = graph.add("b", kind, { size: 1, uses: [a.id] });
    const c = graph.add("c", kind, { size: 1, uses: [b.id] });
    graph.add("d", kind, { size: 1, uses: [c.id] });
    toys.after = ({ verb, subject }) => {
      if (verb === "create" && subject === "b") toys.die();
    };
    await run(toys, graph, store);
    toys.revive();
    const lists = toys.calls.filter(({ verb }) => verb === "list").length;
    const { events } = await run(toys, graph, store);
    expect(toys.log).toEqual(["create a#1", "create b#1", "create c#1", "create d#1"]);
    // And is told once.
    expect(events.filter(({ event }) => event === "note")).toMatchObject([
      { id: "a", text: expect.stringContaining("interrupted run") },
    ]);
    expect(toys.clock.now()).toBe(5_000);
    // One when it is planned, and one for all four once everything must be shown.
    expect(toys.calls.filter(({ verb }) => verb === "list")).toHaveLength(lists + 2);
  });

  it("is not waited for where no run has died", async () => {
    const toys = new Toys();
    toys.lag = 3_000;
    const graph = new Graph<Toys>();
    graph.add("net/a", toys.kind("net"), { size: 1 });
    await run(toys, graph, new ToyStore(toys));
    expect(toys.clock.now()).toBe(0);
  });
});
