import type { Service as EcsService } from "@aws-sdk/client-ecs";
import { toldConnection } from "./service-connect.ts";

/** How a deployment goes, in ECS's own spelling; ECS may tell of more members than these. */
export interface DeploymentSpec {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly deploymentCircuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
}

/** What ECS fills in by itself (the members' documentation in botocore's ecs model, DeploymentConfiguration). */
const OFF = JSON.stringify({ enable: false, rollback: false });

/** A deployment configuration as it is compared: what ECS assumes is filled in, what it adds and nobody set is left out. */
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
  const { alarmNames = [], ...switches } = alarms ?? {};
  const watched = alarmNames.length > 0 || JSON.stringify({ enable: false, rollback: false, ...switches }) !== OFF;
  return {
    ...more,
    ...(strategy === "ROLLING" ? {} : { strategy }),
    ...(bakeTimeInMinutes === 0 ? {} : { bakeTimeInMinutes }),
    ...(watched ? { alarms } : {}),
    ...(lifecycleHooks.length > 0 ? { lifecycleHooks } : {}),
    minimumHealthyPercent,
    maximumPercent,
    deploymentCircuitBreaker: { enable: false, rollback: false, ...deploymentCircuitBreaker },
  };
}

/** Whether tasks are moved between zones; `undefined` where ECS does not tell. A service that never had it set has it off. */
export const rebalancing = ({ availabilityZoneRebalancing: told }: EcsService): boolean | undefined =>
  told === undefined ? undefined : told === "ENABLED";

/** What ECS tells of a service that is compared elsewhere, or that is what the service does and not how it is set. */
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

/** What ECS assumes of the others. */
const ASSUMED: Readonly<Record<string, string>> = {
  schedulingStrategy: JSON.stringify("REPLICA"),
  deploymentController: JSON.stringify({ type: "ECS" }),
};

/** Settings of a service that stay as they are, and that a plan shows; `connects`: Service Connect is declared, and none of them. */
export function unmanagedIn(service: EcsService, connects = false): string[] {
  // Service Connect, volumes and VPC Lattice are told of the deployment alone.
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

/** Long enough to recognise it by. */
const WIDTH = 80;
const shortened = (text: string) => (text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text);
