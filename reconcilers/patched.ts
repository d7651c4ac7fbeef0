import type { Aws } from "../src/aws/aws.ts";
import { ConfigError } from "../src/config/errors.ts";
import type { Stack } from "../src/config/stack.ts";
import { nearest } from "../src/config/suggest.ts";
import type { Graph } from "../src/engine/graph.ts";

/** Refuses a patch of a resource that does not exist. */
export function demandPatched({ patch }: Pick<Stack, "patch">, graph: Graph<Aws>): void {
  const ids = graph.nodes.map(({ id }) => id);
  const problems = Object.keys(patch)
    .filter((id) => !graph.get(id))
    .map((id) => {
      const meant = nearest(id, ids);
      const question = meant === undefined ? "" : ` did you mean ${meant}?`;
      return { path: "patch", message: `there is no resource ${id};${question} to list the ids: npx fairlead plan` };
    });
  if (problems.length > 0) throw new ConfigError(problems);
}
