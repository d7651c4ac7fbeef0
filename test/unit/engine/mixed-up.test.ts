import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { planned, ToyStore, Toys, type ToyRecord } from "../../support/toy.ts";

/** Two resources without owner tags whose kind has one by `size` in each place, as a file system has one mount target in each zone. */
describe("two resources of a kind that must be deleted before it is replaced", () => {
  /** A state that records each of the two by the id at its place, or the other way round. */
  async function stage({ swapped = false } = {}) {
    const toys = new Toys();
    const kind = toys.kind("toy", {
      fields: { size: { immutable: true, unique: true }, count: { immutable: true } },
      traits: { ownerless: true },
    });
    const one = toys.plant("toy", undefined, { size: 1, count: 1 });
    const two = toys.plant("toy", undefined, { size: 1, count: 2 });
    const store = new ToyStore(toys);
    const known = ({ id, spec }: ToyRecord) =>
      ({ type: "toy", status: "created", token: "t", id, spec, attrs: {}, needs: [] }) as const;
    store.text = JSON.stringify({
      ...(await store.state()),
      resources: { a: known(swapped ? two : one), b: known(swapped ? one : two) },
    });
    const graph = (...counts: readonly [number, number]) => {
      const all = new Graph<Toys>();
      all.add("a", kind, { size: 1, count: counts[0] });
      all.add("b", kind, { size: 1, count: counts[1] });
      return all;
    };
    return { toys, store, graph };
  }

  it("are not taken for each other when both move to another place", async () => {
    const { toys, store, graph } = await stage();
    const { actions, problems } = await planned(toys, graph(3, 4), store);
    expect(problems).toEqual([]);
    expect(actions.map(({ id, action }) => [id, action])).toEqual([
      ["a", "replace"],
      ["b", "replace"],
    ]);
  });

  it("are told apart where the state has taken one for the other", async () => {
    const { toys, store, graph } = await stage({ swapped: true });
    const { problems } = await planned(toys, graph(1, 2), store);
    expect(problems).toEqual([
      "a: the state records toy foreign#2, but the config declares that resource as b. No changes were made. The state is wrong: remove both from it (npx fairlead state rm a b), then run again.",
      "b: the state records toy foreign#1, but the config declares that resource as a. No changes were made. The state is wrong: remove both from it (npx fairlead state rm b a), then run again.",
    ]);
  });
});
