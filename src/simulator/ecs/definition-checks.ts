import type { ContainerDefinition, RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { refuse } from "../errors.ts";

/** The memory sizes that Fargate sells with each CPU size: from, to, step, in MiB. */
const SIZES: Readonly<Record<string, readonly [number, number, number]>> = {
  "256": [512, 2048, 512],
  "512": [1024, 4096, 1024],
  "1024": [2048, 8192, 1024],
  "2048": [4096, 16_384, 1024],
  "4096": [8192, 30_720, 1024],
  "8192": [16_384, 61_440, 4096],
  "16384": [32_768, 122_880, 8192],
};

/** Bytes of a task definition, and containers in it (ECS service quotas; the words are those that ECS answers). */
const MOST_BYTES = 65_536;
const MOST_CONTAINERS = 10;

/**
 * What ECS fills in and answers of a container (the example of `aws ecs describe-task-definition` in the AWS CLI's reference, and
 * `containerDefinitions.reduce` of terraform-provider-aws, internal/service/ecs/container_definitions.go).
 */
export const filledIn = (container: ContainerDefinition): ContainerDefinition => ({
  cpu: 0,
  essential: true,
  environment: [],
  mountPoints: [],
  volumesFrom: [],
  systemControls: [],
  ...container,
  portMappings: (container.portMappings ?? []).map((mapping) => ({
    ...mapping,
    hostPort: mapping.hostPort ?? mapping.containerPort,
    protocol: mapping.protocol ?? "tcp",
  })),
  ...(container.healthCheck ? { healthCheck: { interval: 30, timeout: 5, retries: 3, ...container.healthCheck } } : {}),
  ...(container.linuxParameters
    ? {
        linuxParameters: {
          ...container.linuxParameters,
          tmpfs: (container.linuxParameters.tmpfs ?? []).map((mount) => ({ mountOptions: [], ...mount })),
        },
      }
    : {}),
  ...(container.logConfiguration ? { logConfiguration: { secretOptions: [], ...container.logConfiguration } } : {}),
});

/** Refuses what ECS refuses to register. */
export function checkRegistration(input: RegisterTaskDefinitionCommandInput): void {
  const { family = "", cpu = "", memory = "", containerDefinitions = [] } = input;
  if (!/^[\w-]{1,255}$/.test(family)) refuse("ClientException", "Family contains invalid characters.");
  if (containerDefinitions.length === 0) refuse("ClientException", "Container list cannot be empty.");
  if (containerDefinitions.length > MOST_CONTAINERS)
    refuse("ClientException", `Too many containers. The most that a task definition can have is ${MOST_CONTAINERS}.`);
  const { tags: _tags, ...definition } = input;
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes > MOST_BYTES)
    refuse("ClientException", `Actual length: '${bytes}'. Max allowed length is '${MOST_BYTES}' bytes.`);
  for (const container of containerDefinitions) checkContainer(container, input);
  for (const volume of input.volumes ?? []) checkVolume(volume);
  const names = containerDefinitions.map(({ name }) => name);
  const ports = containerDefinitions.flatMap(({ portMappings = [] }) =>
    portMappings.flatMap(({ name: port }) => port ?? []),
  );
  // botocore ecs, PortMapping: "lowercase letters, numbers, underscores (_), and hyphens (-). The name can't start with a hyphen".
  if (ports.some((port) => !/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(port)) || new Set(ports).size < ports.length)
    refuse("ClientException", "The names of port mappings must be valid and unique in a task definition.");
  for (const { dependsOn = [], name } of containerDefinitions)
    for (const { containerName = "" } of dependsOn)
      if (!names.includes(containerName) || containerName === name)
        refuse("ClientException", `Container ${name} depends on ${containerName}, which is not another of its task.`);
  if (new Set(names).size < names.length) refuse("ClientException", "Container names must be unique.");
  if (!input.requiresCompatibilities?.includes("FARGATE")) return;
  checkFargateSize(cpu, memory);
  if (!input.executionRoleArn && containerDefinitions.some(({ logConfiguration }) => logConfiguration))
    refuse(
      "ClientException",
      "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    );
  // botocore ecs, EphemeralStorage: "The minimum supported value is 21 GiB and the maximum supported value is 200 GiB".
  const storage = input.ephemeralStorage?.sizeInGiB;
  if (storage !== undefined && (storage < 21 || storage > 200))
    refuse("ClientException", "Ephemeral storage must be between 21 and 200 GiB.");
  for (const container of containerDefinitions) checkOnFargate(container);
}

/** Refuses a size that Fargate does not sell. */
export function checkFargateSize(cpu: string, memory: string): void {
  const [from, to, by] =
    SIZES[cpu] ?? refuse("ClientException", `No Fargate configuration exists for given values: ${cpu} CPU`);
  const size = Number(memory);
  if (!(size >= from && size <= to && (size === from || size % by === 0)))
    refuse("ClientException", `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`);
}

/**
 * botocore ecs, EFSAuthorizationConfig and EFSVolumeConfiguration: with an access point the root directory is left out or `/`; an access
 * point and IAM need encryption in transit.
 */
function checkVolume({ name = "", efsVolumeConfiguration: efs }: Volume): void {
  if (!/^[\w-]{1,255}$/.test(name)) refuse("ClientException", "Volume.name contains invalid characters.");
  if (!efs) return;
  const { accessPointId, iam } = efs.authorizationConfig ?? {};
  if (accessPointId !== undefined && (efs.rootDirectory ?? "/") !== "/")
    refuse("ClientException", "EFS: with an access point the root directory must be omitted or set to '/'.");
  if ((accessPointId !== undefined || iam === "ENABLED") && efs.transitEncryption !== "ENABLED")
    refuse("ClientException", "EFS: access points and IAM authorization need transit encryption.");
}

type Volume = NonNullable<RegisterTaskDefinitionCommandInput["volumes"]>[number];

function checkContainer(
  { name = "", image = "", portMappings = [], mountPoints = [], environment = [], secrets = [] }: ContainerDefinition,
  input: RegisterTaskDefinitionCommandInput,
) {
  if (!/^[\w-]{1,255}$/.test(name)) refuse("ClientException", "Container.name contains invalid characters.");
  if (!/^[\w\-.:/@#]{1,255}$/.test(image)) refuse("ClientException", "Container.image contains invalid characters.");
  for (const { containerPort, hostPort = containerPort } of portMappings)
    if (input.networkMode === "awsvpc" && hostPort !== containerPort)
      refuse(
        "ClientException",
        "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
      );
  const variables = [...environment, ...secrets].map((variable) => variable.name ?? "");
  const twice = variables.find((variable, index) => variables.indexOf(variable) !== index);
  // The words are those of hashicorp/terraform-provider-aws#21309 and others.
  if (twice !== undefined && secrets.length > 0)
    refuse(
      "ClientException",
      `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${twice}'.`,
    );
  if (secrets.length > 0 && !input.executionRoleArn)
    refuse(
      "ClientException",
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  for (const { sourceVolume } of mountPoints)
    if (!input.volumes?.some((volume) => volume.name === sourceVolume))
      refuse("ClientException", `Unknown volume '${sourceVolume}'.`);
}

/**
 * What Fargate lacks (ECS developer guide, "Task definition parameters for Fargate": linuxParameters, privileged, stopTimeout). It has had
 * tmpfs since January 2026 (aws/containers-roadmap#736).
 */
function checkOnFargate({ linuxParameters = {}, privileged, stopTimeout = 30, healthCheck }: ContainerDefinition) {
  const { devices = [], sharedMemorySize, maxSwap, swappiness, tmpfs = [] } = linuxParameters;
  if (devices.length > 0 || (sharedMemorySize ?? maxSwap ?? swappiness) !== undefined)
    refuse("ClientException", "Fargate does not support devices, sharedMemorySize, maxSwap or swappiness.");
  if (privileged) refuse("ClientException", "Fargate does not support privileged containers.");
  if (stopTimeout > 120) refuse("ClientException", "The max stop timeout value for Fargate is 120 seconds.");
  for (const { containerPath = "", size = 0 } of tmpfs)
    if (!containerPath.startsWith("/") || size < 1)
      refuse("ClientException", "tmpfs needs an absolute container path and a size.");
  if (!healthCheck) return;
  const { command = [], interval = 30, timeout = 5, retries = 3, startPeriod = 0 } = healthCheck;
  const within = (value: number, least: number, most: number) => value >= least && value <= most;
  if (!["CMD", "CMD-SHELL", "NONE"].includes(command[0] ?? ""))
    refuse("ClientException", "The health check command must begin with CMD or CMD-SHELL.");
  if (!within(interval, 5, 300) || !within(timeout, 2, 60) || !within(retries, 1, 10) || !within(startPeriod, 0, 300))
    refuse("ClientException", "A setting of the health check is out of its range.");
}
