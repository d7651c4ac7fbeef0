import { Graph } from "../../src/engine/graph.ts";
import type { ToyKind, Toys, ToyStore } from "./toy.ts";

/** A chain of three: each uses the one before. */
export function chainOf(kind: ToyKind): Graph<Toys> {
  const graph = new Graph<Toys>();
  const a = graph.add("a", kind, { note: "x" });
  const b = graph.add("b", kind, { note: "x", uses: [a.id] });
  graph.add("c", kind, { note: "x", uses: [b.id] });
  return graph;
}

/** What the store says at a moment, as `id status provider-id`. */
export const saidBy = async (store: ToyStore): Promise<string[]> =>
  Object.entries((await store.state()).resources).map(
    ([id, { status, id: known = "-" }]) => `${id} ${status} ${known}`,
  );
