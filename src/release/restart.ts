import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { UPDATE_NOT_YET } from "../aws/ecs/shared.ts";
import type { ReleaseEvent } from "./events.ts";
import type { Followed } from "./follow.ts";
import { serviceOf } from "./revision.ts";
import { settle } from "./settle.ts";
import type { ServiceRef } from "./service-ref.ts";

/** A deployment that replaces all tasks of a service by new ones of the same revision. */
export interface Restart {
  readonly ref: ServiceRef;
  readonly deployment: string | undefined;
  readonly startedAt: number;
}

/** Starts new tasks of a service, which replace its running ones; `undefined` if there are none to replace. */
export async function restart(ref: ServiceRef): Promise<Restart | undefined> {
  const { aws, clock, names } = ref;
  const live = await serviceOf(ref);
  if (!live || live.desiredCount === 0) return undefined;
  const startedAt = clock.now();
  const { service } = await aws.ecs(
    new UpdateServiceCommand({ cluster: names.cluster, service: names.service, forceNewDeployment: true }),
    { notYet: UPDATE_NOT_YET },
  );
  const primary = service?.deployments?.find(({ status }) => status === "PRIMARY");
  return { ref, deployment: primary?.id, startedAt };
}

/** Follows it until the new tasks run, or until ECS has rolled it back. */
export const followRestart = (
  { ref, ...settling }: Restart,
  tell: (event: ReleaseEvent) => void,
  signal?: AbortSignal,
): Promise<Followed> => settle(ref, settling, tell, signal);
