import type { Graph } from "../../engine/graph.ts";
import { KnownAfterApply, resolve } from "../../engine/output.ts";
import type { Aws } from "../aws.ts";
import type { Costed } from "./estimate.ts";

/** The resources of a graph, with nothing known of what AWS makes. */
export const costedIn = ({ nodes }: Graph<Aws>): Costed[] =>
  nodes.map(({ id, kind, spec, edges }) => ({
    id,
    type: kind.type,
    spec: resolve(spec, (of, attr) => new KnownAfterApply(`${of}.${attr}`)) as Readonly<Record<string, unknown>>,
    needs: edges.map(({ to }) => to),
  }));
