import { isUnmarked } from "./deployed.ts";
import { executionsOf, PATIENCE, RECENT, startedBy } from "./executions.ts";
import { serviceOf } from "./revision.ts";
import type { ServiceRef } from "./service-ref.ts";
import { digestOf, headOf } from "./upload.ts";

/**
 * The version of the source with exactly this digest, if its release has not ended: the process that started
 * it may have died, and a second upload would be a second release. If it has ended, the same source may be released again.
 */
export async function unfinishedUpload(
  ref: ServiceRef,
  digest: string,
  refs: readonly ServiceRef[] = [ref],
): Promise<string | undefined> {
  const newest = await headOf(ref);
  if (newest === undefined || digestOf(newest) !== digest) return undefined;
  const version = newest.VersionId;
  if (version === undefined) return undefined;
  const own = await startedBy(ref, await executionsOf(ref, RECENT), version);
  if (own === undefined) return isYoung(ref, newest.LastModified) ? version : undefined;
  if (own.status === "InProgress") return version;
  if (own.status !== "Succeeded") return undefined;
  for (const one of refs) if (one.stack.service.desiredCount > 0 && (await isStarting(one))) return version;
  return undefined;
}

/** Whether a service whose release has passed the pipeline still has no tasks, is starting them, or its image is not tagged as deployed yet. */
async function isStarting(ref: ServiceRef): Promise<boolean> {
  const service = await serviceOf(ref);
  const starts = service?.deployments?.some(({ rolloutState }) => rolloutState === "IN_PROGRESS") ?? false;
  return service?.desiredCount === 0 || starts || (await isUnmarked(ref));
}

/** Whether an upload at that time may still start an execution. */
const isYoung = ({ clock }: ServiceRef, uploaded: Date | undefined) =>
  uploaded !== undefined && clock.now() - uploaded.getTime() < PATIENCE;
