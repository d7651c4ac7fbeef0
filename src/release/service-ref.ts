import type { Aws } from "../aws/aws.ts";
import type { Clock } from "../clock.ts";
import { mayIdle } from "../config/counts.ts";
import { MAIN_SERVICE, type Names } from "../config/naming.ts";
import type { Service, Stack } from "../config/stack.ts";
import type { Action } from "./action.ts";

/** Identifies one service and its release resources: passed to everything that reads or changes releases. */
export interface ServiceRef {
  readonly aws: Aws;
  readonly clock: Clock;
  /** The service's resource names, and those shared by all services of the stack. */
  readonly names: Names;
  /** The stack as if the service were its only one. */
  readonly stack: Stack;
  /** The service's name; if omitted, the main one. */
  readonly service?: string;
}

/** The name of the service. */
export const serviceName = ({ service = MAIN_SERVICE }: Pick<ServiceRef, "service">): string => service;

/** The service's config; `undefined` if it is not in the config. */
export const settingsOf = (ref: ServiceRef): Service | undefined =>
  ref.stack.services.find(({ name }) => name === serviceName(ref));

/** Whether the service is reachable from the internet, through CDN and load balancer. */
export function isPublic(ref: ServiceRef): boolean {
  const settings = settingsOf(ref);
  return settings === undefined || (settings.type === "web" && !settings.internal);
}

/** Whether the service is a job: tasks that run to completion. */
export const isJob = (ref: ServiceRef): boolean => settingsOf(ref)?.type === "job";

/** Whether the service is a worker that has no task at times, until its queue has a message. */
export function waitsForMessages(ref: ServiceRef): boolean {
  const settings = settingsOf(ref);
  return settings?.type === "worker" && settings.scaling.backlogPerTask !== undefined && mayIdle(ref.stack.scaling);
}

/** The id of a service's resource in the stack: the main service's ids have no prefix. */
export const idIn = (ref: Pick<ServiceRef, "service">, id: string): string =>
  serviceName(ref) === MAIN_SERVICE ? id : `${serviceName(ref)}/${id}`;

/** Whether an action of the pipeline is the one that deploys the service, or gives a job its image. */
export function isDeployOf(ref: ServiceRef, { name, category, configuration }: Action): boolean {
  const { names, stack } = ref;
  if (isJob(ref)) return category === STEP && name === names.updateAction;
  return category === "Deploy" && (stack.services.length < 2 || configuration["ServiceName"] === names.service);
}

/** CodePipeline's category of the actions with which CodeBuild runs commands before the deployment and changes jobs after it. */
export const STEP = "Test";
