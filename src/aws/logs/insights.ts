// Container Insights creates a log group for each cluster, which has no tags and outlives the cluster (CloudWatch User Guide,
// "Container Insights performance log reference": "it automatically creates a log group", `/aws/ecs/containerinsights/<cluster>/performance`).
import type { Owned } from "../../engine/resource-kind.ts";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { clusterTags } from "../ecs/cluster.ts";
import { isOwn } from "../obstacles.ts";
import { markOf } from "../owner.ts";
import { namedAfter } from "../owned.ts";
import { groupNames } from "./names.ts";

const PATH = "/aws/ecs/containerinsights/";

/** The cluster of a Container Insights log group, from its name. */
const clusterIn = (name: string): string | undefined =>
  name.startsWith(PATH) ? /^([^/]+)\/performance$/.exec(name.slice(PATH.length))?.[1] : undefined;

/** The owner of a log group that AWS created, and its cluster. */
export interface MadeFor {
  readonly owner: string;
  readonly cluster: string;
}

/**
 * Set for the log group of one of the stack's clusters: the group has no mark, so the cluster's mark decides, or its name once it is deleted.
 * `undefined` for any other group, including those of unmanaged clusters.
 */
export async function madeForStack(aws: Aws, snapshot: Snapshot, name: string): Promise<MadeFor | undefined> {
  const cluster = clusterIn(name);
  if (cluster === undefined) return undefined;
  const tags = await clusterTags(aws, snapshot, cluster);
  const own = tags ? isOwn(aws, tags) : cluster === `${aws.stack}-cluster`;
  return own ? { owner: markOf(aws.owner, "observability/container-insights-log"), cluster } : undefined;
}

/** The groups that Container Insights created for the stack. */
export async function insightsGroups(aws: Aws, snapshot: Snapshot): Promise<Owned[]> {
  const all = await groupNames(aws, aws.region, snapshot);
  const names = all.filter((name) => namedAfter(`${PATH}${aws.stack}`, name));
  const found = names.map(async (id): Promise<Owned[]> => {
    const made = await madeForStack(aws, snapshot, id);
    return made ? [{ id, owner: made.owner }] : [];
  });
  return (await Promise.all(found)).flat();
}
