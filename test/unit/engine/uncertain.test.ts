import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { UncertainAnswer } from "../../../src/engine/resource-kind.ts";
import { run, ToyStore, Toys } from "../../support/toy.ts";

/** One resource whose kind's lists may lag by `lag` seconds. */
function stage(lag?: number) {
  const toys = new Toys();
  const kind = toys.kind("toy", {
    timing: { ready: 10, ...(lag === undefined ? {} : { listed: lag }) },
    later: ["note"],
  });
  const graph = (note: string) => {
    const all = new Graph<Toys>();
    all.add("a", kind, { size: 1, note });
    return all;
  };
  toys.lag = (lag ?? 0) * 1000;
  return { toys, store: new ToyStore(toys), graph };
}

/** Answers the first `times` calls of `command` uncertainly: before the work is done, or after it. */
function unsure(toys: Toys, when: "before" | "after", verb: "create" | "configure" | "update" | "delete", times = 1) {
  const lost: UncertainAnswer[] = [];
  toys[when] = (call) => {
    if (call.verb !== verb || lost.length >= times) return;
    const error = new UncertainAnswer("The answer was lost.");
    lost.push(error);
    throw error;
  };
  return lost;
}

describe("an uncertain answer", () => {
  it("to a completed create is looked up, and nothing is created twice", async () => {
    const { toys, store, graph } = stage();
    const [lost] = [unsure(toys, "after", "create")];
    const { ends, events } = await run(toys, graph("x"), store);
    expect(ends).toEqual({ "make a": "done" });
    expect(toys.log).toEqual(["create a#1", "update a#1 note"]);
    expect((await store.state()).resources["a"]).toMatchObject({ id: "a#1", status: "created", token: "token-1" });
    expect(events.filter(({ event }) => event === "uncertain")).toEqual([
      { event: "uncertain", id: "a", at: 0, error: lost[0] },
    ]);
  });

  it.each([1, 15])("to a create that was done is found also where lists lag by %i s", async (lag) => {
    const { toys, store, graph } = stage(lag);
    unsure(toys, "after", "create");
    expect((await run(toys, graph("x"), store)).ends).toEqual({ "make a": "done" });
    expect(toys.log).toEqual(["create a#1", "update a#1 note"]);
    expect(toys.ids).toEqual(["a#1"]);
  });

  it("to a create that was not done makes it once, with the same token", async () => {
    const { toys, store, graph } = stage();
    unsure(toys, "before", "create", 2);
    expect((await run(toys, graph("x"), store)).ends).toEqual({ "make a": "done" });
    expect(toys.log).toEqual(["create a#1", "configure a#1"]);
    expect(toys.calls.filter(({ verb }) => verb === "create").map(({ token }) => token)).toEqual(["token-1"]);
    // Each time for the five seconds that a finished create may stay out of the lists.
    expect(toys.calls.find(({ verb }) => verb === "create")?.at).toBe(10_000);
  });

  it("to a later step of a create continues from what exists", async () => {
    const { toys, store, graph } = stage();
    unsure(toys, "before", "configure");
    expect((await run(toys, graph("x"), store)).ends).toEqual({ "make a": "done" });
    expect(toys.log).toEqual(["create a#1", "update a#1 note"]);
    expect(toys.record("a#1").spec).toEqual({ size: 1, note: "x" });
  });

  it.each(["before", "after"] as const)("to an update is looked up (lost %s it was done)", async (when) => {
    const { toys, store, graph } = stage();
    await run(toys, graph("x"), store);
    toys.calls.length = 0;
    unsure(toys, when, "update");
    expect((await run(toys, graph("y"), store)).ends).toEqual({ "make a": "done" });
    expect(toys.log).toEqual(["update a#1 note"]);
    expect(toys.record("a#1").spec).toEqual({ size: 1, note: "y" });
    expect((await store.state()).resources["a"]?.spec).toEqual({ size: 1, note: "y" });
  });

  it("to the create of a replacement takes nothing for it that was deleted to make room, and lists still show", async () => {
    const toys = new Toys();
    const fields = { size: { immutable: true, unique: true }, count: { immutable: true } } as const;
    const kind = toys.kind("toy", { fields });
    let former: Awaited<ReturnType<typeof kind.observe>>;
    const lagging: typeof kind = {
      ...kind,
      async observe(services, look) {
        const seen = await kind.observe(services, look);
        former ??= seen;
        return seen ?? former;
      },
    };
    toys.kinds.set("toy", lagging);
    const store = new ToyStore(toys);
    const graph = (count: number) => {
      const all = new Graph<Toys>();
      all.add("a", lagging, { size: 1, count });
      return all;
    };
    await run(toys, graph(1), store);
    toys.calls.length = 0;
    toys.lag = 2_000;
    unsure(toys, "after", "create");
    expect((await run(toys, graph(2), store)).ends).toEqual({ "delete a": "done", "make a": "done" });
    expect(toys.log).toEqual(["delete a#1", "create a#2"]);
    expect((await store.state()).resources["a"]).toMatchObject({ id: "a#2", spec: { size: 1, count: 2 } });
  });

  it.each(["before", "after"] as const)("to a delete is looked up (lost %s it was done)", async (when) => {
    const { toys, store, graph } = stage();
    await run(toys, graph("x"), store);
    toys.calls.length = 0;
    unsure(toys, when, "delete");
    const { ends, events } = await run(toys, graph("x"), store, { teardown: true });
    expect(ends).toEqual({ "delete a": "done" });
    expect(toys.log).toEqual(["delete a#1"]);
    expect(events.map(({ event }) => event)).toContain("uncertain");
    expect(store.text).toBeUndefined();
  });

  it.each(["before", "after"] as const)(
    "is looked up once in a run that is being stopped (lost %s the create)",
    async (when) => {
      const { toys, store, graph } = stage();
      const stop = new AbortController();
      const lost = unsure(toys, when, "create", 5);
      const onCall = toys[when];
      toys[when] = (call) => {
        if (call.verb === "create") stop.abort(new Error("stopped"));
        return onCall(call);
      };
      const { ends } = await run(toys, graph("x"), store, { stop: stop.signal });
      expect(lost).toHaveLength(1);
      expect(ends).toEqual({ "make a": "stopped" });
      expect((await store.state()).resources["a"]).toMatchObject({
        status: when === "before" ? "creating" : "created",
        token: "token-1",
      });
      toys.before = toys.after = () => {};
      expect((await run(toys, graph("x"), store)).ends).toEqual({ "make a": "done" });
      expect(toys.ids).toEqual(["a#1"]);
    },
  );

  it("to a delete is not sent again in a run that is being stopped", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph("x"), store);
    const stop = new AbortController();
    const lost = unsure(toys, "before", "delete", 5);
    const onCall = toys.before;
    toys.before = (call) => {
      if (call.verb === "delete") stop.abort(new Error("stopped"));
      return onCall(call);
    };
    const { ends } = await run(toys, graph("x"), store, { teardown: true, stop: stop.signal });
    expect(ends).toEqual({ "delete a": "stopped" });
    expect(lost).toHaveLength(1);
    toys.before = () => {};
    expect((await run(toys, graph("x"), store, { teardown: true })).ends).toEqual({ "delete a": "done" });
    expect(store.text).toBeUndefined();
  });

  it("to a delete that was accepted is waited for, and not sent again to what is on its way out", async () => {
    const toys = new Toys();
    const plain = toys.kind("toy", { timing: { gone: 5 } });
    const isLeaving = (id: string) => toys.records.get(id)?.goneAt !== undefined;
    const kind: typeof plain = {
      ...plain,
      async observe(services, look) {
        const seen = await plain.observe(services, look);
        return seen && isLeaving(seen.id) ? { ...seen, leaving: true } : seen;
      },
      async delete(services, observed) {
        if (isLeaving(observed.id)) throw new Error("IncorrectState: it is being deleted.");
        return plain.delete(services, observed);
      },
    };
    toys.kinds.set("toy", kind);
    const graph = new Graph<Toys>();
    graph.add("a", kind, { note: "x" });
    const store = new ToyStore(toys);
    await run(toys, graph, store);
    unsure(toys, "after", "delete");
    expect((await run(toys, graph, store, { teardown: true })).ends).toEqual({ "delete a": "done" });
    expect(toys.ids).toEqual([]);
    expect(store.text).toBeUndefined();
  });

  it("to a delete fails after twelve of them, and the next run deletes it", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph("x"), store);
    const lost = unsure(toys, "before", "delete", 100);
    const { ends, applied } = await run(toys, graph("x"), store, { teardown: true });
    expect(ends).toEqual({ "delete a": "failed" });
    expect(lost).toHaveLength(12);
    expect(applied.outcomes.get("delete a")?.error).toBe(lost.at(-1));
    toys.revive();
    expect((await run(toys, graph("x"), store, { teardown: true })).ends).toEqual({ "delete a": "done" });
    expect(toys.ids).toEqual([]);
  });

  it("fails after twelve of them, remembers that it may be there, and the next run finds it", async () => {
    const { toys, store, graph } = stage();
    const lost = unsure(toys, "before", "create", 100);
    const { ends, applied } = await run(toys, graph("x"), store);
    expect(ends).toEqual({ "make a": "failed" });
    expect(lost).toHaveLength(12);
    expect(applied.outcomes.get("make a")?.error).toBe(lost.at(-1));
    expect((await store.state()).resources["a"]).toMatchObject({ status: "creating", token: "token-1" });
    toys.revive();
    toys.plant("toy", "demo/a", { size: 1, note: "x" });
    expect((await run(toys, graph("x"), store)).ends).toEqual({ "make a": "done" });
    expect(toys.log).toEqual([]);
    expect((await store.state()).resources["a"]).toMatchObject({ id: "a#1", status: "created" });
  });

  it("that a run died of is looked up by the next run with the same token, even if lists lag", async () => {
    const { toys, store, graph } = stage(15);
    toys.after = ({ verb }) => {
      if (verb === "create") toys.die();
    };
    await run(toys, graph("x"), store);
    toys.revive();
    expect((await run(toys, graph("x"), store)).ends).toEqual({ "make a": "done" });
    expect(toys.log).toEqual(["create a#1", "update a#1 note"]);
    expect(toys.ids).toEqual(["a#1"]);
  });

  it("is none where the provider refuses: that fails at once and is made in the next run with the same token", async () => {
    const { toys, store, graph } = stage();
    toys.before = ({ verb }) => {
      if (verb === "create") throw new Error("refused");
    };
    const { ends, events } = await run(toys, graph("x"), store);
    expect(ends).toEqual({ "make a": "failed" });
    expect(events.map(({ event }) => event)).toEqual(["started", "failed"]);
    toys.revive();
    await run(toys, graph("x"), store);
    expect(toys.calls.filter(({ verb }) => verb === "create").map(({ token }) => token)).toEqual(["token-1"]);
  });
});
