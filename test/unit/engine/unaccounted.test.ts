import { beforeEach, describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { ownLists } from "../../../src/engine/inventory.ts";
import { observeRecorded } from "../../../src/engine/observe-recorded.ts";
import { planReconcile } from "../../../src/engine/plan.ts";
import { Snapshot } from "../../../src/engine/snapshot.ts";
import { accountFor } from "../../../src/engine/unaccounted.ts";
import { ToyStore, Toys, worldOf } from "../../support/toy.ts";

let toys: Toys;
let store: ToyStore;
beforeEach(() => {
  toys = new Toys();
  store = new ToyStore(toys);
});

/** What becomes of grounds that no state knows, beside a new house that names these in its settings. */
async function accounted(uses: (ids: readonly string[]) => readonly string[]) {
  const house = toys.kind("house", { list: async () => [] });
  const ground = toys.kind("ground", {
    list: async () => [...toys.records.values()].filter(({ type }) => type === "ground"),
  });
  const ids = [1, 2].map((number) => toys.plant("ground", `demo/lost-${number}`, {}).id);
  const graph = new Graph<Toys>();
  graph.add("house", house, { uses: uses(ids) });
  // A kind is listed where something of it may be left.
  const state = await store.state();
  const snapshot = new Snapshot();
  const { seen } = await observeRecorded(worldOf(toys), graph, state, { clock: toys.clock, snapshot });
  const declared = planReconcile(worldOf(toys), graph, state, seen);
  const { plan } = await accountFor(worldOf(toys), ownLists([house, ground]), declared, seen, snapshot);
  const deleted = plan.actions.flatMap(({ action, observed }) => (action === "delete" ? (observed?.id ?? []) : []));
  return { ids, deleted, kept: plan.leftovers ?? [] };
}

describe("what no state knows", () => {
  it("is deleted where nothing in the plan names it", async () => {
    const { ids, deleted, kept } = await accounted(() => []);
    expect({ deleted, kept }).toEqual({ deleted: ids, kept: [] });
  });

  it.each([
    ["as it is", (id: string) => id],
    ["by the digest of something in it", (id: string) => `${id}@sha256:1f`],
  ])("is kept where a resource of the plan names it %s", async (_how, named) => {
    const { ids, deleted, kept } = await accounted(([first = ""]) => [named(first)]);
    expect(deleted).toEqual(ids.slice(1));
    expect(kept).toEqual([{ type: "ground", id: ids[0], why: "is still used by house" }]);
  });
});
