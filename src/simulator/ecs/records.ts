import type {
  CapacityProviderStrategyItem,
  CreateServiceCommandInput,
  RegisterTaskDefinitionCommandInput,
  ServiceDeploymentStatus,
} from "@aws-sdk/client-ecs";
import { refuse } from "../errors.ts";
import type { Cut } from "../pages.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

export interface SimCluster {
  name: string;
  arn: string;
  settings: { name: "containerInsights"; value: string }[];
  capacityProviders?: string[];
  defaultStrategy?: CapacityProviderStrategyItem[];
  /** Machines of someone's that are registered in it, by their ids. */
  machines?: string[];
  tags: SimTags;
}

/** One revision. */
export interface SimTaskDefinition {
  arn: string;
  family: string;
  revision: number;
  active: boolean;
  registeredAt: number;
  deregisteredAt?: number;
  definition: Omit<RegisterTaskDefinitionCommandInput, "tags" | "family">;
  tags: SimTags;
}

export interface SimDeployment {
  id: string;
  status: "PRIMARY" | "ACTIVE";
  taskDefinition: string;
  createdAt: number;
  failedTasks: number;
  rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  reason: string;
  /** The images of its containers, by the digests that their tags led to when it began. */
  images?: Record<string, string>;
  /** The service deployment that it belongs to. */
  releaseId?: string;
  /** Where its tasks are registered (botocore ecs, UpdateService.loadBalancers: new tasks start with the new configuration, old ones go on). */
  loadBalancers?: CreateServiceCommandInput["loadBalancers"];
}

/** What ECS calls a service deployment: from a change of the service to its end, its rollback included. */
export interface SimServiceDeployment {
  id: string;
  createdAt: number;
  finishedAt?: number;
  /** When someone stopped it. */
  stoppedAt?: number;
  status: ServiceDeploymentStatus;
  reason?: string;
  taskDefinition: string;
  /** The numbers of the service revisions that it deploys from and to. */
  from?: string;
  to: string;
  rollback?: { startedAt: number; to: string; reason: string };
}

/** What becomes of a task once its images are pulled; the whole of it is known then, whatever is deleted later. */
export type Fate =
  | { readonly end: "good" }
  /** Its essential container ends, with these last words. */
  | { readonly end: "exits"; readonly container: string; readonly words: string }
  /** The load balancer's check finds it unhealthy. */
  | { readonly end: "unhealthy" }
  /** The check inside its container fails, this long after it started. */
  | { readonly end: "check-fails"; readonly container: string; readonly seconds: number; readonly words: string };

export interface SimTask {
  id: string;
  arn: string;
  deploymentId: string;
  taskDefinition: string;
  /** The private address that the load balancer reaches it at, and where its network interface is. */
  address: string;
  subnetId?: string;
  groupIds?: string[];
  publicIp?: boolean;
  ipv6?: string | undefined;
  /** The images of its containers, and what becomes of it once they are pulled. */
  images?: Record<string, string>;
  loadBalancers?: SimDeployment["loadBalancers"];
  fate?: Fate;
  createdAt: number;
  runningAt?: number;
  healthyAt?: number;
  /** Since when it has been asked to stop, and when it had. */
  stoppingAt?: number;
  stoppedAt?: number;
  stopCode?: "TaskFailedToStart" | "EssentialContainerExited" | "ServiceSchedulerInitiated" | "UserInitiated";
  stoppedReason?: string;
  /** The reason given for stopping it. */
  stopReason?: string;
  exitCode?: number;
  containerReason?: string;
}

export interface SimEvent {
  id: string;
  at: number;
  message: string;
}

/** A service, with its deployments and tasks as they were at `steppedAt`. */
export interface SimService {
  name: string;
  arn: string;
  cluster: string;
  status: "ACTIVE" | "DRAINING";
  desiredCount: number;
  taskDefinition: string;
  deployments: SimDeployment[];
  /** What the last deployment that came through ran: what a circuit breaker rolls back to. */
  lastGood?: string;
  lastBalancers?: SimDeployment["loadBalancers"];
  tasks: SimTask[];
  /** Newest first. */
  releases?: SimServiceDeployment[];
  /** Newest first. */
  events: SimEvent[];
  settings: Pick<
    CreateServiceCommandInput,
    | "networkConfiguration"
    | "loadBalancers"
    | "deploymentConfiguration"
    | "availabilityZoneRebalancing"
    | "healthCheckGracePeriodSeconds"
    | "enableExecuteCommand"
    | "enableECSManagedTags"
    | "propagateTags"
    | "platformVersion"
    | "capacityProviderStrategy"
    | "serviceConnectConfiguration"
  >;
  clientToken: string | undefined;
  createdAt: number;
  /** When a service that is being deleted is gone. */
  goneAt?: number;
  steppedAt: number;
  /** Counts the ids that it has given out. */
  ids: number;
  /** The number that no other service has, from 1. */
  slot?: number;
  tags: SimTags;
}

/** How ECS cuts its lists. */
export const PAGES: Cut = { usual: 100, code: "InvalidParameterException" };

export const clusters = (sim: Sim) => sim.table<SimCluster>("ecs.clusters");
export const services = (sim: Sim) => sim.table<SimService>("ecs.services");
export const taskDefinitions = (sim: Sim) => sim.table<SimTaskDefinition>("ecs.taskDefinitions");
/** Services that were deleted and that ECS shows as INACTIVE for a while. */
export const formerServices = (sim: Sim) => sim.table<SimService>("~ecs.services");

/** The lowest number that no service has. */
export function freeSlot(sim: Sim): number {
  const taken = new Set(Object.values(services(sim)).map(({ slot }) => slot));
  let slot = 1;
  while (taken.has(slot)) slot++;
  return slot;
}

/** The last part of a name that may be an ARN. */
export const shortName = (text = "default") => text.slice(text.lastIndexOf("/") + 1);

/** The cluster of a name or ARN, or ECS's refusal. */
export const clusterOf = (sim: Sim, name: string | undefined): SimCluster =>
  clusters(sim)[shortName(name)] ?? refuse("ClusterNotFoundException", "Cluster not found.");

/** The key of a service in its table. */
export const serviceKey = (cluster: string | undefined, name: string | undefined) =>
  `${shortName(cluster)}/${shortName(name)}`;

/** The service of a name or ARN, or ECS's refusal. */
export function serviceOf(sim: Sim, cluster: string | undefined, name: string | undefined): SimService {
  clusterOf(sim, cluster);
  const found = services(sim)[serviceKey(cluster, name)];
  if (!found || isGone(sim, found)) return refuse("ServiceNotFoundException", "Service not found.");
  return found;
}

/** Whether a service's deletion is through. */
export const isGone = (sim: Sim, { goneAt = Number.POSITIVE_INFINITY }: SimService) => goneAt <= sim.now;

/** The newest active revision of a family, a given `family:revision`, or that of an ARN. */
export function taskDefinitionOf(sim: Sim, name = ""): SimTaskDefinition {
  const [family = "", revision] = shortName(name).split(":");
  const all = Object.values(taskDefinitions(sim)).filter((definition) => definition.family === family);
  const found =
    revision === undefined
      ? all.filter(({ active }) => active).toSorted((a, b) => b.revision - a.revision)[0]
      : all.find((definition) => definition.revision === Number(revision));
  return found ?? refuse("ClientException", "Unable to describe task definition.");
}
