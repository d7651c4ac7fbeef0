import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { UncertainAnswer } from "../../../src/engine/resource-kind.ts";
import { run, ToyStore, Toys, type ToyKind } from "../../support/toy.ts";

/** A network whose create waits until it is ready, and a part that the provider refuses before. */
function stage() {
  const toys = new Toys();
  const prompt = toys.kind("network", { timing: { ready: 30 }, traits: { readyBeforeUse: true } });
  const network: ToyKind = {
    ...prompt,
    create: async (services, spec, making) => {
      const made = await prompt.create(services, spec, making);
      await making.until(async () => toys.record(made.id).readyAt <= toys.clock.now() || undefined);
      return made;
    },
  };
  toys.kinds.set("network", network);
  const graph = new Graph<Toys>();
  const made = graph.add("network", network, {});
  graph.add("part", toys.kind("part", { needsReady: true }), { uses: [made.id] });
  return { toys, store: new ToyStore(toys), graph };
}

const DONE = { "make network": "done", "make part": "done" };

describe("what nothing can use before it is ready", () => {
  it("is waited for by its create", async () => {
    const { toys, store, graph } = stage();
    expect((await run(toys, graph, store)).ends).toEqual(DONE);
    expect(toys.log).toEqual(["create network#1", "create part#1"]);
  });

  it("is waited for where the response to its create is lost", async () => {
    const { toys, store, graph } = stage();
    let lost = false;
    toys.after = ({ verb }) => {
      if (verb !== "create" || lost) return;
      lost = true;
      throw new UncertainAnswer("The answer was lost.");
    };
    expect((await run(toys, graph, store)).ends).toEqual(DONE);
    expect(toys.log).toEqual(["create network#1", "create part#1"]);
  });

  it.each(["create", "write"] as const)("is waited for by the run after one that died of a %s", async (fatal) => {
    const { toys, store, graph } = stage();
    toys.after = ({ verb }) => {
      if (verb === fatal && toys.records.size > 0) toys.die();
    };
    await run(toys, graph, store);
    toys.revive();
    expect((await run(toys, graph, store)).ends).toEqual(DONE);
    expect(toys.log).toEqual(["create network#1", "create part#1"]);
    expect(toys.calls.find(({ subject }) => subject === "part#1")?.at).toBeGreaterThanOrEqual(30_000);
  });

  it("costs nothing where it is ready", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph, store);
    const { applied } = await run(toys, graph, store);
    expect(applied.outcomes.get("make network")).toMatchObject({
      startedAt: toys.clock.now(),
      doneAt: toys.clock.now(),
    });
  });
});
