// Container Insights makes a log group of its own for each cluster, which bears no tags and outlives the cluster (CloudWatch User Guide,
// "Container Insights performance log reference": "it automatically creates a log group", `/aws/ecs/containerinsights/<cluster>/performance`).
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Owned } from "../../engine/resource-kind.ts";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { clusterTags } from "../ecs/cluster.ts";
import { isOwn } from "../obstacles.ts";
import { markOf } from "../owner.ts";
import { namedAfter } from "../owned.ts";
import { everyPage } from "../pages.ts";

const PATH = "/aws/ecs/containerinsights/";

/** The cluster whose performance a log group of that name is about. */
const clusterIn = (name: string): string | undefined =>
  name.startsWith(PATH) ? /^([^/]+)\/performance$/.exec(name.slice(PATH.length))?.[1] : undefined;

/** Whose a log group is that AWS made, and for which cluster. */
export interface MadeFor {
  readonly owner: string;
  readonly cluster: string;
}

/**
 * Set for the group of one of the stack's own clusters: it bears no mark, so the cluster's tells; once the cluster is gone, its name does.
 * `undefined` for any other group, and for that of a cluster which is another's.
 */
export async function madeForStack(aws: Aws, snapshot: Snapshot, name: string): Promise<MadeFor | undefined> {
  const cluster = clusterIn(name);
  if (cluster === undefined) return undefined;
  const tags = await clusterTags(aws, snapshot, cluster);
  const own = tags ? isOwn(aws, tags) : cluster === `${aws.stack}-cluster`;
  return own ? { owner: markOf(aws.owner, "observability/container-insights-log"), cluster } : undefined;
}

/** The groups that Container Insights made for the stack. */
export async function insightsGroups(aws: Aws, snapshot: Snapshot): Promise<Owned[]> {
  const logGroupNamePrefix = `${PATH}${aws.stack}`;
  const groups = await everyPage(async (nextToken) => {
    const page = await aws.logs(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
    return { items: page.logGroups, next: page.nextToken };
  });
  const names = groups.flatMap(({ logGroupName = "" }) =>
    namedAfter(logGroupNamePrefix, logGroupName) ? logGroupName : [],
  );
  const found = names.map(async (id): Promise<Owned[]> => {
    const made = await madeForStack(aws, snapshot, id);
    return made ? [{ id, owner: made.owner }] : [];
  });
  return (await Promise.all(found)).flat();
}
