import {
  DescribeScalableTargetsCommand,
  DescribeScheduledActionsCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { CROSSED, DESIRED_COUNT, policiesOf, resourceIdOf } from "../aws/autoscaling/shared.ts";
import { UPDATE_NOT_YET } from "../aws/ecs/shared.ts";
import { limitsEver } from "../config/counts.ts";
import { Snapshot } from "../engine/snapshot.ts";
import type { ReleaseEvent } from "./events.ts";
import type { Followed } from "./follow.ts";
import { serviceOf } from "./revision.ts";
import { settle } from "./settle.ts";
import { waitsForMessages, type ServiceRef } from "./service-ref.ts";

/**
 * Scales a service from zero, after its first release, to the configured number of tasks, and follows the deployment until they run.
 * Returns `undefined` if there is nothing to scale up.
 */
export async function raise(
  ref: ServiceRef,
  tell: (event: ReleaseEvent) => void,
  signal?: AbortSignal,
): Promise<Followed | undefined> {
  const { aws, names, stack } = ref;
  const { desiredCount } = stack.service;
  const live = await serviceOf(ref);
  if (!live || desiredCount === 0) return undefined;
  if (live.desiredCount !== 0) {
    // A process that scaled it up may have died before it updated the bounds.
    await raiseBounds(ref);
    return undefined;
  }
  if ((await isAtZeroBySchedule(ref)) || (await isAtZeroWithoutMessages(ref))) return undefined;
  const startedAt = ref.clock.now();
  // A separate deployment, because ECS's circuit breaker watches deployments and not changes of the desired count.
  const { service } = await aws.ecs(
    new UpdateServiceCommand({
      cluster: names.cluster,
      service: names.service,
      desiredCount,
      forceNewDeployment: true,
    }),
    { notYet: UPDATE_NOT_YET },
  );
  const primary = service?.deployments?.find(({ status }) => status === "PRIMARY");
  await raiseBounds(ref);
  return settle(ref, { deployment: primary?.id, startedAt }, tell, signal);
}

/** Whether a window of the config may have scaled it to zero. Its actions exist from the first reconcile after the first release on. */
async function isAtZeroBySchedule({ aws, names, stack }: ServiceRef): Promise<boolean> {
  if (limitsEver(stack.scaling).min > 0 || stack.scaling.min === 0) return false;
  const ResourceId = resourceIdOf(names);
  const { ScheduledActions = [] } = await aws.autoScaling(
    new DescribeScheduledActionsCommand({ ...DESIRED_COUNT, ResourceId }),
  );
  return ScheduledActions.length > 0;
}

/** Whether it may be at zero because its queue is empty. The policies for that, too, exist from the first reconcile after the first release on. */
async function isAtZeroWithoutMessages(ref: ServiceRef): Promise<boolean> {
  if (!waitsForMessages(ref)) return false;
  const { aws, names } = ref;
  const policies = await policiesOf(aws, new Snapshot(), resourceIdOf(names));
  return policies.some(({ PolicyName }) => PolicyName === names.scalingPolicies.fromZero);
}

/** Raises the autoscaler's minimum capacity, which is zero until the first release. */
async function raiseBounds({ aws, names, stack }: ServiceRef): Promise<void> {
  const ResourceId = resourceIdOf(names);
  const { ScalableTargets: [target] = [] } = await aws.autoScaling(
    new DescribeScalableTargetsCommand({ ...DESIRED_COUNT, ResourceIds: [ResourceId] }),
  );
  // Any other number was set outside Fairlead; a reconcile reverts it.
  if (target?.MinCapacity !== 0 || stack.scaling.min === 0) return;
  const MinCapacity = stack.scaling.min;
  await aws.autoScaling(new RegisterScalableTargetCommand({ ...DESIRED_COUNT, ResourceId, MinCapacity }), {
    notYet: CROSSED,
  });
}
