import type { Snapshot } from "../engine/snapshot.ts";
import type { Aws } from "./aws.ts";
import { clusterTags } from "./ecs/cluster.ts";
import { describedService } from "./ecs/shared.ts";
import { tagsFrom, type Tags } from "./tags.ts";

/** The tag of the services of a stack that sleeps, and of its cluster. */
const ASLEEP_TAG = "fairlead:asleep";

/** The tags that say so. */
export const asleepTags = (isAsleep: boolean): Tags => (isAsleep ? { [ASLEEP_TAG]: "true" } : {});

/**
 * Whether a stack sleeps, by its tags on AWS, so that every checkout knows it, also without a state. All services that exist must have the tag: where a
 * `sleep` or a `wake` died in between, the stack counts as awake, so that no other run takes away what serves. `services` are those that keep tasks
 * running; without any, the cluster tells. The calls are those of the observation that follows.
 */
export async function sleeps(
  aws: Aws,
  snapshot: Snapshot,
  cluster: string,
  services: readonly string[],
): Promise<boolean> {
  if (services.length === 0) return (await clusterTags(aws, snapshot, cluster))?.[ASLEEP_TAG] !== undefined;
  const found = await Promise.all(services.map((name) => describedService(aws, snapshot, cluster, name)));
  const existing = found.filter((service) => service !== undefined);
  return existing.length > 0 && existing.every(({ tags }) => tagsFrom(tags)[ASLEEP_TAG] !== undefined);
}
