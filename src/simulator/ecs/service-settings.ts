import { securityGroupOf, subnetOf } from "../ec2/records.ts";
import { groupsIn, listeners, rules, targetGroupOf } from "../elb/records.ts";
import { refuse, refusedAs } from "../errors.ts";
import { mapServices, namespaceNamed } from "../servicediscovery/records.ts";
import type { Sim } from "../sim.ts";
import type { SimCluster, SimService, SimTaskDefinition } from "./records.ts";

/** What CreateService and UpdateService both set. */
export const SETTINGS = [
  "networkConfiguration",
  "loadBalancers",
  "deploymentConfiguration",
  "availabilityZoneRebalancing",
  "healthCheckGracePeriodSeconds",
  "enableExecuteCommand",
  "enableECSManagedTags",
  "propagateTags",
  "platformVersion",
  "capacityProviderStrategy",
  "serviceConnectConfiguration",
] as const;

export type Settings = SimService["settings"];

/**
 * What ECS reads from EC2 before it starts anything. Its refusal has EC2's code in it: "Error retrieving subnet information for [subnet-...]: The
 * subnet ID '...' does not exist (ErrorCode: InvalidSubnetID.NotFound)" (moto's ecs backend and public CloudFormation events quote it).
 */
const fromEc2 = <T>(what: string, id: string, look: () => T): T =>
  refusedAs(
    look,
    "InvalidParameterException",
    ({ name, message }) => `Error retrieving ${what} information for [${id}]: ${message} (ErrorCode: ${name})`,
  );

/** The settings that an input gives, or ECS's refusal of one. */
export function settingsOf(sim: Sim, input: Settings, cluster: SimCluster): Settings {
  const { networkConfiguration: network, loadBalancers = [], capacityProviderStrategy: strategy = [] } = input;
  const vpc = network?.awsvpcConfiguration;
  for (const id of vpc?.subnets ?? []) fromEc2("subnet", id, () => subnetOf(sim, id));
  for (const id of vpc?.securityGroups ?? []) fromEc2("security group", id, () => securityGroupOf(sim, id));
  if (loadBalancers.length > MOST_TARGET_GROUPS)
    refuse("InvalidParameterException", `load balancers can have at most ${MOST_TARGET_GROUPS} items.`);
  for (const { targetGroupArn = "" } of loadBalancers) {
    const { arn, associatedAt = 0 } = targetGroupOf(sim, targetGroupArn);
    const used = [...Object.values(listeners(sim)), ...Object.values(rules(sim))].some(({ actions }) =>
      groupsIn(actions).includes(arn),
    );
    if (!used || sim.now < associatedAt)
      refuse(
        "InvalidParameterException",
        `The target group with targetGroupArn ${arn} does not have an associated load balancer.`,
      );
  }
  for (const { capacityProvider } of strategy)
    if (!cluster.capacityProviders?.includes(capacityProvider ?? ""))
      refuse(
        "InvalidParameterException",
        `The specified capacity provider '${capacityProvider}' was not found. Specify a valid name or ARN and try again.`,
      );
  const { platformVersion } = input;
  if (platformVersion !== undefined && !PLATFORMS.includes(platformVersion))
    refuse("PlatformUnknownException", "The specified platform version doesn't exist.");
  const deployment = input.deploymentConfiguration;
  if ((deployment?.maximumPercent ?? 200) <= 100 && input.availabilityZoneRebalancing === "ENABLED")
    refuse(
      "InvalidParameterException",
      "The service's maximumPercent must be greater than 100 for availability zone rebalancing.",
    );
  return Object.fromEntries(SETTINGS.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])));
}

/** Target groups of one service (botocore ecs, CreateService: "up to five load balancers"). */
const MOST_TARGET_GROUPS = 5;
/** Fargate's platform versions for Linux that can still be chosen (ECS developer guide, "Fargate platform versions"). */
export const PLATFORMS = ["LATEST", "1.4.0", "1.3.0"];

/**
 * Refuses a namespace that is not there, and a name in it that another service has (the words: aws/copilot-cli#4337). A name in the place of
 * an ARN may be that of a namespace still to be made (botocore ecs, ClusterServiceConnectDefaultsRequest).
 */
export function checkConnection(sim: Sim, { serviceConnectConfiguration: connect }: Settings, service: string): void {
  if (!connect?.enabled) return;
  const home = namespaceNamed(sim, connect.namespace);
  if (!home && (connect.namespace ?? "").startsWith("arn:"))
    refuse("InvalidParameterException", `Namespace ${connect.namespace} does not exist.`);
  for (const { discoveryName, portName = "", clientAliases = [] } of connect.services ?? []) {
    const name = discoveryName ?? portName;
    if (!/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(name))
      refuse("InvalidParameterException", `Invalid discovery name ${name}.`);
    if (clientAliases.length !== 1) refuse("InvalidParameterException", "A service needs one client alias.");
    const taken = mapServices(sim).some(
      (one) => one.namespaceId === home?.id && one.name === name && one.tags["AmazonECSManaged"] !== service,
    );
    if (taken) refuse("InvalidParameterException", `SC service is already used by ${home?.arn}`);
  }
}

/** terraform-provider-aws#31104 has the words. */
export function checkGrace({ loadBalancers = [] }: Settings, given: number | undefined): void {
  if (given !== undefined && loadBalancers.length === 0)
    refuse(
      "InvalidParameterException",
      "Health check grace period is only valid for services configured to use load balancers",
    );
}

/** Refuses a revision that lacks a container, or its port, that the service's targets lead to. */
export function checkTargets(
  { loadBalancers = [], serviceConnectConfiguration: connect }: Settings,
  { definition }: SimTaskDefinition,
) {
  const ports = (definition.containerDefinitions ?? []).flatMap(({ portMappings = [] }) => portMappings);
  for (const { portName } of connect?.enabled ? (connect.services ?? []) : [])
    if (!ports.some(({ name }) => name === portName))
      refuse("InvalidParameterException", `The task definition has no port mapping that is called ${portName}.`);
  for (const { containerName, containerPort } of loadBalancers) {
    const container = definition.containerDefinitions?.find(({ name }) => name === containerName);
    if (!container)
      refuse("InvalidParameterException", `The container ${containerName} does not exist in the task definition.`);
    if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort))
      refuse(
        "InvalidParameterException",
        `The container ${containerName} did not have a container port ${containerPort} defined.`,
      );
  }
}

/** What ECS fills in, and tells, of a deployment configuration. */
export const configurationOf = ({ deploymentConfiguration: given }: Settings) => ({
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  strategy: "ROLLING" as const,
  bakeTimeInMinutes: 0,
  ...given,
  deploymentCircuitBreaker: { enable: false, rollback: false, ...given?.deploymentCircuitBreaker },
  alarms: { alarmNames: [], enable: false, rollback: false, ...given?.alarms },
});

/** How the tasks of a service run: told of the service and of each of its deployments. */
export function platformOf({ capacityProviderStrategy: strategy = [], networkConfiguration }: Settings) {
  return {
    // Base and weight are no boxed numbers in ECS's model: it always tells them.
    ...(strategy.length > 0
      ? { capacityProviderStrategy: strategy.map((item) => ({ base: 0, weight: 0, ...item })) }
      : { launchType: "FARGATE" as const }),
    platformFamily: "Linux",
    networkConfiguration,
  };
}
