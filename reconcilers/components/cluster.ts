import { Cluster } from "../../src/aws/ecs/cluster.ts";
import type { Scope } from "../scope.ts";

/** The cluster that every service of the stack runs in. */
export function cluster(scope: Scope, { name, containerInsights }: { name: string; containerInsights: boolean }) {
  const made = scope.add("compute/cluster", Cluster, { name, containerInsights });
  scope.output("ecs_cluster_name", made.name);
  return made;
}
