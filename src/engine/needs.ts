import type { Need } from "../../state/state.ts";
import type { Edge } from "./output.ts";

/** What the state records of a resource's dependencies: an edge for one run is not recorded, or as the loose one that it also is. */
export const needs = (edges: readonly Pick<Edge, "to" | "loose" | "recorded">[] = []): Need[] =>
  edges.flatMap(({ to, loose, recorded }) =>
    recorded === "not" ? [] : [{ to, loose: loose || recorded === "loose" }],
  );

/** What the record of a resource depends on that its declaration no longer does. */
export const formerNeeds = (recorded: readonly Need[] = [], edges: readonly Pick<Edge, "to">[] = []): Need[] =>
  recorded.filter(({ to }) => edges.every((edge) => edge.to !== to));
