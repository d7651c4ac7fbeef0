import type { RunTaskCommandInput, TaskOverride } from "@aws-sdk/client-ecs";
import { securityGroupOf, subnetOf } from "../ec2/records.ts";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Sim } from "../sim.ts";
import { tagsOfInput, withTags } from "../tagging.ts";
import { checkFargateSize } from "./definition-checks.ts";
import { taskDefinitionOf, taskDefinitions, type SimCluster, type SimTaskDefinition } from "./records.ts";
import { PLATFORMS } from "./service-settings.ts";

const invalid = (message: string): never => refuse("InvalidParameterException", message);

/** Characters of all overrides, as JSON (botocore ecs, RunTask.overrides). */
const MOST_OVERRIDES = 8_192;
/** Subnets and security groups of one task (botocore ecs, AwsVpcConfiguration). */
const MOST_SUBNETS = 16;
const MOST_GROUPS = 5;

const KNOWN = [
  "capacityProviderStrategy",
  "clientToken",
  "cluster",
  "count",
  "enableECSManagedTags",
  "enableExecuteCommand",
  "group",
  "launchType",
  "networkConfiguration",
  "overrides",
  "platformVersion",
  "propagateTags",
  "startedBy",
  "tags",
  "taskDefinition",
];

/** How a task is run: on which capacity, of which revision, with which tags. */
export interface Placement {
  readonly revision: SimTaskDefinition;
  readonly capacity: { readonly launchType: "FARGATE"; readonly capacityProviderName?: string };
  readonly tags: Record<string, string>;
}

/** Refuses what RunTask refuses (botocore ecs, RunTask; the words are from public reports, where there are any). */
export function checkRun(sim: Sim, input: RunTaskCommandInput, cluster: SimCluster): Placement {
  onlyKnown("RunTask", input, ...KNOWN);
  const { count = 1, clientToken = "-", startedBy = "", overrides = {}, propagateTags, platformVersion } = input;
  if (count < 1 || count > 10) invalid("count should be between 1 and 10.");
  if (!/^[!-~]{1,64}$/.test(clientToken)) invalid("clientToken must have 1 to 64 characters in the range of 33-126.");
  if (!/^[\w/-]{0,128}$/.test(startedBy)) invalid("startedBy contains invalid characters.");
  if (propagateTags === "SERVICE") invalid("SERVICE is not a supported value of propagateTags for RunTask.");
  const revision = revisionOf(sim, input.taskDefinition);
  const capacity = capacityOf(input, cluster);
  if (platformVersion !== undefined && !PLATFORMS.includes(platformVersion))
    refuse("PlatformUnknownException", "The specified platform version doesn't exist.");
  if (!revision.definition.requiresCompatibilities?.includes("FARGATE"))
    invalid("Task definition does not support launch_type FARGATE.");
  checkNetwork(sim, input, revision);
  checkOverrides(overrides, revision);
  if (input.enableExecuteCommand && (overrides.taskRoleArn ?? revision.definition.taskRoleArn) === undefined)
    invalid("A valid taskRoleArn is needed for ECS Exec. Specify a valid task role in your task definition.");
  const given = tagsOfInput(input.tags, "InvalidParameterException");
  const propagated = propagateTags === "TASK_DEFINITION" ? revision.tags : {};
  const managed = input.enableECSManagedTags ? { "aws:ecs:clusterName": cluster.name } : {};
  return { revision, capacity, tags: { ...withTags(propagated, given, "InvalidParameterException"), ...managed } };
}

/** aws-cli issues and amazon-ecs-plugin issues have both sentences. */
function revisionOf(sim: Sim, name: string | undefined): SimTaskDefinition {
  const text = name ?? "";
  const [family = "", number] = text.slice(text.lastIndexOf("/") + 1).split(":");
  const all = Object.values(taskDefinitions(sim)).filter((one) => one.family === family);
  const isThere =
    number === undefined ? all.some(({ active }) => active) : all.some((one) => `${one.revision}` === number);
  if (!isThere) refuse("ClientException", "TaskDefinition not found.");
  const revision = taskDefinitionOf(sim, name);
  if (!revision.active) refuse("ClientException", "TaskDefinition is inactive");
  return revision;
}

/**
 * Where a call says neither, the cluster's default strategy counts, and where there is none, EC2 (botocore ecs, RunTask.launchType and
 * capacityProviderStrategy; aws/amazon-ecs-cli#1122 and boto/boto3#2862 for the refusal).
 */
function capacityOf({ launchType, capacityProviderStrategy = [] }: RunTaskCommandInput, cluster: SimCluster) {
  if (launchType !== undefined && capacityProviderStrategy.length > 0)
    invalid("Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.");
  if (launchType === "FARGATE") return { launchType };
  const strategy = capacityProviderStrategy.length > 0 ? capacityProviderStrategy : (cluster.defaultStrategy ?? []);
  if (launchType !== undefined || strategy.length === 0)
    return invalid("No Container Instances were found in your cluster.");
  const named = strategy.map(({ capacityProvider = "" }) => capacityProvider);
  const unknown = named.find((name) => !cluster.capacityProviders?.includes(name));
  if (unknown !== undefined)
    invalid(`The specified capacity provider '${unknown}' was not found. Specify a valid name or ARN and try again.`);
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1)
    invalid("Only one capacity provider in a capacity provider strategy can have a base.");
  const [first] = strategy.toSorted((a, b) => (b.base ?? 0) - (a.base ?? 0) || (b.weight ?? 0) - (a.weight ?? 0));
  return { launchType: "FARGATE" as const, capacityProviderName: first?.capacityProvider ?? "" };
}

function checkNetwork(sim: Sim, { networkConfiguration }: RunTaskCommandInput, { definition }: SimTaskDefinition) {
  const vpc = networkConfiguration?.awsvpcConfiguration;
  if (definition.networkMode !== "awsvpc") {
    if (vpc) invalid("Network Configuration is not valid for the given networkMode of this task definition.");
    return;
  }
  const { subnets = [], securityGroups = [] } =
    vpc ?? invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (subnets.length === 0) invalid("subnets can not be empty.");
  if (subnets.length > MOST_SUBNETS) invalid(`subnets can have at most ${MOST_SUBNETS} items.`);
  if (securityGroups.length > MOST_GROUPS) invalid(`securityGroups can have at most ${MOST_GROUPS} items.`);
  const vpcs = new Set([
    ...subnets.map((id) => subnetOf(sim, id).vpcId),
    ...securityGroups.map((id) => securityGroupOf(sim, id).vpcId),
  ]);
  if (vpcs.size > 1) invalid("Security groups and subnets must be in the same VPC.");
}

/** azavea/django-ecsmanage#21 has the words for an unknown container, game-ci/unity-builder those for the length. */
function checkOverrides(overrides: TaskOverride, { definition }: SimTaskDefinition) {
  const known = ["containerOverrides", "cpu", "memory", "taskRoleArn", "executionRoleArn", "ephemeralStorage"];
  onlyKnown("TaskOverride", overrides, ...known);
  const { containerOverrides = [], cpu, memory } = overrides;
  if (JSON.stringify(overrides).length > MOST_OVERRIDES)
    invalid(`Container Overrides length must be at most ${MOST_OVERRIDES}`);
  const size = { cpu: cpu ?? definition.cpu ?? "", memory: memory ?? definition.memory ?? "" };
  if (cpu !== undefined || memory !== undefined) checkFargateSize(size.cpu, size.memory);
  const storage = overrides.ephemeralStorage?.sizeInGiB;
  if (storage !== undefined && (storage < 21 || storage > 200))
    invalid("Ephemeral storage must be between 21 and 200 GiB.");
  for (const { name, cpu: share = 0, memory: limit, memoryReservation: soft = 0, ...rest } of containerOverrides) {
    onlyKnown("ContainerOverride", rest, "command", "environment");
    // botocore ecs, ContainerOverride: "If a non-empty container override is specified, the name parameter must be included".
    if (name === undefined || name === "") invalid("Container override name must not be blank.");
    if (!definition.containerDefinitions?.some((container) => container.name === name))
      invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
    // Docker's least memory of a container is 6 MiB (botocore ecs, ContainerDefinition.memory).
    if (limit !== undefined && limit < 6)
      invalid(`Invalid setting for container '${name}'. The least memory is 6 MiB.`);
    if (share > Number(size.cpu) || Math.max(limit ?? 0, soft) > Number(size.memory))
      refuse("ClientException", `Invalid setting for container '${name}'. It exceeds the cpu or memory of the task.`);
    for (const { name: variable = "" } of rest.environment ?? [])
      if (variable === "") invalid("The name of an environment variable must not be blank.");
  }
}
