import { describe, expect, it } from "vitest";
import { hasChanges } from "../../../src/engine/action.ts";
import { Graph } from "../../../src/engine/graph.ts";
import { recordedIn } from "../../../src/engine/inventory.ts";
import type { ToySpec } from "../../support/toy-spec.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";

describe("a state that was lost", () => {
  it("does not hide a setting that is taken out of the config with it, unless the resource is somebody else's", async () => {
    const toys = new Toys();
    const kind = toys.kind("toy");
    const graph = (spec: ToySpec) => {
      const all = new Graph<Toys>();
      all.add("a", kind, spec);
      return all;
    };
    const store = new ToyStore(toys);
    await run(toys, graph({ size: 1, note: "ours" }), store);
    store.text = undefined;
    const { plan } = await run(toys, graph({ size: 1 }), store);
    expect(plan.actions[0]).toMatchObject({
      action: "adopt",
      differences: [{ path: "note", old: "ours", new: undefined, cause: "change" }],
    });
    expect(toys.record("a#1").spec).toEqual({ size: 1 });
    const other = new ToyStore(toys);
    const { id } = toys.plant("toy", undefined, { size: 1, note: "theirs" });
    const adopted = await run(toys, graph({ size: 1 }), other, { adopt: new Map([["a", id]]) });
    expect(adopted.plan.actions[0]?.differences).toEqual([]);
    expect(toys.record(id).spec).toEqual({ size: 1, note: "theirs" });
  });

  it("does not hide it from the second step of an update that first only adds", async () => {
    const toys = new Toys();
    const plain = toys.kind("toy", { traits: { addsFirst: ["note"] } });
    const kind: typeof plain = {
      ...plain,
      update: (of, seen, spec, changed, updating) =>
        plain.update(
          of,
          seen,
          updating?.addOnly ? ({ ...seen.spec, ...spec, note: "ours" } as ToySpec) : spec,
          changed,
        ),
    };
    toys.kinds.set("toy", kind);
    const graph = (spec: ToySpec) => {
      const all = new Graph<Toys>();
      all.add("a", kind, spec);
      return all;
    };
    const store = new ToyStore(toys);
    await run(toys, graph({ size: 1, note: "ours" }), store);
    store.text = undefined;
    await run(toys, graph({ size: 1 }), store);
    expect(toys.record("a#1").spec).toEqual({ size: 1 });
    expect((await store.state()).resources["a"]).toMatchObject({ status: "created", spec: { size: 1 } });
  });

  it("is told apart from one that records something, where the inventory lists kinds only for it", async () => {
    const toys = new Toys();
    const [kind, other] = [toys.kind("toy"), toys.kind("other")];
    const graph = new Graph<Toys>();
    graph.add("a", kind, { size: 1 });
    const store = new ToyStore(toys);
    const first = recordedIn(await planned(toys, graph, store));
    expect([first(kind.type), first(other.type)]).toEqual([false, false]);
    await run(toys, graph, store);
    const then = recordedIn(await planned(toys, graph, store));
    expect([then(kind.type), then(other.type)]).toEqual([true, true]);
  });

  it("stays incomplete when the first run after it dies, until a run has done everything", async () => {
    const toys = new Toys();
    const kind = toys.kind("toy");
    const graph = new Graph<Toys>();
    graph.add("a", kind, { size: 1 });
    graph.add("b", kind, { size: 1 });
    const store = new ToyStore(toys);
    let left = 2;
    toys.after = ({ verb }) => {
      if (verb === "create" && --left === 0) toys.die();
    };
    await run(toys, graph, store, { limit: 1 });
    toys.revive();
    toys.after = () => {};
    expect(recordedIn(await planned(toys, graph, store))(kind.type)).toBe(false);
    await run(toys, graph, store);
    expect(await store.state()).not.toHaveProperty("incomplete");
    expect(recordedIn(await planned(toys, graph, store))(kind.type)).toBe(true);
  });

  /** A kind that bears no mark: only what never changes tells one of them from another. */
  function stage() {
    const toys = new Toys();
    const kind = toys.kind("toy", {
      fields: { size: { immutable: true } },
      traits: { ownerless: true },
      timing: { gone: 2 },
    });
    const graph = (size: number) => {
      const all = new Graph<Toys>();
      all.add("a", kind, { size });
      return all;
    };
    return { toys, store: new ToyStore(toys), graph };
  }

  it("keeps what identifies an ownerless resource when it is replaced, so that a run after a crash deletes it", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph(1), store);
    store.text = undefined;
    toys.after = ({ verb }) => {
      if (verb === "create") toys.die();
    };
    await run(toys, graph(2), store);
    toys.revive();
    expect(toys.ids).toEqual(["a#1", "a#2"]);
    expect((await store.state()).resources["a"]?.old).toEqual([
      expect.objectContaining({ id: "a#1", spec: { size: 1 } }),
    ]);
    await run(toys, graph(2), store);
    expect(toys.ids).toEqual(["a#2"]);
    expect(hasChanges(await planned(toys, graph(2), store))).toBe(false);
  });
});
