import { Cluster } from "../../src/aws/ecs/cluster.ts";
import type { Tags } from "../../src/aws/tags.ts";
import type { Scope } from "../scope.ts";

/** The cluster that every service of the stack runs in. */
export function cluster(
  scope: Scope,
  { name, containerInsights, spot, also }: { name: string; containerInsights: boolean; spot: boolean; also: Tags },
) {
  // A cluster created by an earlier version has no Spot capacity provider until it is updated.
  const providers = spot ? { capacityProviders: ["FARGATE", "FARGATE_SPOT"] } : {};
  const made = scope.add("compute/cluster", Cluster, { name, containerInsights, ...providers }, {}, also);
  scope.output("ecs_cluster_name", made.name);
  return made;
}
