import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { run, ToyStore, Toys, type ToyKind } from "../../support/toy.ts";

/** A way in that others live by without needing it, and what takes its time until it uses another one. */
async function removed(successor: "elsewhere" | "in its place") {
  const toys = new Toys();
  const way = toys.kind("way", { traits: { deletedLast: true }, fields: { name: { unique: true } } });
  const user = toys.kind("user", { timing: { ready: 9 } });
  const graph = (version: 1 | 2) => {
    const all = new Graph<Toys>();
    const name = version === 1 || successor === "in its place" ? "here" : "there";
    all.add(`way-${version}`, way, { name });
    all.add("user", user, { note: `v${version}` });
    return all;
  };
  const store = new ToyStore(toys);
  await run(toys, graph(1), store);
  const { applied } = await run(toys, graph(2), store);
  return (key: string) => applied.outcomes.get(key);
}

describe("what is deleted last", () => {
  it("goes once everything else is ready", async () => {
    const when = await removed("elsewhere");
    expect(when("delete way-1")?.startedAt).toBeGreaterThanOrEqual(when("make user")?.doneAt ?? Infinity);
  });

  it("does not wait for a new one that needs its place", async () => {
    const when = await removed("in its place");
    expect(when("delete way-1")?.startedAt).toBe(when("make way-2")?.startedAt);
  });
});

describe("what adds first where some fields change", () => {
  it("has a second step for those only", async () => {
    const toys = new Toys();
    const gate = toys.kind("gate", { traits: { addsFirst: ["labels"] } });
    const graph = (note: string, labels: Readonly<Record<string, string>>) => {
      const all = new Graph<Toys>();
      all.add("gate", gate, { note, labels });
      return all;
    };
    const store = new ToyStore(toys);
    await run(toys, graph("a", {}), store);
    const noted = await run(toys, graph("b", {}), store);
    expect(Object.keys(noted.ends)).toEqual(["make gate"]);
    const labelled = await run(toys, graph("b", { colour: "red" }), store);
    expect(Object.keys(labelled.ends)).toEqual(["make gate", "narrow gate"]);
  });
});

describe("what goes alone", () => {
  /** A history of 100 parts, each of which takes a second to delete, and the role that it names. */
  async function deleted(stop?: AbortController, stopAt = Infinity) {
    const toys = new Toys();
    const declared = toys.kind("history", { traits: { goesAlone: true } });
    let parts = 100;
    const history: ToyKind = {
      ...declared,
      async delete(services, observed, deleting) {
        deleting?.released();
        for (const all = parts; parts > 0; parts--) {
          if (toys.clock.now() >= stopAt) stop?.abort(new Error("stopped"));
          deleting?.step(`part ${all - parts + 1} of ${all}`, all);
          await toys.clock.sleep(1_000);
        }
        // What it refers to may be gone by now.
        toys.record(observed.id).spec = {};
        await declared.delete(services, observed);
      },
    };
    toys.kinds.set("history", history);
    const graph = new Graph<Toys>();
    const role = graph.add("role", toys.kind("role"), {});
    graph.add("history", history, { mentions: role.id });
    const store = new ToyStore(toys);
    await run(toys, graph, store);
    const down = await run(toys, graph, store, { teardown: true, ...(stop && { stop: stop.signal }) });
    return { toys, graph, store, down, left: () => parts };
  }

  it("holds up the delete of nothing that it refers to, and says how far it is and how long it takes", async () => {
    const { toys, down } = await deleted();
    expect(down.ends).toEqual({ "delete history": "done", "delete role": "done" });
    expect(toys.log.slice(-2)).toEqual(["delete role#1", "delete history#1"]);
    expect(down.applied.outcomes.get("delete role")?.doneAt).toBe(0);
    expect(down.events.filter(({ event }) => event === "waiting")).toHaveLength(100);
    expect(down.events).toContainEqual({
      event: "waiting",
      id: "history",
      for: "gone",
      status: "part 40 of 100",
      usual: 100,
      since: 0,
      at: 39_000,
    });
  });

  it("stops at once, and the next run deletes what is left", async () => {
    const { toys, graph, store, down, left } = await deleted(new AbortController(), 30_000);
    expect(down.ends).toEqual({ "delete history": "stopped", "delete role": "done" });
    expect([toys.clock.now(), left()]).toEqual([30_000, 70]);
    expect(toys.ids).toEqual(["history#1"]);
    expect((await store.state()).resources["history"]?.status).toBe("deleting");
    expect((await run(toys, graph, store, { teardown: true })).ends).toEqual({ "delete history": "done" });
    expect(toys.ids).toEqual([]);
    expect(store.text).toBeUndefined();
  });
});
