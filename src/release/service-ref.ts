import type { Aws } from "../aws/aws.ts";
import type { Clock } from "../engine/clock.ts";
import { MAIN_SERVICE, type Names } from "../config/naming.ts";
import type { Service, Stack } from "../config/stack.ts";
import type { Action } from "./executions.ts";

/** Where the releases of one service happen: whatever reads or moves them is given this. */
export interface ServiceRef {
  readonly aws: Aws;
  readonly clock: Clock;
  /** Its own names beside those that all services of the stack share. */
  readonly names: Names;
  /** The stack as if the service were its only one. */
  readonly stack: Stack;
  /** The service's name; if omitted: the main one. */
  readonly service?: string;
}

/** The name of the service. */
export const serviceName = ({ service = MAIN_SERVICE }: Pick<ServiceRef, "service">): string => service;

/** What the config says of the service; `undefined` where it has no such service. */
export const settingsOf = (ref: ServiceRef): Service | undefined =>
  ref.stack.services.find(({ name }) => name === serviceName(ref));

/** Whether the service answers the internet, through CDN and load balancer. */
export function isPublic(ref: ServiceRef): boolean {
  const settings = settingsOf(ref);
  return settings === undefined || (settings.type === "web" && !settings.internal);
}

/** Whether the service is a task that runs at times and ends. */
export const isJob = (ref: ServiceRef): boolean => settingsOf(ref)?.type === "job";

/** The id in the stack of a resource of the service: those of the main one do not say its name. */
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
