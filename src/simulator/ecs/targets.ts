import { reaches } from "../elb/reach.ts";
import type { SimTarget } from "../elb/records.ts";
import type { Sim } from "../sim.ts";
import { services, type SimService, type SimTask } from "./records.ts";
import { present } from "./present.ts";

function targetOf(task: SimTask, port: number, open: boolean): SimTarget {
  const target = { id: task.address, port };
  if (task.stoppingAt !== undefined)
    return {
      ...target,
      health: "draining",
      reason: "Target.DeregistrationInProgress",
      description: "Target deregistration is in progress",
    };
  if (task.healthyAt !== undefined && !open)
    return { ...target, health: "unhealthy", reason: "Target.Timeout", description: "Request timed out" };
  if (task.healthyAt !== undefined) return { ...target, health: "healthy" };
  return {
    ...target,
    health: "initial",
    reason: "Elb.RegistrationInProgress",
    description: "Target registration is in progress",
  };
}

/** The port that a task is registered with in a group; `undefined` where it is not. */
const portIn = ({ settings }: SimService, task: SimTask, arn: string) =>
  (task.loadBalancers ?? settings.loadBalancers)?.find(({ targetGroupArn }) => targetGroupArn === arn)?.containerPort;

/** The targets that services have registered in a target group, by their tasks that run. */
export const targetsOf = (sim: Sim, targetGroupArn: string): SimTarget[] =>
  Object.values(services(sim)).flatMap((service) =>
    present(sim, service)
      .tasks.filter(({ runningAt, stoppedAt }) => runningAt !== undefined && stoppedAt === undefined)
      .flatMap((task) => {
        const port = portIn(service, task, targetGroupArn);
        return port === undefined
          ? []
          : [targetOf(task, port, reaches(sim, targetGroupArn, task.groupIds, port, task.subnetId))];
      }),
  );
