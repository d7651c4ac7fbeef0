import { Graph } from "../../src/engine/graph.ts";
import type { ToyKind, Toys } from "./toy.ts";

/** The same kind, which also finds by its name what bears no mark, or somebody else's. */
export function byName(kind: ToyKind): ToyKind {
  return {
    ...kind,
    async observe(toys, look) {
      const marked = await kind.observe(toys, look);
      const found = toys
        .existing()
        .find(
          ({ type, spec, visibleAt }) =>
            type === kind.type && spec.name === look.spec.name && visibleAt <= toys.clock.now(),
        );
      if (marked || !found || look.excludeIds.includes(found.id)) return marked;
      const { id, owner, spec } = found;
      return { id, owner, spec, ready: true, attrs: { id, address: `${id}/v1` } };
    },
  };
}

/** A graph of one resource `a` of the kind, whose name is `one`. */
export function named(kind: ToyKind): Graph<Toys> {
  const finding = byName(kind);
  const graph = new Graph<Toys>();
  graph.add("a", finding, { name: "one", note: "x" });
  return graph;
}
