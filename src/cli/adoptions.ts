import type { Adoptions } from "../engine/adopt.ts";
import type { Graph } from "../engine/graph.ts";
import type { Aws } from "../aws/aws.ts";
import { nearest } from "../model/suggest.ts";
import { UsageError } from "./exit.ts";

/** What `--adopt ID=AWS_ID` names. Throws `UsageError` where it is no such pair, and where the stack has no such resource. */
export function adoptionsOf(flags: readonly string[] | undefined, graph: Graph<Aws>): Adoptions {
  const pairs = (flags ?? []).map((flag) => {
    const [, id = "", wanted = ""] = /^([^=\s]+)=(\S+)$/.exec(flag) ?? [];
    if (wanted === "")
      throw new UsageError(
        `--adopt ${flag}: it takes a resource of the stack and what AWS calls it, such as network/vpc=vpc-0123456789abcdef0. Nothing was touched.`,
      );
    if (!graph.get(id)) {
      const ids = graph.nodes.map((node) => node.id);
      const meant = nearest(id, ids);
      throw new UsageError(
        `--adopt ${flag}: this stack has no resource ${id}. ${meant === undefined ? "" : `Did you mean ${meant}? `}There are: ${ids.join(", ")}. Nothing was touched.`,
      );
    }
    return [id, wanted] as const;
  });
  return new Map(pairs);
}
