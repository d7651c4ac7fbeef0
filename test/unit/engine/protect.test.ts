import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { lossesIn } from "../../../src/engine/protect.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";
import type { ToySpec } from "../../support/toy-spec.ts";

/** A store that holds data and a reader of it that holds none; whatever has no spec is not declared. */
function stage() {
  const toys = new Toys();
  const [store, reader] = [
    toys.kind("store", { fields: { size: { immutable: true } }, traits: { holdsData: true } }),
    toys.kind("reader", { fields: { size: { immutable: true } } }),
  ];
  const graph = (specs: { store?: ToySpec; reader?: ToySpec }) => {
    const all = new Graph<Toys>();
    if (specs.store) all.add("store", store, specs.store);
    if (specs.reader) all.add("reader", reader, specs.reader);
    return all;
  };
  return { toys, state: new ToyStore(toys), graph };
}

const STANDING = { store: { size: 1 }, reader: { size: 1 } };
const why = (verb: string, what = "store store#1") =>
  `store: ${what} would be ${verb} and its data lost, but the stack is protected. No changes were made. Revert the edit, or set protect to false.`;

describe("a protected stack", () => {
  const EDITS: readonly (readonly [string, Parameters<ReturnType<typeof stage>["graph"]>[0], string[]])[] = [
    ["deletes what holds data", { reader: { size: 1 } }, [why("deleted")]],
    ["replaces what holds data", { ...STANDING, store: { size: 2 } }, [why("replaced")]],
    ["changes what holds data in place", { ...STANDING, store: { size: 1, note: "new" } }, []],
    ["replaces what holds none", { ...STANDING, reader: { size: 2 } }, []],
    ["deletes what holds none", { store: { size: 1 } }, []],
  ];

  it.each(EDITS)("is planned where an edit %s", async (_edit, specs, problems) => {
    const { toys, state, graph } = stage();
    await run(toys, graph(STANDING), state);
    const plan = await planned(toys, graph(specs), state, false, { protect: true });
    expect(plan.problems).toEqual(problems);
    expect(plan.actions.filter(({ action }) => action !== "noop")).toHaveLength(1);
    expect((await planned(toys, graph(specs), state)).problems).toEqual([]);
  });

  it("creates what holds data, and creates it again if it was deleted outside Fairlead: nothing is lost by that", async () => {
    const { toys, state, graph } = stage();
    await run(toys, graph(STANDING), state, { protect: true });
    toys.records.delete("store#1");
    await run(toys, graph(STANDING), state, { protect: true });
    expect(toys.ids).toEqual(["reader#1", "store#2"]);
    // What is declared no more and is gone anyway is only forgotten.
    toys.records.delete("store#2");
    await run(toys, graph({ reader: { size: 1 } }), state, { protect: true });
    expect(Object.keys((await state.state()).resources)).toEqual(["reader"]);
  });

  it("refuses to replace what failed", async () => {
    const { toys, state, graph } = stage();
    await run(toys, graph(STANDING), state);
    toys.record("store#1").failed = "no capacity";
    const plan = await planned(toys, graph(STANDING), state, false, { protect: true });
    expect(plan.problems).toEqual([why("replaced")]);
  });

  it("refuses to delete the earlier generation that a run before it left", async () => {
    const { toys, state, graph } = stage();
    await run(toys, graph(STANDING), state);
    toys.before = ({ verb }) => {
      if (verb === "delete") throw new Error("Not now.");
    };
    await run(toys, graph({ ...STANDING, store: { size: 2 } }), state);
    toys.before = () => {};
    const plan = await planned(toys, graph({ ...STANDING, store: { size: 2 } }), state, false, { protect: true });
    expect(plan.problems).toEqual([why("deleted", "the earlier store store#1")]);
    toys.records.delete("store#1");
    const gone = await planned(toys, graph({ ...STANDING, store: { size: 2 } }), state, false, { protect: true });
    expect(gone.problems).toEqual([]);
  });

  it("reports every loss together with the other errors", async () => {
    const { toys, state, graph } = stage();
    await run(toys, graph(STANDING), state);
    toys.kinds.delete("reader");
    const plan = await planned(toys, graph({}), state, false, { protect: true });
    expect(plan.problems).toEqual([expect.stringContaining("does not know resources of type reader"), why("deleted")]);
    expect(lossesIn(plan)).toEqual([why("deleted")]);
  });
});
