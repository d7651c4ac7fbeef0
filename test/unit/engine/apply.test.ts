import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { Busy } from "../../../src/engine/resource-kind.ts";
import { loose, whenReady } from "../../../src/engine/output.ts";
import { run, ToyStore, Toys } from "../../support/toy.ts";

const startsOf = (toys: Toys) =>
  Object.fromEntries(toys.calls.flatMap(({ verb, subject, at }) => (verb === "create" ? [[subject, at]] : [])));

describe("a run", () => {
  it("starts a child with an id edge while its parent is still becoming ready, and one with a ready edge after it", async () => {
    const toys = new Toys();
    const slow = toys.kind("slow", { timing: { ready: 60 } });
    const early = toys.kind("early");
    const late = toys.kind("late", { needsReady: true });
    const graph = new Graph<Toys>();
    const parent = graph.add("parent", slow, {});
    graph.add("late", late, { uses: [whenReady(parent.id)] });
    graph.add("early", early, { uses: [parent.id] });
    graph.add("after", early, {}, { after: [parent] });
    graph.add("ready", early, {}, { ready: [parent] });
    const { applied, ends } = await run(toys, graph, new ToyStore(toys));
    expect(new Set(Object.values(ends))).toEqual(new Set(["done"]));
    const starts = startsOf(toys);
    expect(starts).toMatchObject({ "parent#1": 0, "early#1": 0, "after#1": 0 });
    const readyAt = applied.outcomes.get("make parent")?.doneAt;
    expect(readyAt).toBeGreaterThanOrEqual(60_000);
    expect(starts).toMatchObject({ "late#1": readyAt, "ready#1": readyAt });
  });

  it("creates what waits with its changes alone beside what it waits for, and changes it after that", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const kind = toys.kind("toy");
    const declared = (note: string) => {
      const graph = new Graph<Toys>();
      const way = graph.add("way", kind, { note });
      graph.add("door", kind, { note }, { beforeChange: [way] });
      return graph;
    };
    toys.before = ({ verb, subject }) => {
      if (subject.startsWith("way")) throw new Error(`The ${verb} was refused.`);
    };
    const first = await run(toys, declared("one"), store);
    expect(first.ends).toEqual({ "make way": "failed", "make door": "done" });
    expect((await store.read())?.resources["door"]?.needs).toEqual([{ to: "way", loose: false }]);
    toys.revive();
    await run(toys, declared("one"), store);
    toys.before = ({ verb, subject }) => {
      if (verb === "update" && subject.startsWith("way")) throw new Error("The update was refused.");
    };
    const changed = await run(toys, declared("two"), store);
    expect(changed.ends).toEqual({ "make way": "failed", "make door": "skipped" });
    expect(changed.applied.outcomes.get("make door")?.why).toBe("way failed");
  });

  it("lets a failure stop only what depends on it, and continues with the rest in the next run", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const kind = toys.kind("toy");
    const graph = new Graph<Toys>();
    const a = graph.add("a", kind, {});
    const b = graph.add("b", kind, { uses: [a.id] });
    graph.add("c", kind, { uses: [b.id] });
    graph.add("other", kind, { uses: [a.id] });
    const refused = new Error("refused");
    toys.before = ({ verb, subject }) => {
      if (verb === "create" && subject === "b") throw refused;
    };
    const { applied, ends, events } = await run(toys, graph, store);
    expect(ends).toEqual({ "make a": "done", "make b": "failed", "make c": "skipped", "make other": "done" });
    expect(applied.outcomes.get("make b")?.error).toBe(refused);
    expect(applied.outcomes.get("make c")?.why).toBe("b failed");
    expect(events.filter(({ event }) => event === "failed" || event === "skipped")).toEqual([
      { event: "failed", id: "b", task: "make b", action: "create", at: 0, error: refused },
      { event: "skipped", id: "c", task: "make c", action: "create", at: 0, why: "b failed" },
    ]);
    toys.revive();
    const again = await run(toys, graph, store);
    expect(again.plan.actions.map(({ id, action }) => `${action} ${id}`)).toEqual([
      "noop a",
      "create b",
      "create c",
      "noop other",
    ]);
    expect(toys.log).toEqual(["create a#1", "create other#1", "create b#1", "create c#1"]);
  });

  it("waits while another owner is changing a resource, reports it once, and continues by itself", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const kind = toys.kind("toy");
    const declared = (note: string) => {
      const graph = new Graph<Toys>();
      graph.add("a", kind, { note });
      return graph;
    };
    await run(toys, declared("x"), store);
    let refusals = 0;
    toys.before = ({ verb }) => {
      if (verb === "update" && refusals++ < 3) throw new Busy("A release is being deployed.");
    };
    const { applied, ends, events } = await run(toys, declared("y"), store);
    expect(ends).toEqual({ "make a": "done" });
    expect(applied.notes).toEqual(new Map([["a", ["A release is being deployed."]]]));
    expect(events.filter(({ event }) => event === "note")).toHaveLength(1);
    expect(toys.log).toEqual(["create a#1", "update a#1 note"]);
    // Not for ever.
    toys.before = ({ verb }) => {
      if (verb === "update") throw new Busy("A release is being deployed.");
    };
    const endless = await run(toys, declared("z"), store);
    expect(String(endless.applied.outcomes.get("make a")?.error)).toContain(
      "Error: A release is being deployed. Gave up after 60 minutes. Run again.",
    );
  });

  it("has `deleting` in the store before the delete is called, and forgets what is gone", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const graph = new Graph<Toys>();
    graph.add("a", toys.kind("toy", { timing: { gone: 10 } }), {});
    await run(toys, graph, store);
    const seen: unknown[] = [];
    toys.before = async ({ verb }) => {
      if (verb === "delete") seen.push((await store.state()).resources["a"]?.status);
    };
    await run(toys, graph, store, { teardown: true });
    expect(seen).toEqual(["deleting"]);
    expect(store.text).toBeUndefined();
    expect(toys.clock.now()).toBeGreaterThanOrEqual(10_000);
  });

  it("tears down in the reverse order, and waits until each is gone; loose references are no reason to wait", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const kind = toys.kind("toy", { timing: { gone: 20 } });
    const graph = new Graph<Toys>();
    const a = graph.add("a", kind, {});
    const b = graph.add("b", kind, { uses: [a.id] });
    graph.add("c", kind, { uses: [b.id] });
    graph.add("d", kind, { uses: [a.id] });
    graph.add("e", kind, { mentions: loose(b.id) });
    await run(toys, graph, store);
    toys.calls.length = 0;
    const { ends } = await run(toys, graph, store, { teardown: true });
    expect(new Set(Object.values(ends))).toEqual(new Set(["done"]));
    expect(toys.log).toEqual(["delete c#1", "delete d#1", "delete e#1", "delete b#1", "delete a#1"]);
    expect(toys.records.size).toBe(0);
    expect(store.text).toBeUndefined();
  });

  it("deletes orphans after what is left has let go of them", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const kind = toys.kind("toy");
    const graph = (orphans: boolean) => {
      const all = new Graph<Toys>();
      const a = orphans ? all.add("a", kind, {}) : undefined;
      all.add("b", kind, { uses: a ? [a.id] : [] });
      if (a) all.add("c", kind, { uses: [a.id] });
      return all;
    };
    await run(toys, graph(true), store);
    toys.calls.length = 0;
    await run(toys, graph(false), store);
    expect(toys.log.toSorted()).toEqual(["delete a#1", "delete c#1", "update b#1 uses"]);
    expect(toys.log.at(-1)).toBe("delete a#1");
    expect(Object.keys((await store.state()).resources)).toEqual(["b"]);
  });

  it("disables what has to be disabled, and deletes it once that has settled", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const graph = new Graph<Toys>();
    graph.add("a", toys.kind("toy", { timing: { ready: 30 }, disables: true }), {});
    await run(toys, graph, store);
    const from = toys.clock.now();
    toys.calls.length = 0;
    await run(toys, graph, store, { teardown: true });
    expect(toys.log).toEqual(["disable a#1", "delete a#1"]);
    expect(toys.clock.now() - from).toBeGreaterThanOrEqual(30_000);
  });

  it("starts nothing new once it is stopped, and finishes what runs", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const kind = toys.kind("toy", { later: ["note"] });
    const graph = new Graph<Toys>();
    const a = graph.add("a", kind, { note: "x" });
    graph.add("b", kind, { uses: [a.id] });
    const stop = new AbortController();
    toys.before = ({ verb, subject }) => {
      if (verb === "create" && subject === "a") stop.abort();
    };
    const { ends, applied } = await run(toys, graph, store, { stop: stop.signal });
    expect(ends).toEqual({ "make a": "done", "make b": "skipped" });
    expect(applied.outcomes.get("make b")?.why).toBe("the run was stopped");
    expect(toys.log).toEqual(["create a#1", "configure a#1"]);
    expect((await store.state()).resources).toMatchObject({ a: { id: "a#1", status: "created" } });
    toys.revive();
    await run(toys, graph, store);
    expect(toys.ids).toEqual(["a#1", "b#1"]);
  });

  it("ends a wait when it is stopped, and waits on in the next run", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const graph = new Graph<Toys>();
    graph.add("a", toys.kind("toy", { timing: { ready: 100 } }), {});
    const stop = new AbortController();
    toys.before = ({ verb, at }) => {
      if (verb === "list" && at > 10_000) stop.abort(new Error("stopped"));
    };
    const { ends } = await run(toys, graph, store, { stop: stop.signal });
    expect(ends).toEqual({ "make a": "stopped" });
    expect(toys.clock.now()).toBeLessThan(100_000);
    expect((await store.state()).resources).toMatchObject({ a: { id: "a#1", status: "created" } });
    toys.revive();
    expect((await run(toys, graph, store)).ends).toEqual({ "make a": "done" });
    expect(toys.clock.now()).toBeGreaterThanOrEqual(100_000);
    expect(toys.log).toEqual(["create a#1"]);
  });

  it("creates again what is deleted outside Fairlead while it is waited for", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const graph = new Graph<Toys>();
    graph.add("a", toys.kind("toy", { timing: { ready: 100 } }), {});
    toys.before = ({ verb, at }) => {
      if (verb === "list" && at > 10_000) toys.records.delete("a#1");
    };
    expect((await run(toys, graph, store)).ends).toEqual({ "make a": "done" });
    expect(toys.ids).toEqual(["a#2"]);
    expect((await store.state()).resources["a"]).toMatchObject({ id: "a#2", status: "created" });
  });

  it("makes again what an earlier run left on its way out", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const graph = new Graph<Toys>();
    graph.add("a", toys.kind("toy", { timing: { ready: 5, gone: 50 } }), {});
    await run(toys, graph, store);
    toys.after = ({ verb }) => {
      if (verb === "delete") toys.die();
    };
    await run(toys, graph, store, { teardown: true });
    toys.revive();
    expect((await run(toys, graph, store)).ends).toEqual({ "make a": "done" });
    expect(toys.ids).toEqual(["a#2"]);
  });
});
