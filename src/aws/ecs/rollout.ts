import type { Service as EcsService } from "@aws-sdk/client-ecs";

/** Whether one deployment is left, it is through, and as many tasks run as are wanted. */
export function isSteady({ status, deployments = [], runningCount, desiredCount }: EcsService): boolean {
  const [deployment, ...others] = deployments;
  return (
    status === "ACTIVE" &&
    others.length === 0 &&
    deployment?.status === "PRIMARY" &&
    deployment.rolloutState === "COMPLETED" &&
    runningCount === desiredCount
  );
}

const NO_TASK = /unable to place a task|unable to consistently start tasks|failed to launch a task/;
/** So many events that tell of no progress are no accident. */
const ENOUGH = 3;

/** ECS's own words for why waiting for the service is of no use, or `undefined` while it may still become steady. */
export function whyStuck(service: EcsService): string | undefined {
  if (service.status !== "ACTIVE" || isSteady(service)) return undefined;
  const primary = service.deployments?.find(({ status }) => status === "PRIMARY");
  // While it rolls back, the deployment that failed has made room for the one before it.
  if (primary?.rolloutState === "FAILED" || primary?.rolloutStateReason?.includes("rolling back to"))
    return primary.rolloutStateReason ?? "the deployment failed";
  // Events come newest first; those of earlier deployments say nothing about this one.
  const since = primary?.createdAt?.getTime() ?? 0;
  const troubles = (service.events ?? []).filter(
    ({ createdAt, message = "" }) => (createdAt?.getTime() ?? 0) >= since && NO_TASK.test(message),
  );
  return troubles.length >= ENOUGH ? troubles[0]?.message : undefined;
}
