import { expect, it } from "vitest";
import { LiveRun } from "../../../src/cli/live-run.ts";
import type { RunEvent } from "../../../src/engine/events.ts";
import { Graph } from "../../../src/engine/graph.ts";
import { tasksOf } from "../../../src/engine/tasks.ts";
import { planned, ToyStore, Toys } from "../../support/toy.ts";

/** A run that creates a network, and what is in it once that is ready. */
async function begun() {
  const toys = new Toys();
  const graph = new Graph<Toys>();
  const network = graph.add("network/vpc", toys.kind("network", { timing: { ready: 200 } }), {});
  graph.add("edge/cdn", toys.kind("cdn", { timing: { ready: 30 } }), { uses: [network.id] });
  const plan = await planned(toys, graph, new ToyStore(toys));
  const live = new LiveRun(plan, tasksOf(plan), 1_000);
  const tell = (event: "started" | "finished", id: string, at: number) =>
    live.tell({ event, id, task: `make ${id}`, action: "create", at, ms: 0 });
  return { live, tell };
}
const states = ({ live }: { live: LiveRun }, now: number) =>
  live.at(now).actions.map(({ id, state }) => `${id} ${state}`);

it("knows of every action whether it has begun, what it waits for and when it ended, after the run's start", async () => {
  const { live, tell } = await begun();
  expect(live.at(1_000)).toMatchObject({ elapsed: 0, done: 0, all: 2, secondsLeft: 232, stages: [] });
  tell("started", "network/vpc", 1_100);
  live.tell({
    event: "waiting",
    id: "network/vpc",
    for: "ready",
    status: "pending",
    usual: 200,
    since: 2_000,
    at: 31_000,
  });
  expect(live.at(31_000).actions).toEqual([
    {
      id: "network/vpc",
      type: "network",
      action: "create",
      state: "waiting",
      started: 100,
      waited: 1_000,
      waitsFor: "ready",
      status: "pending",
      usual: 200,
    },
    { id: "edge/cdn", type: "cdn", action: "create", state: "pending", usual: 30 },
  ]);
  tell("finished", "network/vpc", 61_000);
  tell("started", "edge/cdn", 61_000);
  expect(live.at(62_000)).toMatchObject({ elapsed: 61_000, done: 1, all: 2, secondsLeft: 30 });
  expect(states({ live }, 62_000)).toEqual(["network/vpc done", "edge/cdn running"]);
  tell("finished", "edge/cdn", 63_000);
  expect(live.at(63_000)).toMatchObject({ done: 2, secondsLeft: 0 });
  expect(live.at(63_000).actions[1]).toMatchObject({ started: 60_000, ended: 62_000 });
});

it("says why an action failed, and why another one was skipped", async () => {
  const { live, tell } = await begun();
  tell("started", "network/vpc", 1_000);
  const ended = { action: "create", at: 5_000 } as const;
  const error = Object.assign(new Error("You have reached the limit."), { name: "VpcLimitExceeded" });
  live.tell({ event: "failed", id: "network/vpc", task: "make network/vpc", ...ended, error });
  live.tell({ event: "skipped", id: "edge/cdn", task: "make edge/cdn", ...ended, why: "network/vpc failed" });
  expect(live.at(5_000)).toMatchObject({ done: 2, all: 2, secondsLeft: 0 });
  expect(live.at(5_000).actions).toMatchObject([
    { state: "failed", started: 0, ended: 4_000, error: expect.stringContaining("You have reached the limit.") },
    { state: "skipped", error: "network/vpc failed" },
  ]);
  expect(live.at(5_000).actions[1]).not.toHaveProperty("ended");
});

it("says which call has to wait, until something ends", async () => {
  const { live, tell } = await begun();
  tell("started", "network/vpc", 1_000);
  const events: [RunEvent, string][] = [
    [
      { event: "retrying", call: "ec2.CreateVpc", why: "RequestLimitExceeded", ms: 4_000 },
      "retrying ec2.CreateVpc in 4.0 s: RequestLimitExceeded",
    ],
    [{ event: "held", call: "ec2.CreateVpc", ms: 3_300 }, "ec2.CreateVpc throttled for 3.3 s"],
    [{ event: "obstructed", call: "ec2.DeleteVpc", by: "An interface blocks it." }, "An interface blocks it."],
  ];
  for (const [event, text] of events) {
    live.tell(event);
    expect(live.at(1_000).held).toBe(text);
  }
  tell("finished", "network/vpc", 2_000);
  expect(live.at(2_000).held).toBeUndefined();
});

it("counts a replacement once, and it is over when its old generation is deleted", async () => {
  const toys = new Toys();
  const graph = new Graph<Toys>();
  const kind = toys.kind("network", { timing: { ready: 10, gone: 20 } });
  graph.add("network/vpc", kind, {});
  const plan = await planned(toys, graph, new ToyStore(toys));
  const [made] = plan.actions;
  const replacing = { ...plan, actions: made ? [{ ...made, action: "replace", order: "create-first" } as const] : [] };
  const live = new LiveRun(replacing, tasksOf(replacing), 0);
  const of = { id: "network/vpc", action: "replace", ms: 0 } as const;
  const make = { ...of, task: "make network/vpc" };
  const remove = { ...of, task: "delete network/vpc" };
  live.tell({ event: "started", ...make, at: 0 });
  live.tell({ event: "finished", ...make, at: 10 });
  expect(live.at(10)).toMatchObject({ done: 0, all: 1, actions: [{ state: "running" }] });
  live.tell({ event: "started", ...remove, at: 10 });
  live.tell({ event: "failed", ...remove, at: 30, error: new Error("in use") });
  expect(live.at(30)).toMatchObject({ done: 1, all: 1, actions: [{ state: "failed", started: 0, ended: 30 }] });
});
