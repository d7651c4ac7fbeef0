import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { run, ToyStore, Toys } from "../../support/toy.ts";

/** A way in that others live by without needing it, and what takes its time until it uses another one. */
async function removed(successor: "elsewhere" | "in its place") {
  const toys = new Toys();
  const way = toys.kind("way", { traits: { deletedLast: true }, fields: { name: { unique: true } } });
  const user = toys.kind("user", { timing: { ready: 9 } });
  const graph = (version: 1 | 2) => {
    const all = new Graph<Toys>();
    const name = version === 1 || successor === "in its place" ? "here" : "there";
    all.add(`way-${version}`, way, { name });
    all.add("user", user, { note: `v${version}` });
    return all;
  };
  const store = new ToyStore(toys);
  await run(toys, graph(1), store);
  const { applied } = await run(toys, graph(2), store);
  return (key: string) => applied.outcomes.get(key);
}

describe("what is deleted last", () => {
  it("goes once everything else is ready", async () => {
    const when = await removed("elsewhere");
    expect(when("delete way-1")?.startedAt).toBeGreaterThanOrEqual(when("make user")?.doneAt ?? Infinity);
  });

  it("does not wait for a new one that needs its place", async () => {
    const when = await removed("in its place");
    expect(when("delete way-1")?.startedAt).toBe(when("make way-2")?.startedAt);
  });
});

describe("what adds first where some fields change", () => {
  it("has a second step for those only", async () => {
    const toys = new Toys();
    const gate = toys.kind("gate", { traits: { addsFirst: ["labels"] } });
    const graph = (note: string, labels: Readonly<Record<string, string>>) => {
      const all = new Graph<Toys>();
      all.add("gate", gate, { note, labels });
      return all;
    };
    const store = new ToyStore(toys);
    await run(toys, graph("a", {}), store);
    const noted = await run(toys, graph("b", {}), store);
    expect(Object.keys(noted.ends)).toEqual(["make gate"]);
    const labelled = await run(toys, graph("b", { colour: "red" }), store);
    expect(Object.keys(labelled.ends)).toEqual(["make gate", "narrow gate"]);
  });
});
