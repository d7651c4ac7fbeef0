import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { run, ToyStore, Toys, type ToyKind } from "../../support/toy.ts";
import { chainOf, saidBy } from "../../support/toy-chain.ts";

const ONCE = { markedAtOnce: true } as const;

/** The chain of a kind that is marked by its create call. */
const chain = (toys: Toys, kind: ToyKind = toys.kind("toy", { traits: ONCE })) => chainOf(kind);

/** What each create of a chain finds in the store. */
async function seenByCreates(toys: Toys, graph: Graph<Toys>, store = new ToyStore(toys)) {
  const said: Record<string, string[]> = {};
  toys.before = async ({ verb, subject }) => {
    if (verb === "create") said[subject] = await saidBy(store);
  };
  const { ends } = await run(toys, graph, store);
  return { said, ends, store };
}

describe("what a run is about to do", () => {
  it("is recorded in one write before the first call, with everything that finds it", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const { said } = await seenByCreates(toys, chain(toys), store);
    expect(said["a"]).toEqual(["a creating -", "b creating -", "c creating -"]);
    const [first] = store.history;
    expect(first?.resources["c"]).toEqual({
      type: "toy",
      status: "creating",
      token: "token-3",
      // Which resource it uses is not known yet.
      spec: { note: "x" },
      attrs: {},
      needs: [{ to: "b", loose: false }],
    });
  });

  it("is recorded right before its create where only the state tells whose a found resource is", async () => {
    const toys = new Toys();
    const { said } = await seenByCreates(toys, chain(toys, toys.kind("toy")));
    expect(said["a"]).toEqual(["a creating -"]);
    expect(said["b"]).toEqual(["a created a#1", "b creating -"]);
  });

  it("has the token that its create is called with, also in the run after a death", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const graph = chain(toys);
    toys.before = ({ verb, subject }) => {
      if (verb === "create" && subject === "b") toys.die();
    };
    await run(toys, graph, store);
    const { b, c } = (await store.state()).resources;
    toys.revive();
    await run(toys, graph, store);
    const tokens = toys.calls.filter(({ verb }) => verb === "create").map(({ subject, token }) => [subject, token]);
    expect(tokens).toEqual([
      ["a#1", "token-1"],
      ["b#1", b?.token],
      ["c#1", c?.token],
    ]);
    expect(toys.ids).toEqual(["a#1", "b#1", "c#1"]);
  });

  it("is taken back in the end where it was not begun", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    toys.before = ({ verb, subject }) => {
      if (verb === "create" && subject === "b") throw new Error("refused");
    };
    const { ends } = await run(toys, chain(toys), store);
    expect(ends).toEqual({ "make a": "done", "make b": "failed", "make c": "skipped" });
    expect(await saidBy(store)).toEqual(["a created a#1", "b creating -"]);
  });

  it("is taken back of deletes too, and what was applied is known as before", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    await run(toys, chain(toys), store);
    const { resources } = await store.state();
    toys.before = ({ verb, subject }) => {
      if (verb === "delete" && subject === "b#1") throw new Error("in use");
    };
    await run(toys, chain(toys), store, { teardown: true });
    const left = await store.state();
    expect(left.resources).toEqual({ a: resources["a"], b: { ...resources["b"], status: "deleting" } });
  });

  it("is recorded in a write of its own before each call where the one for all fails", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    let writes = 0;
    const said: Record<string, string[]> = {};
    toys.before = async ({ verb, subject }) => {
      if (verb === "write" && ++writes === 1) throw new Error("no space left on device");
      if (verb === "create") said[subject] = await saidBy(store);
    };
    const { ends } = await run(toys, chain(toys), store);
    expect(new Set(Object.values(ends))).toEqual(new Set(["done"]));
    expect(said["a"]).toContain("a creating -");
  });

  it("begins nothing more once a write fails, until one succeeds", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    let writes = 0;
    toys.latency = 5;
    toys.before = ({ verb }) => {
      if (verb === "write" && ++writes > 1) throw new Error("no space left on device");
    };
    await run(toys, chain(toys), store);
    expect(toys.ids).toEqual(["a#1"]);
    toys.revive();
    await run(toys, chain(toys), store);
    expect(toys.ids).toEqual(["a#1", "b#1", "c#1"]);
  });

  it("is no proof that a resource without a mark is the stack's", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const named = toys.kind("toy", { traits: ONCE });
    // A provider that finds by name what somebody else made.
    const byName: ToyKind = {
      ...named,
      observe: async (services, look) =>
        (await named.observe(services, look)) ?? {
          id: "foreign#1",
          owner: undefined,
          ready: true,
          status: "available",
          spec: { note: "theirs" },
          attrs: { id: "foreign#1", address: "foreign#1/v1" },
        },
    };
    const graph = new Graph<Toys>();
    graph.add("a", named, { note: "x" });
    toys.before = ({ verb }) => {
      if (verb === "create") toys.die();
    };
    await run(toys, graph, store);
    expect(await saidBy(store)).toEqual(["a creating -"]);
    toys.revive();
    toys.kinds.set("toy", byName);
    const again = new Graph<Toys>();
    again.add("a", byName, { note: "x" });
    await expect(run(toys, again, store)).rejects.toThrow("has no Fairlead owner tags");
  });
});
