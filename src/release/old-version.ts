import { healthyTargets } from "./healthy-targets.ts";
import { revisionIn, serviceOf } from "./revision.ts";
import { isJob, isPublic, serviceName, type ServiceRef } from "./service-ref.ts";

/** What a service runs after a release of it has failed. */
export interface OldVersion {
  readonly service: string;
  /** `family:revision`, of which tasks run although the release has failed; missing if there is none. */
  readonly revision?: string;
  readonly tasks: number;
  /** How many targets of its load balancer are healthy; missing for a service that has none. */
  readonly healthy?: number;
}

/** What the services run that are not jobs, `failed` being the revisions of the release. A service that nothing was to run of is left out. */
export async function oldVersions(
  refs: readonly ServiceRef[],
  failed: ReadonlySet<string>,
): Promise<readonly OldVersion[]> {
  const found = await Promise.all(
    refs.map(async (ref) => {
      const service = isJob(ref) ? undefined : await serviceOf(ref);
      if (!service?.desiredCount) return [];
      const old = (service.deployments ?? []).filter(
        ({ taskDefinition, runningCount = 0 }) => runningCount > 0 && !failed.has(revisionIn(taskDefinition)),
      );
      const tasks = old.reduce((sum, { runningCount = 0 }) => sum + runningCount, 0);
      const revision = old.length > 0 ? revisionIn(old[0]?.taskDefinition) : undefined;
      const healthy = isPublic(ref) ? await healthyTargets(ref) : undefined;
      const named = revision === undefined ? {} : { revision };
      return [{ service: serviceName(ref), ...named, tasks, ...(healthy === undefined ? {} : { healthy }) }];
    }),
  );
  return found.flat();
}
