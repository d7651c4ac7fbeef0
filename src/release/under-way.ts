import { isUnmarked } from "./deployed.ts";
import { executionsOf, PATIENCE, RECENT, startedBy } from "./executions.ts";
import { serviceOf } from "./revision.ts";
import type { Site } from "./site.ts";
import { digestOf, headOf } from "./upload.ts";

/**
 * The version of the source that holds the very archive with this digest, where its release has yet to come to its end: whoever began
 * it may have died, and a second upload would be a second release. One that has ended says nothing against another of the same source.
 */
export async function underWay(site: Site, digest: string): Promise<string | undefined> {
  const newest = await headOf(site);
  if (newest === undefined || digestOf(newest) !== digest) return undefined;
  const version = newest.VersionId;
  if (version === undefined) return undefined;
  const own = await startedBy(site, await executionsOf(site, RECENT), version);
  if (own === undefined) return isYoung(site, newest.LastModified) ? version : undefined;
  if (own.status === "InProgress") return version;
  if (own.status !== "Succeeded" || site.stack.service.desiredCount === 0) return undefined;
  // It has come through the pipeline, and the service has yet to get its first tasks, or is just getting them, or what it runs has yet to be marked.
  const service = await serviceOf(site);
  const starts = service?.deployments?.some(({ rolloutState }) => rolloutState === "IN_PROGRESS");
  return service?.desiredCount === 0 || starts || (await isUnmarked(site)) ? version : undefined;
}

/** Whether what was uploaded then may still start its execution; later than that, nothing has come of it. */
const isYoung = ({ clock }: Site, uploaded: Date | undefined) =>
  uploaded !== undefined && clock.now() - uploaded.getTime() < PATIENCE;
