import { beforeEach, describe, expect, it } from "vitest";
import { apply } from "../../../src/engine/apply.ts";
import { Graph } from "../../../src/engine/graph.ts";
import { Journal } from "../../../src/engine/journal.ts";
import { ownLists } from "../../../src/engine/inventory.ts";
import { strays } from "../../../src/engine/sweep.ts";
import { planned, run, ToyStore, Toys, worldOf, type ToyKind } from "../../support/toy.ts";

let toys: Toys;
let store: ToyStore;
beforeEach(() => {
  toys = new Toys();
  store = new ToyStore(toys);
});

/** A kind that lists all there is of it. */
const kind = (type: string, switches: Parameters<Toys["kind"]>[1] = {}) =>
  toys.kind(type, {
    list: async () => [...toys.records.values()].filter((one) => one.type === type),
    ...switches,
  });

/** A ground with a house on it. */
function stack(ground: ToyKind, house: ToyKind) {
  const graph = new Graph<Toys>();
  graph.add("house", house, { uses: [graph.add("ground", ground, { size: 1 }).id] });
  return graph;
}

const found = async (graph: Graph<Toys>) =>
  strays(worldOf(toys), ownLists([...toys.kinds.values()]), await planned(toys, graph, store, true));

/** Carries the whole teardown out; answers how each task ended that was not done. */
async function tornDown(graph: Graph<Toys>) {
  const { plan } = await found(graph);
  const journal = new Journal(store, toys.clock, await store.state());
  const given = { token: toys.nextToken, secret: () => "secret", tell: () => {}, limit: 12, clock: toys.clock };
  const { outcomes } = await apply({ ...worldOf(toys), ...given, journal }, plan);
  return Object.fromEntries([...outcomes].filter(([, { state }]) => state !== "done"));
}

const deletes = () => toys.log.filter((line) => line.startsWith("delete ")).map((line) => line.slice(7));

describe("strays", () => {
  it("are resources with the stack's owner tags that the plan does not know, with the reason; nothing is changed", async () => {
    const graph = stack(kind("ground"), kind("house"));
    await run(toys, graph, store);
    toys.plant("ground", "demo/ground", {});
    toys.plant("house", "demo/of/an/older/version", {});
    for (const owner of ["other/ground", "demo-2/ground", undefined]) toys.plant("ground", owner, {});
    const before = toys.log;
    const { plan, unseen } = await found(graph);
    expect(plan.actions.map(({ id, action, why }) => [id, action, why])).toEqual([
      ["ground", "delete", undefined],
      ["house", "delete", undefined],
      ["ground@ground#2", "delete", "has this stack's owner tags but is not in the state"],
      ["of/an/older/version@of/an/older/version#1", "delete", "has this stack's owner tags but is not in the state"],
    ]);
    expect(unseen).toEqual([]);
    expect(toys.log).toEqual(before);
  });

  it("are read one by one, and what the plan has already observed is not read again", async () => {
    const graph = stack(kind("ground"), kind("house"));
    await run(toys, graph, store);
    const plan = await planned(toys, graph, store, true);
    const asked = async () => {
      const before = toys.calls.length;
      await strays(worldOf(toys), ownLists([...toys.kinds.values()]), plan);
      return toys.calls.slice(before).map(({ verb, subject }) => `${verb} ${subject}`);
    };
    expect(await asked()).toEqual([]);
    toys.plant("ground", "demo/ground", {});
    expect(await asked()).toEqual(["list ground"]);
  });

  it("are none where the plan deletes all there is, earlier generations too", async () => {
    const [ground, house] = [kind("ground", { fields: { size: { immutable: true } } }), kind("house")];
    await run(toys, stack(ground, house), store);
    toys.before = ({ verb }) => {
      if (verb === "delete") throw new Error("Not now.");
    };
    const bigger = new Graph<Toys>();
    bigger.add("house", house, { uses: [bigger.add("ground", ground, { size: 2 }).id] });
    await run(toys, bigger, store);
    toys.before = () => {};
    expect(toys.ids).toEqual(["ground#1", "ground#2", "house#1"]);
    const { plan } = await found(bigger);
    expect(plan.actions.map(({ id }) => id)).toEqual(["ground", "house"]);
    expect(plan.old).toHaveLength(1);
  });

  it("go before what the plan deletes and they use", async () => {
    const graph = stack(kind("ground"), kind("house", { timing: { gone: 60 } }));
    await run(toys, graph, store);
    toys.plant("house", "demo/house", { uses: ["ground#1"] });
    expect(await tornDown(graph)).toEqual({});
    expect(toys.ids).toEqual([]);
    expect(deletes().at(-1)).toBe("ground#1");
  });

  it("go after what the plan deletes and uses them", async () => {
    const graph = stack(kind("ground"), kind("house", { timing: { gone: 60 } }));
    // The state is lost: of the two grounds one is taken for ours, and the house stands on the other.
    toys.plant("ground", "demo/ground", {});
    toys.plant("ground", "demo/ground", {});
    toys.plant("house", "demo/house", { uses: ["ground#2"] });
    expect(await tornDown(graph)).toEqual({});
    expect(toys.ids).toEqual([]);
    expect(deletes()).toEqual(["house#1", "ground#1", "ground#2"]);
  });

  it("keep the plan's own order where they and what is planned name each other in a circle", async () => {
    const [ground, house] = [kind("ground"), kind("house")];
    const graph = stack(ground, house);
    await run(toys, graph, store);
    toys.record("ground#1").spec = { mentions: "path#1" };
    toys.plant("house", "demo/path", { mentions: "house#1" });
    expect(await tornDown(graph)).toEqual({});
    expect(deletes().indexOf("house#1")).toBeLessThan(deletes().indexOf("ground#1"));
  });

  it("of a kind that cannot be listed are unknown, and the plan stays as it is", async () => {
    const denied = new Error("AccessDenied");
    const graph = stack(kind("ground"), kind("house", { list: () => Promise.reject(denied) }));
    await run(toys, graph, store);
    toys.plant("house", "demo/house", {});
    const { plan, unseen } = await found(graph);
    expect(unseen).toEqual([{ type: "house", error: denied }]);
    expect(plan).toEqual({ ...(await planned(toys, graph, store, true)), leftovers: [] });
  });
});
