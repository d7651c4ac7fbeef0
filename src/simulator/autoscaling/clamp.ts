import { ecs } from "../ecs/operations.ts";
import { isGone, services, serviceKey, type SimService } from "../ecs/records.ts";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import type { SimScalableTarget } from "./records.ts";

/** The service of a scalable target. */
export function serviceAt(sim: Sim, resourceId: string): SimService {
  const [, cluster, name] = resourceId.split("/");
  const found = services(sim)[serviceKey(cluster, name)];
  if (!found || isGone(sim, found)) return refuse("ValidationException", `ECS service doesn't exist: ${resourceId}`);
  return found;
}

/** Moves the service's desired count between the bounds, as registering and a scheduled action do at once. */
export function clamp(sim: Sim, { resourceId, min, max }: SimScalableTarget) {
  const service = serviceAt(sim, resourceId);
  const desiredCount = Math.min(Math.max(service.desiredCount, min), max);
  if (desiredCount !== service.desiredCount && service.status === "ACTIVE")
    ecs["UpdateService"]?.({ cluster: service.cluster, service: service.name, desiredCount }, sim);
}
