import { Cluster } from "../../src/aws/ecs/cluster.ts";
import type { Scope } from "../scope.ts";

/** The cluster that every service of the stack runs in. */
export function cluster(
  scope: Scope,
  { name, containerInsights, spot }: { name: string; containerInsights: boolean; spot: boolean },
) {
  // A cluster created by an earlier version has no Spot capacity provider until it is updated.
  const providers = spot ? { capacityProviders: ["FARGATE", "FARGATE_SPOT"] } : {};
  const made = scope.add("compute/cluster", Cluster, { name, containerInsights, ...providers });
  scope.output("ecs_cluster_name", made.name);
  return made;
}
