import { describe, expect, it } from "vitest";
import { criticalPath } from "../../../src/engine/critical-path.ts";
import { Graph } from "../../../src/engine/graph.ts";
import { whenReady } from "../../../src/engine/output.ts";
import { run, ToyStore, Toys } from "../../support/toy.ts";

/** `a` takes a minute until it is ready; `b` needs only its id and takes long itself; `c` needs `a` ready; `d` is on its own. */
function stage() {
  const toys = new Toys();
  toys.latency = 100;
  const kind = (seconds: number) => toys.kind(`toy-${seconds}`, { timing: { ready: seconds, gone: seconds / 10 } });
  const quick = toys.kind("quick");
  const graph = new Graph<Toys>();
  const a = graph.add("a", kind(60), {});
  graph.add("b", kind(30), { uses: [a.id] });
  graph.add("c", quick, { uses: [whenReady(a.id)] });
  graph.add("d", quick, {});
  return { toys, store: new ToyStore(toys), graph };
}

describe("the critical path", () => {
  it("runs from the action that waited for nothing to the one that ended last, without gaps", async () => {
    const { toys, store, graph } = stage();
    const { applied } = await run(toys, graph, store);
    const chain = criticalPath(applied.tasks, applied.outcomes);
    expect(chain.map(({ id, action, waitedFor }) => [id, action, waitedFor])).toEqual([
      ["a", "create", "ready"],
      ["c", "create", "call"],
    ]);
    const [first, last] = chain;
    expect(first?.from).toBe(applied.outcomes.get("make a")?.startedAt);
    expect(first?.to).toBe(last?.from);
    expect(last?.to).toBe(toys.clock.now());
  });

  it("ends a link that the next one did not wait out where the next one starts", () => {
    const { graph } = stage();
    const tasks = graph.nodes.map((node) => {
      const { id } = node;
      const none = {
        why: undefined,
        foreign: [],
        differences: [],
        order: undefined,
        observed: undefined,
        known: undefined,
      };
      const action = { id, kind: node.kind, action: "create" as const, node, ...none };
      return { step: "make" as const, key: `make ${id}`, before: [], weight: 1, action };
    });
    const outcomes = new Map([
      ["make a", { state: "done" as const, startedAt: 0, createdAt: 10, doneAt: 60 }],
      ["make b", { state: "done" as const, startedAt: 10, createdAt: 20, doneAt: 90, after: "make a" }],
    ]);
    expect(criticalPath(tasks, outcomes)).toEqual([
      { id: "a", action: "create", from: 0, to: 10, waitedFor: "call" },
      { id: "b", action: "create", from: 10, to: 90, waitedFor: "ready" },
    ]);
  });

  it("of a teardown waited until things were gone", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph, store);
    const { applied } = await run(toys, graph, store, { teardown: true });
    const chain = criticalPath(applied.tasks, applied.outcomes);
    expect(chain.map(({ id, action, waitedFor }) => [id, action, waitedFor])).toEqual([
      ["b", "delete", "gone"],
      ["a", "delete", "gone"],
    ]);
  });

  it("is empty where nothing was started", () => {
    expect(criticalPath([], new Map())).toEqual([]);
    expect(criticalPath([], new Map([["make a", { state: "skipped" as const, why: "a failed" }]]))).toEqual([]);
  });
});
