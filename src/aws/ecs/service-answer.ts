import type { Service as EcsService } from "@aws-sdk/client-ecs";
import { toldConnection } from "./service-connect.ts";

/** Deployment configuration, in ECS's own spelling; ECS may report more members than these. */
export interface DeploymentSpec {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly deploymentCircuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
  /** Alarms, by name, that end a deployment when they go off during it; omitted: none. */
  readonly alarms?:
    | { readonly alarmNames: readonly string[]; readonly enable: boolean; readonly rollback: boolean }
    | undefined;
}

const NO_ALARMS = { alarmNames: [], enable: false, rollback: false } as const;

/** A deployment configuration as a call sends it; `now`: what an update finds, whose alarms would stay if they were left out. */
export function deploymentInput({ alarms, ...more }: DeploymentSpec, now?: DeploymentSpec) {
  const watched = alarms ?? (now?.alarms && NO_ALARMS);
  return { ...more, ...(watched ? { alarms: { ...watched, alarmNames: [...watched.alarmNames] } } : {}) };
}

/** A deployment configuration in canonical form: ECS's defaults are filled in, and members that ECS adds are omitted. */
export function deploymentSpec(configuration: object): DeploymentSpec {
  const {
    minimumHealthyPercent = 100,
    maximumPercent = 200,
    deploymentCircuitBreaker = {},
    strategy = "ROLLING",
    bakeTimeInMinutes = 0,
    alarms,
    lifecycleHooks = [],
    ...more
  } = configuration as NonNullable<EcsService["deploymentConfiguration"]>;
  const { alarmNames = [], enable = false, rollback = false } = alarms ?? {};
  const watched = alarmNames.length > 0 || enable || rollback;
  return {
    ...more,
    ...(strategy === "ROLLING" ? {} : { strategy }),
    ...(bakeTimeInMinutes === 0 ? {} : { bakeTimeInMinutes }),
    ...(watched ? { alarms: { alarmNames: alarmNames.toSorted(), enable, rollback } } : {}),
    ...(lifecycleHooks.length > 0 ? { lifecycleHooks } : {}),
    minimumHealthyPercent,
    maximumPercent,
    deploymentCircuitBreaker: { enable: false, rollback: false, ...deploymentCircuitBreaker },
  };
}

/** Whether tasks are rebalanced between zones; `undefined` if ECS does not report it. It is off unless it was set. */
export const rebalancing = ({ availabilityZoneRebalancing: told }: EcsService): boolean | undefined =>
  told === undefined ? undefined : told === "ENABLED";

/** Members of a service that are compared elsewhere, or that are status and not settings. */
const COMPARED_OR_STATE: ReadonlySet<string> = new Set([
  "serviceArn",
  "serviceName",
  "clusterArn",
  "status",
  "desiredCount",
  "runningCount",
  "pendingCount",
  "launchType",
  "capacityProviderStrategy",
  "platformVersion",
  "platformFamily",
  "taskDefinition",
  "deploymentConfiguration",
  "deployments",
  "loadBalancers",
  "networkConfiguration",
  "healthCheckGracePeriodSeconds",
  "enableExecuteCommand",
  "enableECSManagedTags",
  "propagateTags",
  "availabilityZoneRebalancing",
  "tags",
  "roleArn",
  "events",
  "createdAt",
  "createdBy",
  "currentServiceDeployment",
  "currentServiceRevisions",
  "resourceManagementType",
]);

/** ECS's defaults for the other members. */
const ASSUMED: Readonly<Record<string, string>> = {
  schedulingStrategy: JSON.stringify("REPLICA"),
  deploymentController: JSON.stringify({ type: "ECS" }),
};

/** Unmanaged settings of a service, which are kept and shown in a plan; `connects`: Service Connect is declared, so it is managed. */
export function unmanagedIn(service: EcsService, connects = false): string[] {
  // Service Connect, volumes and VPC Lattice are reported only on the deployment.
  const primary = service.deployments?.find(({ status }) => status === "PRIMARY");
  const { volumeConfigurations, vpcLatticeConfigurations } = primary ?? {};
  const connect = connects ? {} : { serviceConnectConfiguration: toldConnection(service) };
  const settings = { ...service, ...connect, volumeConfigurations, vpcLatticeConfigurations };
  return Object.entries(settings).flatMap(([name, value]) => {
    if (COMPARED_OR_STATE.has(name) || value === undefined || value === null) return [];
    const text = JSON.stringify(value);
    return text === "[]" || text === "{}" || ASSUMED[name] === text ? [] : [`${name} ${shortened(text)}`];
  });
}

/** Long enough to be recognized. */
const WIDTH = 80;
const shortened = (text: string) => (text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text);
