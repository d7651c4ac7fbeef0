import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { hasUnknown } from "../../../src/engine/output.ts";
import { observeAll } from "../../../src/engine/observe.ts";
import type { AnyKind, AnyObserved } from "../../../src/engine/resource-kind.ts";
import type { State } from "../../../state/state.ts";
import { run, ToyStore, Toys, worldOf } from "../../support/toy.ts";

/** Three resources, each of which names the one before, and how each was looked for: its own name in the stack, and the name of its parent. */
function stage(
  observe?: (id: string, seen: () => Promise<AnyObserved | undefined>) => Promise<AnyObserved | undefined>,
) {
  const toys = new Toys();
  const kind: AnyKind<Toys> = toys.kind("toy");
  const looked: (readonly [string, unknown])[] = [];
  const spying: AnyKind<Toys> = {
    ...kind,
    observe: (services, look) => {
      looked.push([look.id, hasUnknown(look.spec["mentions"]) ? "unknown" : look.spec["mentions"]]);
      const seen = (): Promise<AnyObserved | undefined> => kind.observe(services, look);
      return observe ? observe(look.id, seen) : seen();
    },
  };
  toys.kinds.set("toy", spying);
  const graph = new Graph<Toys>();
  const a = graph.add("a", spying, { size: 1 });
  const b = graph.add("b", spying, { mentions: a["id"] });
  graph.add("c", spying, { mentions: b["id"] });
  const store = new ToyStore(toys);
  return { toys, graph, store, looked, look: (state: State) => observeAll(worldOf(toys), graph, state) };
}

describe("the observation of what no state records", () => {
  it("looks for everything at once where the parents are not recorded either", async () => {
    let all: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => (all = resolve));
    const seen: string[] = [];
    const { store, look, looked } = stage(async (id, next) => {
      seen.push(id);
      if (seen.length === 3) all?.();
      // Answers nobody before all are asked for.
      await asked;
      return next();
    });
    const { current } = await look(await store.state());
    expect([...current.values()]).toEqual([undefined, undefined, undefined]);
    expect(looked.map(([id]) => id)).toEqual(["a", "b", "c"]);
  });

  it("looks again with the parents that it found: the state was lost", async () => {
    const { toys, graph, store, look, looked } = stage();
    const empty = await store.state();
    await run(toys, graph, store);
    looked.length = 0;
    const { current } = await look(empty);
    expect([...current.values()].map((one) => one?.id)).toEqual(["a#1", "b#1", "c#1"]);
    expect(looked).toEqual([
      ["a", undefined],
      ["b", undefined],
      ["c", undefined],
      ["b", "a#1"],
      ["c", "b#1"],
    ]);
  });

  it("waits for a parent that is recorded", async () => {
    const { toys, graph, store, look, looked } = stage();
    await run(toys, graph, store);
    const { resources, ...rest } = await store.state();
    const { a } = resources;
    if (!a) throw new Error("a is not recorded");
    looked.length = 0;
    await look({ ...rest, resources: { a } });
    expect(looked).toEqual([
      ["a", undefined],
      ["c", undefined],
      ["b", "a#1"],
      ["c", "b#1"],
    ]);
  });

  it("reports a failure only of a look whose answer counts", async () => {
    const failing = new Set(["b"]);
    const { toys, graph, store, look } = stage((id, next) => {
      if (failing.delete(id)) return Promise.reject(new Error(`${id} cannot be read`));
      return next();
    });
    await expect(look(await store.state())).rejects.toThrow("b cannot be read");
    const empty = await store.state();
    await run(toys, graph, store);
    failing.add("b");
    expect((await look(empty)).current.get("b")?.id).toBe("b#1");
  });
});
