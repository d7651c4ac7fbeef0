import type { Adoptions } from "../engine/adopt.ts";
import type { Graph } from "../engine/graph.ts";
import type { Aws } from "../aws/aws.ts";
import { nearest } from "../config/suggest.ts";
import { UsageError } from "./exit.ts";

/** What `--adopt ID=AWS_ID` names. Throws `UsageError` where it is no such pair, where the stack has no such resource, and where two are at odds. */
export function adoptionsOf(flags: readonly string[] | undefined, graph: Graph<Aws>): Adoptions {
  const adoptions = new Map<string, string>();
  for (const flag of flags ?? []) {
    const [, id = "", wanted = ""] = /^([^=\s]+)=(\S+)$/.exec(flag) ?? [];
    if (wanted === "")
      throw new UsageError(
        `--adopt ${flag}: expected a resource of the stack and its AWS id, such as network/vpc=vpc-0123456789abcdef0. No changes were made.`,
      );
    const kind = graph.get(id)?.kind;
    if (!kind) {
      const ids = graph.nodes.map((node) => node.id);
      const meant = nearest(id, ids);
      throw new UsageError(
        `--adopt ${flag}: this stack has no resource ${id}. ${meant === undefined ? "" : `Did you mean ${meant}? `}Resources: ${ids.join(", ")}. No changes were made.`,
      );
    }
    for (const [other, its] of adoptions)
      if (other === id ? its !== wanted : its === wanted && graph.get(other)?.kind === kind)
        throw new UsageError(`--adopt ${flag}: ${other} is already to be adopted as ${its}. No changes were made.`);
    adoptions.set(id, wanted);
  }
  return adoptions;
}
