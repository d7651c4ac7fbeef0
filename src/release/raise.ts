import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { CROSSED } from "../aws/autoscaling/shared.ts";
import { UPDATE_NOT_YET } from "../aws/ecs/shared.ts";
import type { ReleaseEvent } from "./events.ts";
import type { Followed } from "./follow.ts";
import { serviceOf } from "./revision.ts";
import { settle } from "./settle.ts";
import type { ServiceRef } from "./service-ref.ts";

/**
 * Gives a service at zero tasks, which has waited for its first release, the tasks that the file wants, and follows them until they run.
 * Answers `undefined` where there is nothing to raise.
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
    // Whoever raised it may have died before it came to the bounds.
    await raiseBounds(ref);
    return undefined;
  }
  const startedAt = ref.clock.now();
  // A deployment of its own, because ECS's circuit breaker watches deployments and not a count that grows.
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

/** The autoscaler's least number of tasks, which is zero until the first release. */
async function raiseBounds({ aws, names, stack }: ServiceRef): Promise<void> {
  const scaled = {
    ServiceNamespace: "ecs",
    ScalableDimension: "ecs:service:DesiredCount",
  } as const;
  const ResourceId = `service/${names.cluster}/${names.service}`;
  const { ScalableTargets: [target] = [] } = await aws.autoScaling(
    new DescribeScalableTargetsCommand({ ...scaled, ResourceIds: [ResourceId] }),
  );
  // Any other number is someone's wish, and a reconcile's to mend.
  if (target?.MinCapacity !== 0 || stack.scaling.min === 0) return;
  await aws.autoScaling(new RegisterScalableTargetCommand({ ...scaled, ResourceId, MinCapacity: stack.scaling.min }), {
    notYet: CROSSED,
  });
}
