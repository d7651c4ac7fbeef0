import { describe, expect, it } from "vitest";
import { hasChanges } from "../../../src/engine/action.ts";
import { Graph } from "../../../src/engine/graph.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";

describe("a state that was lost", () => {
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
