import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { run, ToyStore, Toys, type ToyKind } from "../../support/toy.ts";

describe("what a teardown deletes beside what it needs", () => {
  /** A table that names a ground, and something that stays where `stays` says so. */
  async function deleted(stays: boolean) {
    const toys = new Toys();
    toys.latency = 1_000;
    const table = toys.kind("table", { traits: { deletedBeside: ["ground"] } });
    const graph = (withTable: boolean) => {
      const all = new Graph<Toys>();
      if (stays) all.add("else", toys.kind("else"), {});
      if (withTable) all.add("table", table, { mentions: all.add("ground", toys.kind("ground"), {}).id });
      return all;
    };
    const store = new ToyStore(toys);
    await run(toys, graph(true), store);
    const { applied } = await run(toys, graph(!stays), store, { teardown: !stays });
    return (id: string) => applied.outcomes.get(`delete ${id}`);
  }

  it("starts with it", async () => {
    const when = await deleted(false);
    expect(when("ground")?.startedAt).toBe(when("table")?.startedAt);
    expect([when("ground")?.state, when("table")?.state]).toEqual(["done", "done"]);
  });

  it("still goes first where something else stays", async () => {
    const when = await deleted(true);
    expect(when("ground")?.startedAt).toBeGreaterThanOrEqual(when("table")?.doneAt ?? Infinity);
  });
});

describe("what is deleted with another", () => {
  /** A whole, its part, and a user of the part. `whole`: how the whole answers its delete, and what `observe` says beside the rest. */
  function stack(whole: { readonly refuses?: string; readonly stays?: string } = {}) {
    const toys = new Toys();
    const declared = toys.kind("whole");
    const kind: ToyKind = {
      ...declared,
      async observe(services, look) {
        const seen = await declared.observe(services, look);
        return seen && { ...seen, stays: whole.stays };
      },
      async delete(services, observed, deleting) {
        if (whole.refuses !== undefined) throw new Error(whole.refuses);
        const answer = await declared.delete(services, observed, deleting);
        toys.records.delete("part#1");
        return answer;
      },
    };
    toys.kinds.set("whole", kind);
    const part = toys.kind("part", { traits: { deletedWith: ["whole"] } });
    const graph = (parts: boolean, more = false) => {
      const all = new Graph<Toys>();
      if (more) all.add("else", toys.kind("else"), {});
      if (!parts) return all;
      const id = all.add("part", part, { mentions: all.add("whole", kind, {}).id }).id;
      all.add("user", toys.kind("user"), { uses: [id] });
      return all;
    };
    return { toys, graph, store: new ToyStore(toys) };
  }
  const deletes = (toys: Toys) => toys.log.filter((line) => line.startsWith("delete "));

  it("takes no call of its own, and what uses it goes before both", async () => {
    const { toys, graph, store } = stack();
    await run(toys, graph(true), store);
    const { applied } = await run(toys, graph(true), store, { teardown: true });
    expect(deletes(toys)).toEqual(["delete user#1", "delete whole#1"]);
    expect([...applied.outcomes.values()].map(({ state }) => state)).toEqual(["done", "done", "done"]);
    expect((await store.state()).resources).toEqual({});
  });

  it("may need another one that goes with the same", async () => {
    const { toys, store } = stack();
    const graph = new Graph<Toys>();
    const part = toys.kind("part", { traits: { deletedWith: ["whole"] } });
    const piece = toys.kind("piece", { traits: { deletedWith: ["part"] } });
    const whole = graph.add("whole", toys.kind("whole"), {});
    const one = graph.add("part", part, { mentions: whole.id });
    const first = graph.add("first", piece, { mentions: one.id });
    graph.add("second", piece, { mentions: one.id }, { after: [first] });
    graph.add("user", toys.kind("user"), {}, { after: [first] });
    await run(toys, graph, store);
    await run(toys, graph, store, { teardown: true });
    expect(deletes(toys)).toEqual(["delete user#1", "delete whole#1"]);
    expect((await store.state()).resources).toEqual({});
  });

  it("stays in the state where the other cannot be deleted, and is done by the next run", async () => {
    const refusing: { refuses?: string } = { refuses: "it is protected" };
    const { toys, graph, store } = stack(refusing);
    await run(toys, graph(true), store);
    const { applied } = await run(toys, graph(true), store, { teardown: true });
    expect(applied.outcomes.get("delete part")).toMatchObject({ state: "skipped", why: "whole failed" });
    expect(Object.keys((await store.state()).resources)).toEqual(["whole", "part"]);
    delete refusing.refuses;
    await run(toys, graph(true), store, { teardown: true });
    expect(deletes(toys)).toEqual(["delete user#1", "delete whole#1"]);
    expect((await store.state()).resources).toEqual({});
  });

  it("is deleted itself where the other is shared and stays", async () => {
    const { toys, graph, store } = stack({ stays: "it is shared" });
    await run(toys, graph(true), store);
    await run(toys, graph(true), store, { teardown: true });
    expect(deletes(toys)).toEqual(["delete user#1", "delete part#1"]);
  });

  it("is deleted itself, and first, where something else stays", async () => {
    const { toys, graph, store } = stack();
    await run(toys, graph(true, true), store);
    await run(toys, graph(false, true), store);
    expect(deletes(toys)).toEqual(["delete user#1", "delete part#1", "delete whole#1"]);
  });
});

describe("what is gone by the provider's word", () => {
  it.each([
    ["gone", 0],
    [undefined, 60_000],
  ] as const)("is not waited for: %s", async (answer, least) => {
    const toys = new Toys();
    const declared = toys.kind("slow", { timing: { gone: 60 } });
    const slow: ToyKind = {
      ...declared,
      delete: async (services, observed, deleting) => (await declared.delete(services, observed, deleting), answer),
    };
    toys.kinds.set("slow", slow);
    const graph = new Graph<Toys>();
    graph.add("slow", slow, {});
    const store = new ToyStore(toys);
    await run(toys, graph, store);
    const { applied } = await run(toys, graph, store, { teardown: true });
    const { startedAt = 0, doneAt = 0 } = applied.outcomes.get("delete slow") ?? {};
    expect(doneAt - startedAt).toBeGreaterThanOrEqual(least);
    expect(doneAt - startedAt === 0).toBe(answer === "gone");
  });
});
