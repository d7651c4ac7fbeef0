import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { GuessedObservation } from "../../../src/engine/guessed-observation.ts";
import { observeAll } from "../../../src/engine/observe.ts";
import type { Adoptions } from "../../../src/engine/adopt.ts";
import type { AnyKind, AnyObserved } from "../../../src/engine/resource-kind.ts";
import { Snapshot } from "../../../src/engine/snapshot.ts";
import type { State } from "../../../state/state.ts";
import { run, ToyStore, Toys, worldOf } from "../../support/toy.ts";

/** Two resources, one of which refers to the other, guessed and looked for; `looked`: each look, with its id, its note and what it mentions. */
function stage() {
  const toys = new Toys();
  const kind: AnyKind<Toys> = toys.kind("toy");
  const looked: string[] = [];
  let refused: string | undefined;
  const spying: AnyKind<Toys> = {
    ...kind,
    observe: async (services, look): Promise<AnyObserved | undefined> => {
      const what = [look.id, look.spec["note"] ?? "", look.spec["mentions"] ?? ""].join(" ").trim();
      looked.push(what);
      if (what === refused) throw new Error("The read was refused.");
      return kind.observe(services, look) as Promise<AnyObserved | undefined>;
    },
  };
  toys.kinds.set("toy", spying);
  const declared = (note: string) => {
    const graph = new Graph<Toys>();
    const a = graph.add("a", spying, { size: 1 });
    graph.add("b", spying, { note, mentions: a["id"] });
    return graph;
  };
  const snapshot = new Snapshot();
  const guess = (note = "known") => new GuessedObservation(worldOf(toys), declared(note), snapshot);
  const look = async (
    begun: GuessedObservation<Toys>,
    state: State,
    { adopt, now = snapshot }: { adopt?: Adoptions; now?: Snapshot } = {},
  ) => {
    const { current } = await observeAll(worldOf(toys), declared("known"), state, adopt, now, begun);
    return [...current].map(([id, seen]) => [id, seen?.id]);
  };
  const refuse = (what?: string) => void (refused = what);
  return { toys, store: new ToyStore(toys), declared, looked, guess, look, refuse };
}

const NOTHING = [
  ["a", undefined],
  ["b", undefined],
];

describe("an observation that was begun with a guess of what is declared", () => {
  it("is taken where the guess was right, so that each resource is looked for once", async () => {
    const { store, looked, guess, look } = stage();
    const begun = guess();
    expect(looked).toEqual(["a", "b known"]);
    expect(await look(begun, await store.state())).toEqual(NOTHING);
    expect(looked).toEqual(["a", "b known"]);
  });

  it("is asked again where the guess was wrong", async () => {
    const { store, looked, guess, look } = stage();
    expect(await look(guess("guessed"), await store.state())).toEqual(NOTHING);
    expect(looked).toEqual(["a", "b guessed", "b known"]);
  });

  it("finds what is there although the state was lost, and looks again for what refers to it", async () => {
    const { toys, store, declared, looked, guess, look } = stage();
    const empty = await store.state();
    await run(toys, declared("known"), store);
    looked.length = 0;
    expect(await look(guess(), empty)).toEqual([
      ["a", "a#1"],
      ["b", "b#1"],
    ]);
    expect(looked).toEqual(["a", "b known", "b known a#1"]);
  });

  it("is no answer for what is recorded, for what is adopted, or for a newer snapshot", async () => {
    const { toys, store, declared, looked, guess, look } = stage();
    const empty = await store.state();
    await run(toys, declared("known"), store);
    const begun = guess();
    looked.length = 0;
    await look(begun, await store.state());
    expect(looked).toEqual(["a", "b known a#1"]);
    looked.length = 0;
    await look(begun, empty, { adopt: new Map([["a", "a#1"]]) });
    expect(looked[0]).toBe("a");
    looked.length = 0;
    await look(begun, empty, { now: new Snapshot() });
    expect(looked).toEqual(["a", "b known", "b known a#1"]);
  });

  it("fails only where its answer counts", async () => {
    const { store, guess, look, refuse } = stage();
    refuse("b guessed");
    expect(await look(guess("guessed"), await store.state())).toEqual(NOTHING);
    refuse("b known");
    const right = guess();
    await right.ended();
    refuse();
    await expect(look(right, await store.state())).rejects.toThrow("The read was refused.");
  });
});
