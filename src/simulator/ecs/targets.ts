import type { SimTarget } from "../elb/records.ts";
import type { Sim } from "../sim.ts";
import { services, type SimService, type SimTask } from "./records.ts";
import { present } from "./rollout.ts";

function targetOf(task: SimTask, port: number): SimTarget {
  const target = { id: task.address, port };
  if (task.stoppingAt !== undefined)
    return {
      ...target,
      health: "draining",
      reason: "Target.DeregistrationInProgress",
      description: "Target deregistration is in progress",
    };
  if (task.healthyAt !== undefined) return { ...target, health: "healthy" };
  return {
    ...target,
    health: "initial",
    reason: "Elb.RegistrationInProgress",
    description: "Target registration is in progress",
  };
}

const portOf = ({ settings }: SimService) => settings.loadBalancers?.[0]?.containerPort ?? 0;

/** The targets that services have registered in a target group, by their tasks that run. */
export const targetsOf = (sim: Sim, targetGroupArn: string): SimTarget[] =>
  Object.values(services(sim))
    .filter(({ settings }) => settings.loadBalancers?.some((balancer) => balancer.targetGroupArn === targetGroupArn))
    .flatMap((service) =>
      present(sim, service)
        .tasks.filter(({ runningAt, stoppedAt }) => runningAt !== undefined && stoppedAt === undefined)
        .map((task) => targetOf(task, portOf(service))),
    );
