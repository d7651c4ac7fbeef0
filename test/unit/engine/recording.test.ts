import { describe, expect, it } from "vitest";
import type { State } from "../../../state/state.ts";
import { run, ToyStore, Toys } from "../../support/toy.ts";
import { chainOf, saidBy } from "../../support/toy-chain.ts";

/** A store at the other end of a slow network: each write takes so many turns of the event loop. */
class FarStore extends ToyStore {
  override async write(state: State): Promise<void> {
    for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
    await super.write(state);
  }
}

/** The chain of a kind that is marked after its create; `later`: fields that each sets with a further call after its create. */
const chain = (toys: Toys, later: readonly "note"[] = []) => chainOf(toys.kind("toy", { later }));

describe("the record of what a run does", () => {
  it("has `creating` on disk before a create is called, and the id of what it depends on", async () => {
    const toys = new Toys();
    const store = new FarStore(toys);
    const said: Record<string, string[]> = {};
    toys.before = async ({ verb, subject }) => {
      if (verb === "create") said[subject] = await saidBy(store);
    };
    const { ends } = await run(toys, chain(toys), store);
    expect(new Set(Object.values(ends))).toEqual(new Set(["done"]));
    expect(said).toEqual({
      a: ["a creating -"],
      b: ["a created a#1", "b creating -"],
      c: ["a created a#1", "b created b#1", "c creating -"],
    });
    expect((await store.state()).resources["a"]).toEqual({
      type: "toy",
      status: "created",
      token: "token-1",
      id: "a#1",
      spec: { note: "x" },
      attrs: { id: "a#1", address: "a#1/v1" },
      needs: [],
    });
  });

  it("costs a create no write of its own but the first: a dependent's takes along what came before", async () => {
    const toys = new Toys();
    const store = new FarStore(toys);
    await run(toys, chain(toys), store);
    // One for each intent, and one for what was done last, which says of a new state that it is complete too.
    expect(store.history).toHaveLength(4);
    expect(await store.state()).not.toHaveProperty("incomplete");
  });

  it("does not call a new state complete where what was done last could not be recorded", async () => {
    const toys = new Toys();
    const store = new FarStore(toys);
    let writes = 0;
    toys.before = ({ verb }) => {
      if (verb === "write" && ++writes === 4) throw new Error("no space left on device");
    };
    const { ends } = await run(toys, chain(toys), store);
    expect(ends).toEqual({ "make a": "done", "make b": "done", "make c": "failed" });
    expect(await store.state()).toHaveProperty("incomplete", true);
    expect((await saidBy(store)).at(-1)).toBe("c creating -");
  });

  it("has `deleting` on disk before a delete is called, and lets what waits for it go on", async () => {
    const toys = new Toys();
    const store = new FarStore(toys);
    await run(toys, chain(toys), store);
    const said: Record<string, string[]> = {};
    toys.before = async ({ verb, subject }) => {
      if (verb === "delete") said[subject] = await saidBy(store);
    };
    const writes = store.history.length;
    await run(toys, chain(toys), store, { teardown: true });
    const all = ["a deleting a#1", "b deleting b#1", "c deleting c#1"];
    expect(said["c#1"]).toEqual(all);
    // What is gone is taken out with the next write.
    expect(all).toEqual(expect.arrayContaining([...(said["b#1"] ?? []), ...(said["a#1"] ?? [])]));
    expect(said["a#1"]).toContain("a deleting a#1");
    expect(said["b#1"]).toContain("b deleting b#1");
    expect(store.history.length - writes).toBeLessThanOrEqual(4);
    expect(store.text).toBeUndefined();
  });

  it("calls nothing done that is not recorded, and nothing that depends on it begins", async () => {
    const toys = new Toys();
    const store = new FarStore(toys);
    const full = new Error("no space left on device");
    let writes = 0;
    toys.before = ({ verb }) => {
      if (verb === "write" && ++writes > 1) throw full;
    };
    const { applied, ends } = await run(toys, chain(toys), store);
    expect(ends).toEqual({ "make a": "failed", "make b": "failed", "make c": "skipped" });
    expect(applied.outcomes.get("make a")?.error).toBe(full);
    expect(toys.log).toEqual(["create a#1"]);
    // The next run finds it by its owner.
    toys.revive();
    const again = await run(toys, chain(toys), store);
    expect(new Set(Object.values(again.ends))).toEqual(new Set(["done"]));
    expect(toys.log).toEqual(["create a#1", "create b#1", "create c#1"]);
  });

  it("is whole when a run ends whose calls failed", async () => {
    const toys = new Toys();
    const store = new FarStore(toys);
    toys.before = ({ verb }) => {
      if (verb === "configure") throw new Error("refused");
    };
    const { ends } = await run(toys, chain(toys, ["note"]), store);
    expect(ends).toEqual({ "make a": "failed", "make b": "skipped", "make c": "skipped" });
    expect(await saidBy(store)).toEqual(["a creating a#1"]);
  });
});
