import { executionsOf } from "./executions.ts";
import { serviceOf } from "./revision.ts";
import type { Site } from "./site.ts";
import { digestOf, headOf } from "./upload.ts";

/** Executions that are looked through. */
const RECENT = 25;

/**
 * The version of the source that holds the very archive with this digest, where its release has yet to come to its end: whoever began
 * it may have died, and a second upload would be a second release. One that has ended says nothing against another of the same source.
 */
export async function underWay(site: Site, digest: string): Promise<string | undefined> {
  const newest = await headOf(site);
  if (newest === undefined || digestOf(newest) !== digest) return undefined;
  const version = newest.VersionId;
  const runs = await executionsOf(site, RECENT);
  const own = runs.find(({ sourceRevisions }) => sourceRevisions?.some(({ revisionId }) => revisionId === version));
  if (own === undefined || own.status === "InProgress") return version;
  if (own.status !== "Succeeded" || site.stack.service.desiredCount === 0) return undefined;
  // It has come through the pipeline, and the service has yet to get its first tasks, or is just getting them.
  const service = await serviceOf(site);
  const starts = service?.deployments?.some(({ rolloutState }) => rolloutState === "IN_PROGRESS");
  return service?.desiredCount === 0 || starts ? version : undefined;
}
