import { expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { schedule } from "../../../src/engine/schedule.ts";
import { tasksOf } from "../../../src/engine/tasks.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";

/** Something slow that something else needs, and something slow that nothing needs. */
function slow() {
  const toys = new Toys();
  const kind = toys.kind("slow", { timing: { ready: 60, gone: 40 } });
  const graph = new Graph<Toys>();
  const needed = graph.add("needed", kind, {});
  graph.add("user", toys.kind("user"), {}, { ready: [needed] });
  graph.add("alone", toys.kind("slower", { timing: { ready: 600, gone: 400 } }), {});
  return { toys, graph, store: new ToyStore(toys) };
}

it("ends once its calls are made, after what they need is ready, and the next run waits for the rest", async () => {
  const { toys, graph, store } = slow();
  const first = await run(toys, graph, store, { noWait: true });
  expect(first.ends).toEqual({ "make needed": "done", "make user": "done", "make alone": "in-progress" });
  expect(toys.clock.now()).toBeGreaterThanOrEqual(60_000);
  expect(toys.clock.now()).toBeLessThan(120_000);
  expect(first.events.filter(({ event }) => event === "failed")).toEqual([]);
  expect((await store.state()).resources).toMatchObject({ alone: { id: "alone#1", status: "created" } });
  const again = await run(toys, graph, store, { noWait: true });
  expect(again.ends["make alone"]).toBe("in-progress");
  expect((await run(toys, graph, store)).ends["make alone"]).toBe("done");
  expect(toys.clock.now()).toBeGreaterThanOrEqual(600_000);
  expect(toys.ids).toEqual(["alone#1", "needed#1", "user#1"]);
});

it("ends a teardown while the last resource is still being deleted, which the state remembers", async () => {
  const { toys, graph, store } = slow();
  await run(toys, graph, store);
  const { ends } = await run(toys, graph, store, { teardown: true, noWait: true });
  expect(ends).toEqual({ "delete user": "done", "delete needed": "in-progress", "delete alone": "in-progress" });
  expect((await store.state()).resources).toMatchObject({
    needed: { status: "deleting" },
    alone: { status: "deleting" },
  });
  await run(toys, graph, store, { teardown: true });
  expect(toys.ids).toEqual([]);
  expect((await store.state()).resources).toEqual({});
});

it("waits for nothing that failed, and ends with the failure", async () => {
  const { toys, graph, store } = slow();
  toys.before = ({ verb, subject }) => {
    if (verb === "create" && subject === "needed") throw new Error("refused");
  };
  const { ends } = await run(toys, graph, store, { noWait: true });
  expect(ends).toEqual({ "make needed": "failed", "make user": "skipped", "make alone": "in-progress" });
});

it("waits on for reads that only lag behind, which the next plan would take for drift", async () => {
  const { toys, graph, store } = slow();
  const { clock } = toys;
  const tasks = tasksOf(await planned(toys, graph, store)).filter(({ action: { id } }) => id !== "user");
  const abort = new AbortController();
  const isSlow = (id: string) => id === "alone";
  const outcomes = await schedule(
    tasks,
    async ({ action: { id } }, created) => {
      created();
      await clock.sleep(isSlow(id) ? 900 : 30, abort.signal);
    },
    { clock, limit: 2, enough: { abort, isLasting: ({ action: { id } }) => isSlow(id) } },
  );
  expect([...outcomes].map(([key, { state }]) => [key, state])).toEqual([
    ["make needed", "done"],
    ["make alone", "in-progress"],
  ]);
  expect(clock.now()).toBe(30);
});
