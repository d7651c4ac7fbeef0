import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { KnownAfterApply } from "../../../src/engine/output.ts";
import { hasChanges, type Plan } from "../../../src/engine/action.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";
import type { ToySpec } from "../../support/toy-spec.ts";

const short = (plan: Plan<Toys>) => plan.actions.map(({ id, action, why }) => ({ id, action, why }));

/** A stack of one resource `a`, of a kind with everything that a plan looks at. */
function stage() {
  const toys = new Toys();
  const kind = toys.kind("toy", {
    fields: { size: { immutable: true }, name: { unique: true } },
    attrs: { address: { changesWith: ["note"] } },
  });
  const child = toys.kind("child");
  const graph = (spec?: ToySpec, mentions = true) => {
    const all = new Graph<Toys>();
    if (!spec) return all;
    const a = all.add("a", kind, spec);
    if (mentions) all.add("child", child, { mentions: a.address });
    return all;
  };
  return { toys, store: new ToyStore(toys), kind, child, graph };
}

describe("a plan", () => {
  it("creates what is not there, and says nothing of why", async () => {
    const { toys, store, graph } = stage();
    const plan = await planned(toys, graph({ size: 1 }), store);
    expect(short(plan)).toEqual([
      { id: "a", action: "create", why: undefined },
      { id: "child", action: "create", why: undefined },
    ]);
    expect(toys.log).toEqual([]);
    expect(hasChanges(plan)).toBe(true);
  });

  it("reports a resource deleted outside Fairlead", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph({ size: 1 }), store);
    toys.records.delete("a#1");
    const [action] = (await planned(toys, graph({ size: 1 }), store)).actions;
    expect(action).toMatchObject({ id: "a", action: "create", why: "deleted outside Fairlead" });
  });

  it("leaves alone what is as declared", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph({ size: 1 }), store);
    const plan = await planned(toys, graph({ size: 1 }), store);
    expect(plan.actions.map(({ action }) => action)).toEqual(["noop", "noop"]);
    expect(hasChanges(plan)).toBe(false);
  });

  it("updates in place, and lets a child know only what the update leaves as it is", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph({ size: 1, note: "a", count: 1 }), store);
    const counted = await planned(toys, graph({ size: 1, note: "a", count: 2 }), store);
    expect(counted.actions.map(({ action }) => action)).toEqual(["update", "noop"]);
    const noted = await planned(toys, graph({ size: 1, note: "b", count: 1 }), store);
    expect(noted.actions.map(({ action }) => action)).toEqual(["update", "update"]);
    expect(noted.actions[1]?.differences).toEqual([
      {
        path: "mentions",
        old: "a#1/v1",
        new: new KnownAfterApply("a.address"),
        cause: "change",
        replaces: false,
      },
    ]);
  });

  it("replaces for an immutable field, the new one first where the name changes too", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph({ name: "n", size: 1 }), store);
    const [moved] = (await planned(toys, graph({ name: "m", size: 2 }), store)).actions;
    expect(moved).toMatchObject({ action: "replace", order: "create-first", why: undefined });
    const [clashing] = (await planned(toys, graph({ name: "n", size: 2 }), store)).actions;
    expect(clashing).toMatchObject({ action: "replace", order: "delete-first", why: undefined });
  });

  it("replaces what failed, with the provider's reason", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph({ name: "n", size: 1 }), store);
    toys.record("a#1").failed = "no capacity";
    const [action] = (await planned(toys, graph({ name: "n", size: 1 }), store)).actions;
    expect(action).toMatchObject({ action: "replace", why: "failed: no capacity", differences: [] });
  });

  it("adopts a resource with the stack's owner tags that is not recorded", async () => {
    const { toys, store, graph } = stage();
    toys.plant("toy", "demo/a", { size: 1, note: "z" });
    const plan = await planned(toys, graph({ size: 1, note: "a" }), store);
    expect(plan.problems).toEqual([]);
    expect(plan.actions[0]).toMatchObject({ action: "adopt", why: "exists with this stack's owner tags" });
    expect(plan.actions[0]?.differences.map(({ path }) => path)).toEqual(["note"]);
    const { ends } = await run(toys, graph({ size: 1, note: "a" }), store);
    expect(ends).toEqual({ "make a": "done", "make child": "done" });
    expect(toys.log).toEqual(["update a#1 note", "create child#1"]);
    expect((await store.state()).resources["a"]).toMatchObject({ id: "a#1", status: "created" });
  });

  it.each([
    [
      undefined,
      "has no Fairlead owner tags",
      "Rename the stack, delete that resource, or adopt it: npx fairlead reconcile --adopt a=foreign#1",
    ],
    ["other/a", "belongs to other/a", "Rename the stack, or delete that resource."],
  ])("has a problem with a namesake whose owner is %s, and a teardown leaves it be", async (owner, says, todo) => {
    const { toys, store, kind } = stage();
    const { id } = toys.plant("toy", owner, { name: "n" });
    const finding = {
      ...kind,
      observe: async () => ({ id, owner, spec: {}, attrs: { id, address: "x" }, ready: true }),
    };
    toys.kinds.set("toy", finding);
    const graph = new Graph<Toys>();
    graph.add("a", finding, { name: "n" });
    expect((await planned(toys, graph, store)).problems).toEqual([
      `a: toy ${id} already exists and ${says}. No changes were made. ${todo}`,
    ]);
    const down = await planned(toys, graph, store, true);
    expect(down).toEqual({ actions: [], old: [], problems: [], incomplete: true });
  });

  it("deletes what is no longer in the config", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph({ size: 1 }), store);
    const plan = await planned(toys, graph({ size: 1 }, false), store);
    expect(short(plan)).toEqual([
      { id: "a", action: "noop", why: undefined },
      { id: "child", action: "delete", why: "no longer in the config" },
    ]);
  });

  it.each([false, true])("has a problem with a type that it does not know (teardown: %s)", async (teardown) => {
    const { toys, store, graph } = stage();
    await run(toys, graph({ size: 1 }), store);
    toys.kinds.delete("child");
    expect((await planned(toys, graph(), store, teardown)).problems).toEqual([
      "child: this version of Fairlead does not know resources of type child. Use the version that created it; if it is a resource kind of your own, add it to kinds in the config, next to resources.",
    ]);
  });

  it("deletes what is missing from the state if it has the stack's owner tags", async () => {
    const { toys, store, graph } = stage();
    toys.plant("toy", "demo/a", { size: 1 });
    const plan = await planned(toys, graph({ size: 1 }), store, true);
    expect(short(plan)).toEqual([{ id: "a", action: "delete", why: undefined }]);
    await run(toys, graph({ size: 1 }), store, { teardown: true });
    expect(toys.log).toEqual(["delete a#1"]);
  });

  it("reads each type once, however many resources there are", async () => {
    const { toys, store, kind } = stage();
    const graph = new Graph<Toys>();
    for (const id of ["a", "b", "c"]) graph.add(id, kind, { name: id });
    await planned(toys, graph, store);
    expect(toys.calls.map(({ verb, subject }) => `${verb} ${subject}`)).toEqual(["list toy"]);
  });
});
