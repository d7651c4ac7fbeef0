import type { Service as EcsService } from "@aws-sdk/client-ecs";

/**
 * Whether only one deployment is left, it is complete, and the running count equals the desired count. A deployment that failed stays so; it is over
 * too once nothing is to run.
 */
export function isSteady({ status, deployments = [], runningCount, desiredCount }: EcsService): boolean {
  const [deployment, ...others] = deployments;
  return (
    status === "ACTIVE" &&
    others.length === 0 &&
    deployment?.status === "PRIMARY" &&
    (deployment.rolloutState === "COMPLETED" || (deployment.rolloutState === "FAILED" && desiredCount === 0)) &&
    runningCount === desiredCount
  );
}

/**
 * How many tasks run of those that are wanted, in words. `runningCount` is all of them: while a rollout replaces tasks it counts those of the
 * revision before too, which are told apart by their deployments.
 */
export function tasksText({ deployments = [], runningCount = 0 }: EcsService, wanted: number): string {
  const current = deployments.find(({ status }) => status === "PRIMARY")?.taskDefinition;
  const running = new Map<string | undefined, number>();
  for (const one of deployments)
    running.set(one.taskDefinition, (running.get(one.taskDefinition) ?? 0) + (one.runningCount ?? 0));
  const before = [...running].filter(([revision, tasks]) => revision !== current && tasks > 0);
  if (before.length === 0) return `${runningCount} of ${wanted} tasks run`;
  const old = before.map(([revision = "", tasks]) => `${tasks} of ${revision.slice(revision.lastIndexOf("/") + 1)}`);
  return `${running.get(current) ?? 0} of ${wanted} tasks run the new revision, and still ${old.join(" and ")}`;
}

/**
 * ECS's reason while it rolls the service back. The primary deployment is the previous one then (ECS developer guide, "How the Amazon ECS
 * deployment circuit breaker detects failures"), and keeps that reason once it is complete.
 */
export function rollbackOf({ deployments = [] }: EcsService): string | undefined {
  const primary = deployments.find(({ status }) => status === "PRIMARY");
  const goesBack = primary?.rolloutState === "IN_PROGRESS" && primary.rolloutStateReason?.includes("rolling back");
  return goesBack ? primary?.rolloutStateReason : undefined;
}

const NO_TASK = /unable to place a task|unable to consistently start tasks|failed to launch a task/;
/** This many events without progress are not a coincidence. */
const ENOUGH = 3;

/** ECS's own message why waiting for the service is pointless, or `undefined` while it may still become steady. */
export function whyStuck(service: EcsService): string | undefined {
  if (service.status !== "ACTIVE" || isSteady(service)) return undefined;
  const primary = service.deployments?.find(({ status }) => status === "PRIMARY");
  // During a rollback, the primary deployment is the previous one.
  if (primary?.rolloutState === "FAILED" || primary?.rolloutStateReason?.includes("rolling back to"))
    return primary.rolloutStateReason ?? "the deployment failed";
  // Events are listed newest first; those of earlier deployments are irrelevant.
  const since = primary?.createdAt?.getTime() ?? 0;
  const troubles = (service.events ?? []).filter(
    ({ createdAt, message = "" }) => (createdAt?.getTime() ?? 0) >= since && NO_TASK.test(message),
  );
  return troubles.length >= ENOUGH ? troubles[0]?.message : undefined;
}
