import type { Sim } from "../sim.ts";
import { placeOf } from "./interfaces.ts";
import type { SimDeployment, SimService, SimTask } from "./records.ts";

/** A new id of 32 hexadecimal digits, out of the record alone. */
export function newTaskId(service: SimService): string {
  let state = service.createdAt % 2_147_483_647;
  for (const sign of `${service.name} ${service.ids++}`) state = (Math.imul(state, 31) + sign.charCodeAt(0)) | 0;
  let id = "";
  while (id.length < 32) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    id += (state >>> 0).toString(16).padStart(8, "0");
  }
  return id;
}

/** A task that a deployment of a service starts. */
export function newTask(sim: Sim, service: SimService, deployment: SimDeployment, now: number): SimTask {
  const id = newTaskId(service);
  return {
    id,
    arn: sim.arn("ecs", `task/${service.cluster}/${id}`),
    deploymentId: deployment.id,
    taskDefinition: deployment.taskDefinition,
    ...placeOf(sim, service.settings.networkConfiguration, service.ids, service.slot),
    ...(deployment.images ? { images: deployment.images } : {}),
    ...(deployment.loadBalancers ? { loadBalancers: deployment.loadBalancers } : {}),
    createdAt: now,
  };
}
