import { expect, it } from "vitest";
import { Progress } from "../../../src/cli/progress.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { Graph } from "../../../src/engine/graph.ts";
import { tasksOf } from "../../../src/engine/tasks.ts";
import { planned, ToyStore, Toys } from "../../support/toy.ts";

it("tells a log of a call that is refused for the same reason every 30 seconds, not each time", async () => {
  const lines: string[] = [];
  const terminal = { live: false, line: (text = "") => void lines.push(text), draw: () => {} } as unknown as Terminal;
  const clock = new VirtualClock(0);
  const progress = new Progress(terminal, clock, ["edge/certificate"]);
  const refuse = (why: string) => progress.tell({ event: "retrying", call: "acm.DeleteCertificate", why, ms: 4_000 });
  for (let tries = 0; tries < 20; tries++) {
    refuse("ResourceInUseException: it is in use.");
    await clock.sleep(4_000);
  }
  refuse("ThrottlingException: Rate exceeded.");
  expect(lines.map((line) => line.replace(/^\s+/, ""))).toEqual([
    "0 ms  … retrying acm.DeleteCertificate in 4.0 s: ResourceInUseException: it is in use.",
    "32.0 s  … retrying acm.DeleteCertificate in 4.0 s: ResourceInUseException: it is in use.",
    "1 min 04 s  … retrying acm.DeleteCertificate in 4.0 s: ResourceInUseException: it is in use.",
    "1 min 20 s  … retrying acm.DeleteCertificate in 4.0 s: ThrottlingException: Rate exceeded.",
  ]);
});

it("shows on a terminal how much is done, and about how long the rest takes", async () => {
  const toys = new Toys();
  const graph = new Graph<Toys>();
  const network = graph.add("network/vpc", toys.kind("network", { timing: { ready: 200 } }), {});
  graph.add("edge/cdn", toys.kind("cdn", { timing: { ready: 30 } }), { uses: [network.id] });
  let drawn: readonly string[] = [];
  const terminal = { live: true, line: () => {}, draw: (lines: readonly string[]) => void (drawn = lines) };
  const { clock } = toys;
  const tasks = tasksOf(await planned(toys, graph, new ToyStore(toys)));
  const progress = new Progress(terminal as unknown as Terminal, clock, ["network/vpc", "edge/cdn"], tasks);
  const tell = (event: "started" | "finished", id: string) =>
    progress.tell({ event, id, task: `make ${id}`, action: "create", at: clock.now(), ms: 0 });
  tell("started", "network/vpc");
  expect(drawn[0]).toBe("0 ms  0 of 2 done  about 4 min left  network 0/1  edge 0/1");
  await clock.sleep(200_000);
  tell("finished", "network/vpc");
  tell("started", "edge/cdn");
  expect(drawn[0]).toBe("3 min 20 s  1 of 2 done  about 35 s left  edge 0/1");
  tell("finished", "edge/cdn");
  expect(drawn[0]).toBe("3 min 20 s  2 of 2 done");
});
