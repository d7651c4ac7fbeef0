import { deleteOldRevisions, oldRevisions } from "../aws/ecs/old-revisions.ts";
import { revisionsOfTasks, targetedRevisions } from "../aws/ecs/revision-users.ts";
import { revisionIn, serviceOf } from "./revision.ts";
import { NoSuchRelease, rollbackTarget } from "./rollback.ts";
import { isJob, settingsOf, type ServiceRef } from "./service-ref.ts";

/**
 * Deletes revisions of a service that are older than the newest `delivery.keepRevisions`, at most 20; returns how many. Revisions stay that
 * the service or a task runs, that a rule, a schedule or the state (`isRecorded`, by ARN) names, or that `rollback` would go back to. While the
 * service is being deployed none is deleted: ECS may roll back to an earlier one. `step` throws where the run is to stop.
 */
export async function pruneRevisions(
  ref: ServiceRef,
  isRecorded: (arn: string) => boolean,
  step: () => void,
): Promise<number> {
  const { cluster, taskFamily } = ref.names;
  const old = await oldRevisions(ref.aws, taskFamily, ref.stack.delivery.keepRevisions);
  if (old.active.length === 0) return 0;
  const service = isJob(ref) ? undefined : await serviceOf(ref);
  const { deployments = [] } = service ?? {};
  if (deployments.some(({ rolloutState }) => rolloutState !== "COMPLETED")) return 0;
  const [tasks, targeted, target] = await Promise.all([
    revisionsOfTasks(ref.aws, cluster, taskFamily),
    targetedRevisions(ref.aws, cluster),
    targetOfRollback(ref),
  ]);
  const used = new Set(
    [service?.taskDefinition, ...deployments.map((one) => one.taskDefinition), ...tasks, ...targeted, target].map(
      revisionIn,
    ),
  );
  return deleteOldRevisions(ref.aws, old, (arn) => used.has(revisionIn(arn)) || isRecorded(arn), step);
}

/** The `family:revision` that a rollback would go back to now; `undefined` if there is none. */
async function targetOfRollback(ref: ServiceRef): Promise<string | undefined> {
  // An image that the config names is not the pipeline's, which has no release of it.
  if (settingsOf(ref)?.image !== undefined) return undefined;
  try {
    return (await rollbackTarget(ref)).to;
  } catch (error) {
    if (error instanceof NoSuchRelease) return undefined;
    throw error;
  }
}
