import { isSteady } from "../aws/ecs/rollout.ts";
import type { ReleaseEvent } from "./events.ts";
import type { Action } from "./action.ts";
import type { Followed } from "./follow.ts";
import { Rollouts } from "./rollouts.ts";
import type { ServiceRef } from "./service-ref.ts";

/** A deployment of the service that was not started by the pipeline. */
export interface Settling {
  /** ECS's deployment id. */
  readonly deployment: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Poll interval and maximum duration, in milliseconds. */
const PAUSE = 2_000;
const PATIENCE = 1_800_000;

/** Follows a deployment until the desired number of tasks is running, or until it has failed. */
export async function settle(
  ref: ServiceRef,
  { deployment, startedAt }: Settling,
  tell: (event: ReleaseEvent) => void,
  signal?: AbortSignal,
): Promise<Followed> {
  const { clock } = ref;
  const rollouts = new Rollouts(ref, tell);
  const deploy: Action = {
    stage: "Deploy",
    name: "Deploy",
    category: "Deploy",
    status: "InProgress",
    startedAt,
    updatedAt: startedAt,
    externalId: deployment,
    summary: undefined,
    error: undefined,
    by: undefined,
    configuration: {},
  };
  const end = (ending: "live" | "failed", why?: string): Followed => {
    tell({ event: "ended", ending, why, at: clock.now() });
    return { ending, why, revision: rollouts.revision };
  };
  for (;;) {
    await clock.sleep(PAUSE, signal);
    await rollouts.look(deploy);
    if (rollouts.failure !== undefined) return end("failed", rollouts.failure);
    const { live, settled, why } = await rollouts.outcome(deploy, async () => undefined);
    if (!live && settled) return end("failed", why);
    const { service } = rollouts;
    if (live && settled && service && isSteady(service)) return end("live");
    if (clock.now() - startedAt > PATIENCE)
      return end(
        "failed",
        `${service?.runningCount ?? 0} of ${service?.desiredCount ?? 0} tasks are running after half an hour.`,
      );
  }
}
