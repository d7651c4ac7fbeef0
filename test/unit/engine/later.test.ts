import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { run, ToyStore, Toys, type ToyKind } from "../../support/toy.ts";

describe("what the provider brings about later", () => {
  it("waits until reads return what was written, so that the next plan shows no drift", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const prompt = toys.kind("lagging", { timing: { consistent: 20 } });
    let lag = { until: 0, spec: {} };
    const kind: ToyKind = {
      ...prompt,
      observe: async (...asked) => {
        const seen = await prompt.observe(...asked);
        return seen && lag.until > toys.clock.now() ? { ...seen, spec: lag.spec } : seen;
      },
      update: (...given) => {
        lag = { until: toys.clock.now() + 20_000, spec: given[1].spec };
        return prompt.update(...given);
      },
    };
    const declared = (note: string) => {
      const graph = new Graph<Toys>();
      graph.add("a", kind, { note });
      return graph;
    };
    await run(toys, declared("old"), store);
    const { applied, events } = await run(toys, declared("new"), store);
    expect(applied.outcomes.get("make a")?.doneAt).toBeGreaterThanOrEqual(20_000);
    expect(events).toContainEqual(
      expect.objectContaining({ event: "waiting", id: "a", status: "new settings not visible yet" }),
    );
    const { plan } = await run(toys, declared("new"), store);
    expect(plan.actions.map(({ action }) => action)).toEqual(["noop"]);
  });

  it("polls for the id of what the provider only takes on, for five minutes", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const prompt = toys.kind("taken-on");
    let doneAt = 20_000;
    const kind: ToyKind = {
      ...prompt,
      create: async (services, spec, making) => {
        await making.until(async () => (toys.clock.now() >= doneAt ? "operation" : undefined));
        return prompt.create(services, spec, making);
      },
    };
    const graph = new Graph<Toys>();
    graph.add("a", kind, {});
    const { applied } = await run(toys, graph, store);
    const at = applied.outcomes.get("make a")?.doneAt ?? 0;
    expect(at).toBeGreaterThanOrEqual(20_000);
    expect(at).toBeLessThan(26_000);
    doneAt = Number.POSITIVE_INFINITY;
    graph.add("b", kind, {});
    const { applied: late } = await run(toys, graph, store);
    expect(late.outcomes.get("make b")?.error).toMatchObject({
      message: "taken-on b is still being created after 5 minutes. Run again to keep waiting.",
    });
  });
});
