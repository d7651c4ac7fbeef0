import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { planned, run, ToyStore, Toys, type ToyKind } from "../../support/toy.ts";

/** A stack of one resource, which reads show `lag` milliseconds after its create; some kinds say that it may take 15 seconds. */
const stage = ({ lag, listed }: { lag: number; listed?: number }) => {
  const toys = new Toys();
  toys.lag = lag;
  const kind = toys.kind("toy", listed === undefined ? {} : { timing: { listed } });
  const graph = new Graph<Toys>();
  graph.add("a", kind, { size: 1 });
  const store = new ToyStore(toys);
  const plan = async () => {
    const from = toys.clock.now();
    const { actions } = await planned(toys, graph, store);
    return { action: actions[0]?.action, seconds: (toys.clock.now() - from) / 1_000 };
  };
  return { toys, store, graph, plan };
};

describe("a plan right after a run", () => {
  it("waits until reads show what the run created", async () => {
    const { toys, store, graph, plan } = stage({ lag: 3_000 });
    await run(toys, graph, store);
    const { action, seconds } = await plan();
    expect(action).toBe("noop");
    expect(seconds).toBeGreaterThan(2);
    expect(seconds).toBeLessThanOrEqual(5);
  });

  it("waits as long as the kind says that reads may miss it", async () => {
    const { toys, store, graph, plan } = stage({ lag: 12_000, listed: 15 });
    await run(toys, graph, store);
    expect(await plan()).toMatchObject({ action: "noop" });
  });

  it("does not create it again where the run died with the id on record", async () => {
    const { toys, store, graph } = stage({ lag: 3_000 });
    toys.after = ({ verb }) => {
      if (verb === "write" && store.text?.includes("a#1") === true) toys.die();
    };
    await run(toys, graph, store);
    toys.revive();
    expect(toys.ids).toEqual(["a#1"]);
    await run(toys, graph, store);
    expect(toys.ids).toEqual(["a#1"]);
  });

  it("waits until reads show the owner mark of what an interrupted create made, and refuses what never has one", async () => {
    const { toys, store } = stage({ lag: 0 });
    const kind = toys.kind("toy", { traits: { markedAtOnce: true } });
    let markedAt = 3_000;
    const slow: ToyKind = {
      ...kind,
      observe: async (services, look) => {
        const [one] = [...services.records.values()];
        await kind.observe(services, look);
        if (!one) return undefined;
        const isMarked = toys.clock.now() >= markedAt;
        const attrs = { id: one.id, address: `${one.id}/v1` };
        return { id: one.id, owner: isMarked ? one.owner : undefined, ready: true, spec: one.spec, attrs };
      },
    };
    toys.kinds.set("toy", slow);
    const graph = new Graph<Toys>();
    graph.add("a", slow, { size: 1 });
    toys.after = ({ verb }) => {
      if (verb === "create") toys.die();
    };
    await run(toys, graph, store);
    toys.revive();
    const { actions, problems } = await planned(toys, graph, store);
    expect(actions.map(({ action }) => action)).toEqual(["adopt"]);
    expect(problems).toEqual([]);
    markedAt = Infinity;
    const refused = await planned(toys, graph, store);
    expect(refused.problems.join()).toContain("has no Fairlead owner tags");
  });

  it("takes it for deleted once reads would show it", async () => {
    const { toys, store, graph, plan } = stage({ lag: 0 });
    await run(toys, graph, store);
    toys.records.clear();
    expect(await plan()).toEqual({ action: "create", seconds: 5 });
  });

  it("waits for nothing if everything is shown, or if the last run was a while ago", async () => {
    const { toys, store, graph, plan } = stage({ lag: 0 });
    await run(toys, graph, store);
    expect(await plan()).toEqual({ action: "noop", seconds: 0 });
    await toys.clock.sleep(6_000);
    toys.records.clear();
    expect(await plan()).toEqual({ action: "create", seconds: 0 });
  });

  it("waits no longer for a clock that was ahead", async () => {
    const { toys, store, graph, plan } = stage({ lag: 0 });
    await run(toys, graph, store);
    toys.records.clear();
    const state = await store.state();
    store.text = JSON.stringify({ ...state, recordedAt: new Date(toys.clock.now() + 3_600_000).toISOString() });
    expect(await plan()).toEqual({ action: "create", seconds: 5 });
  });
});
