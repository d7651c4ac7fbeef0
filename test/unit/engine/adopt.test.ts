import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";
import { named } from "../../support/toy-names.ts";
import type { ToySpec } from "../../support/toy-spec.ts";

/** A resource `a` whose labels are compared key by key, and a child that is told what `a` is called. */
function stage() {
  const toys = new Toys();
  const kind = toys.kind("toy", { fields: { size: { immutable: true }, labels: { keyed: true } } });
  const child = toys.kind("child");
  const graph = (spec: ToySpec = { size: 1, labels: { ours: "1" } }) => {
    const all = new Graph<Toys>();
    const a = all.add("a", kind, spec);
    all.add("child", child, { mentions: a.id });
    return all;
  };
  return { toys, store: new ToyStore(toys), graph };
}

const adopting = (id: string) => ({ adopt: new Map([["a", id]]) });
const problems = async ({ toys, store, graph }: ReturnType<typeof stage>, id: string) =>
  (await planned(toys, graph(), store, false, adopting(id))).problems;

describe("adopting by name", () => {
  it("adopts a resource without owner tags, keeps what others set on it, and creates no second one", async () => {
    const { toys, store, graph } = stage();
    const { id } = toys.plant("toy", undefined, { size: 1, labels: { theirs: "2" } });
    const { plan } = await run(toys, graph(), store, adopting(id));
    expect(plan.actions[0]).toMatchObject({ action: "adopt", why: "exists", foreign: ["labels.theirs"] });
    expect(toys.log).toEqual([`update ${id} labels`, "create child#1"]);
    expect(toys.record(id).spec).toEqual({ size: 1, labels: { theirs: "2", ours: "1" } });
    expect((await store.state()).resources["a"]).toMatchObject({ id, status: "created" });
    // Named once, it is ours from then on, whatever it bears.
    const again = await planned(toys, graph(), store);
    expect(again.problems).toEqual([]);
    expect(again.actions.map(({ action }) => action)).toEqual(["noop", "noop"]);
    expect(await planned(toys, graph(), store, false, adopting(id))).toEqual(again);
  });

  it("is what others refer to from then on", async () => {
    const { toys, store, graph } = stage();
    const { id } = toys.plant("toy", undefined, { size: 1 });
    await run(toys, graph(), store, adopting(id));
    expect(toys.record("child#1").spec).toEqual({ mentions: id });
  });

  it("continues without --adopt if the run died during it", async () => {
    const { toys, store, graph } = stage();
    const { id } = toys.plant("toy", undefined, { size: 1 });
    toys.before = ({ verb }) => {
      if (verb === "update") toys.die();
    };
    await run(toys, graph(), store, adopting(id));
    toys.revive();
    await run(toys, graph(), store);
    expect(toys.log).toEqual([`update ${id} labels`, "create child#1"]);
    expect(toys.ids).toEqual(["child#1", id]);
  });

  it("continues without --adopt also where an earlier run died before it created one", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const graph = named(toys.kind("toy", { traits: { markedAtOnce: true } }));
    toys.before = ({ verb }) => {
      if (verb === "create") toys.die();
    };
    await run(toys, graph, store);
    toys.revive();
    const { id } = toys.plant("toy", undefined, { name: "one", note: "theirs" });
    toys.before = ({ verb }) => {
      if (verb === "update") toys.die();
    };
    await run(toys, graph, store, adopting(id));
    toys.revive();
    await run(toys, graph, store);
    expect(toys.log).toEqual([`update ${id} note`]);
    expect((await store.state()).resources["a"]).toMatchObject({ id, status: "created" });
  });

  it("also accepts a resource that already has the stack's owner tags", async () => {
    const { toys, store, graph } = stage();
    const { id } = toys.plant("toy", "demo/a", { size: 1, labels: { ours: "1" } });
    expect((await run(toys, graph(), store, adopting(id))).ends).toEqual({ "make a": "done", "make child": "done" });
    expect(toys.log).toEqual(["create child#1"]);
  });

  it("adopts the named one if another has the stack's owner tags", async () => {
    const { toys, store, graph } = stage();
    toys.plant("toy", "demo/a", { size: 1 });
    const { id } = toys.plant("toy", undefined, { size: 1 });
    await run(toys, graph(), store, adopting(id));
    expect((await store.state()).resources["a"]).toMatchObject({ id });
  });
});

describe("adopting is refused", () => {
  it("if the stack already has another resource in that place", async () => {
    const at = stage();
    await run(at.toys, at.graph(), at.store);
    const { id } = at.toys.plant("toy", undefined, { size: 1 });
    expect(await problems(at, id)).toEqual([
      `a: the state already records a#1, so toy ${id} cannot be adopted. No changes were made. To remove a#1 from the state: npx fairlead state rm a`,
    ]);
  });

  it("if there is no such resource, even if another one has the stack's owner tags", async () => {
    const at = stage();
    const none = [
      "a: toy nowhere#1 does not exist in this account and region, so it cannot be adopted. No changes were made.",
    ];
    expect(await problems(at, "nowhere#1")).toEqual(none);
    at.toys.plant("toy", "demo/a", { size: 1 });
    expect(await problems(at, "nowhere#1")).toEqual(none);
  });

  it("if it belongs to another stack, or to another resource of this stack", async () => {
    const at = stage();
    for (const owner of ["other/a", "demo/b"]) {
      const { id } = at.toys.plant("toy", owner, { size: 1 });
      expect(await problems(at, id)).toEqual([
        `a: toy ${id} belongs to ${owner} and cannot be adopted. No changes were made.`,
      ]);
    }
  });

  it("where it failed", async () => {
    const at = stage();
    const { id } = at.toys.plant("toy", undefined, { size: 1 }, { failed: "no capacity" });
    expect(await problems(at, id)).toEqual([
      `a: toy ${id} cannot be adopted: it failed (no capacity). No changes were made.`,
    ]);
  });

  it("where it would have to be replaced for it", async () => {
    const at = stage();
    const { id } = at.toys.plant("toy", undefined, { size: 2 });
    expect(await problems(at, id)).toEqual([
      `a: toy ${id} cannot be adopted: size cannot be changed in place to match the config, and adoption never replaces a resource. No changes were made. Change the config to match the resource, or adopt another one.`,
    ]);
  });
});
