import { beforeEach, describe, expect, it } from "vitest";
import { planLines } from "../../../src/cli/plan-text.ts";
import { Graph } from "../../../src/engine/graph.ts";
import { planned, run, ToyStore, Toys, type ToyKind } from "../../support/toy.ts";

const SENTENCE = "stays on; to turn it off: toy off";

describe("a resource that is shared and stays", () => {
  let toys: Toys;
  let state: ToyStore;
  let kind: ToyKind;
  const graph = (isDeclared: boolean) => {
    const all = new Graph<Toys>();
    if (isDeclared) all.add("shared", kind, { size: 1 });
    return all;
  };
  const deletes = () => toys.calls.filter((call) => call.verb === "delete");

  beforeEach(async () => {
    toys = new Toys();
    state = new ToyStore(toys);
    kind = toys.kind("shared", { fields: { size: {} } });
    const observe = kind.observe.bind(kind);
    Object.assign(kind, {
      observe: async (...asked: Parameters<typeof observe>) => {
        const seen = await observe(...asked);
        return seen && { ...seen, stays: SENTENCE };
      },
    });
    await run(toys, graph(true), state);
  });

  it.each([
    ["where the config no longer declares it", false],
    ["at a teardown", true],
  ])("only leaves the state %s", async (_when, teardown) => {
    const plan = await planned(toys, graph(teardown), state, teardown);
    expect(planLines(plan).join("\n")).toContain(SENTENCE);
    expect(planLines(plan).join("\n")).toContain("1 to leave in place");
    await run(toys, graph(teardown), state, { teardown });
    expect(deletes()).toEqual([]);
    expect((await planned(toys, graph(false), state)).actions).toEqual([]);
  });

  it("is adopted as it is when it is declared again", async () => {
    await run(toys, graph(false), state);
    const { actions } = await planned(toys, graph(true), state);
    expect(actions.map(({ action, why }) => [action, why])).toEqual([["adopt", "exists, and is shared with others"]]);
  });
});
