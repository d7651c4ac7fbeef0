import { targetGroups } from "../elb/records.ts";
import type { Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import type { SimService } from "./records.ts";

/**
 * Seconds from the request to stop until a task has stopped: its target is deregistered first, which takes as long as its target group says
 * (ELB API reference, TargetGroupAttribute, `deregistration_delay.timeout_seconds`; ECS developer guide, "Stopping tasks").
 */
export function stopsIn(sim: Sim, { settings }: Pick<SimService, "settings">): number {
  const delays = (settings.loadBalancers ?? []).map(({ targetGroupArn = "" }) =>
    Number(targetGroups(sim)[targetGroupArn]?.attributes["deregistration_delay.timeout_seconds"] ?? 0),
  );
  return Math.max(TIMING.taskStop, ...delays);
}
