import { expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { tasksOf } from "../../../src/engine/tasks.ts";
import { TimeLeft } from "../../../src/engine/time-left.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";

/** A network that takes 30 s, a service on it that takes 60 s, and a log that takes 20 s. */
function stage() {
  const toys = new Toys();
  const graph = new Graph<Toys>();
  const network = graph.add("network", toys.kind("network", { timing: { ready: 30 } }), {});
  graph.add("service", toys.kind("service", { timing: { ready: 60 }, needsReady: false }), { uses: [network.id] });
  graph.add("log", toys.kind("log", { timing: { ready: 20 } }), {});
  return { toys, graph, store: new ToyStore(toys) };
}

it("follows the critical path of what is left, by how long each part usually takes", async () => {
  const { toys, graph, store } = stage();
  const left = new TimeLeft(tasksOf(await planned(toys, graph, store)));
  const tell = (event: "started" | "finished", id: string, at: number) =>
    left.tell({ event, id, task: `make ${id}`, action: "create", at, ms: 0 });
  // A second more for the calls of each.
  expect(left.at(0)).toBe(92);
  tell("started", "network", 0);
  tell("started", "log", 0);
  expect(left.at(10_000)).toBe(82);
  // Longer than usual: it may end at any moment.
  expect(left.at(50_000)).toBe(61);
  tell("finished", "network", 50_000);
  tell("started", "service", 50_000);
  expect(left.at(70_000)).toBe(41);
  tell("finished", "service", 70_000);
  expect(left.at(70_000)).toBe(0);
});

it("knows how long a delete of many calls takes once that says so", async () => {
  const { toys, graph, store } = stage();
  await run(toys, graph, store);
  const left = new TimeLeft(tasksOf(await planned(toys, graph, store, true)));
  left.tell({ event: "started", id: "log", task: "delete log", action: "delete", at: 0 });
  const waiting = { event: "waiting", id: "log", for: "gone", status: "line 1 of 600", since: 0 } as const;
  left.tell({ ...waiting, usual: 600, at: 0 });
  expect(left.at(60_000)).toBe(540);
});

it("is nothing once a run has ended, whatever it did and left alone", async () => {
  const { toys, graph, store } = stage();
  await run(toys, graph, store);
  const plan = await planned(toys, graph, store, true);
  expect(new TimeLeft(tasksOf(plan)).at(0)).toBeGreaterThan(0);
  const left = new TimeLeft(tasksOf(plan));
  const { events } = await run(toys, graph, store, { teardown: true });
  for (const event of events) left.tell(event);
  expect(left.at(toys.clock.now())).toBe(0);
  expect(new TimeLeft(tasksOf(await planned(toys, graph, store))).at(0)).toBe(92);
  await run(toys, graph, store);
  expect(new TimeLeft(tasksOf(await planned(toys, graph, store))).at(0)).toBe(0);
});
