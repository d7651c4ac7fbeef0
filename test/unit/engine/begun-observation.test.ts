import { describe, expect, it } from "vitest";
import { RecordedObservation } from "../../../src/engine/begun-observation.ts";
import { Graph } from "../../../src/engine/graph.ts";
import { observeRecorded } from "../../../src/engine/observe-recorded.ts";
import type { AnyKind, AnyObserved } from "../../../src/engine/resource-kind.ts";
import { Snapshot } from "../../../src/engine/snapshot.ts";
import type { State } from "../../../state/state.ts";
import { run, ToyStore, Toys, worldOf } from "../../support/toy.ts";

/** A stack of one resource that stands, and how often it was looked for by which id. */
async function stage() {
  const toys = new Toys();
  const kind: AnyKind<Toys> = toys.kind("toy");
  const looked: (string | undefined)[] = [];
  const expected: (true | undefined)[] = [];
  const toDelete: (true | undefined)[] = [];
  let answer: ((seen: AnyObserved | undefined) => AnyObserved | undefined) | undefined;
  const spying: AnyKind<Toys> = {
    ...kind,
    observe: async (services, look) => {
      looked.push(look.knownId);
      expected.push(look.expected);
      toDelete.push(look.toDelete);
      const seen: AnyObserved | undefined = await kind.observe(services, look);
      return answer ? answer(seen) : seen;
    },
  };
  toys.kinds.set("toy", spying);
  const graph = new Graph<Toys>();
  graph.add("a", spying, { size: 1 });
  const store = new ToyStore(toys);
  await run(toys, graph, store);
  looked.length = 0;
  expected.length = 0;
  toDelete.length = 0;
  const state = await store.state();
  const look = async (begun: RecordedObservation<Toys>, now: State, snapshot: Snapshot) =>
    (await observeRecorded(worldOf(toys), graph, now, { snapshot, begun, clock: toys.clock })).seen.current.get("a");
  return { toys, state, looked, expected, toDelete, look, answers: (how: typeof answer) => void (answer = how) };
}

describe("an observation that was begun with the state alone", () => {
  it("is taken where the record is the same, so that a resource is looked for once", async () => {
    const { toys, state, looked, expected, look } = await stage();
    const snapshot = new Snapshot();
    const begun = new RecordedObservation(worldOf(toys), state, snapshot);
    expect(looked).toEqual(["a#1"]);
    expect(await look(begun, JSON.parse(JSON.stringify(state)) as State, snapshot)).toMatchObject({ id: "a#1" });
    expect([looked, expected]).toEqual([["a#1"], [true]]);
  });

  it("is thrown away where the record is another by then", async () => {
    const { toys, state, looked, look } = await stage();
    const { a } = state.resources;
    if (!a) throw new Error("a is not recorded");
    const former: State = { ...state, resources: { a: { ...a, id: "a#0" } } };
    const snapshot = new Snapshot();
    const begun = new RecordedObservation(worldOf(toys), former, snapshot);
    expect(await look(begun, state, snapshot)).toMatchObject({ id: "a#1" });
    expect(looked).toEqual(["a#0", "a#1"]);
  });

  it("is no news for an observation with a newer snapshot", async () => {
    const { toys, state, looked, look } = await stage();
    const begun = new RecordedObservation(worldOf(toys), state, new Snapshot());
    await begun.ended();
    toys.records.clear();
    await toys.clock.sleep(60_000);
    expect(await look(begun, state, new Snapshot())).toBeUndefined();
    expect(looked).toEqual(["a#1", "a#1", undefined]);
  });

  it("begins nothing of a kind that is not known, or of what is recorded without an id", async () => {
    const { toys, state, looked } = await stage();
    const { a } = state.resources;
    if (!a) throw new Error("a is not recorded");
    const { id: _id, ...unnamed } = a;
    const resources = { a: { ...unnamed, status: "creating" as const }, b: { ...a, type: "unknown" } };
    await new RecordedObservation(worldOf(toys), { resources }, new Snapshot()).ended();
    expect(looked).toEqual([]);
  });

  it("does not expect what is being created or deleted to be there", async () => {
    const { toys, state, expected } = await stage();
    const { a } = state.resources;
    if (!a) throw new Error("a is not recorded");
    const resources = { a: { ...a, status: "creating" as const }, b: { ...a, status: "deleting" as const } };
    await new RecordedObservation(worldOf(toys), { resources }, new Snapshot()).ended();
    expect(expected).toEqual([undefined, undefined]);
  });

  it("says what will be deleted, where its create was completed: the rest may have to be proven to be the stack's", async () => {
    const { toys, state, toDelete } = await stage();
    const { a } = state.resources;
    if (!a) throw new Error("a is not recorded");
    const resources = { a, b: { ...a, status: "creating" as const } };
    await new RecordedObservation({ ...worldOf(toys), deletes: true }, { resources }, new Snapshot()).ended();
    expect(toDelete).toEqual([true, undefined]);
  });

  it("throws its failure to the observation, and to no one else", async () => {
    const { toys, state, look, answers } = await stage();
    answers(() => {
      throw new Error("not authorized");
    });
    const snapshot = new Snapshot();
    const begun = new RecordedObservation(worldOf(toys), state, snapshot);
    await begun.ended();
    await expect(look(begun, state, snapshot)).rejects.toThrow("not authorized");
  });
});
