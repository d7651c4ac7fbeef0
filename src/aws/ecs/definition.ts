import type {
  ContainerDefinition,
  RegisterTaskDefinitionCommandInput,
  Tag,
  TaskDefinition as EcsTaskDefinition,
} from "@aws-sdk/client-ecs";
import type { Seen } from "../../engine/resource-kind.ts";
import { tagListLower } from "../tags.ts";
import type { TaskDefinitionSpec } from "./task-definition-spec.ts";
import type { ContainerSpec, TaskSettings } from "./task-definition-spec.ts";

/** A revision as ECS describes it, with its tags. */
export interface Described {
  readonly definition: EcsTaskDefinition;
  readonly tags: Tag[] | undefined;
}

/**
 * ECS's defaults, which it often fills in. Sources: the members' documentation in botocore's ecs model; "Task
 * definition parameters for Fargate" in the developer guide; `containerDefinitions.reduce` of terraform-provider-aws,
 * internal/service/ecs/container_definitions.go. Empty lists and objects count as unset.
 */
const CONTAINER_DEFAULTS = {
  cpu: 0,
  essential: true,
  readonlyRootFilesystem: false,
  privileged: false,
  interactive: false,
  pseudoTerminal: false,
  disableNetworking: false,
  versionConsistency: "enabled",
  // Fargate's default.
  stopTimeout: 30,
  portMappings: { protocol: "tcp", hostPort: 0 },
  mountPoints: { readOnly: false },
  volumesFrom: { readOnly: false },
  healthCheck: { interval: 30, timeout: 5, retries: 3, startPeriod: 0 },
  linuxParameters: { initProcessEnabled: false },
  restartPolicy: { enabled: false },
};
const TASK_DEFAULTS = {
  enableFaultInjection: false,
  volumes: {
    efsVolumeConfiguration: {
      rootDirectory: "/",
      transitEncryption: "DISABLED",
      authorizationConfig: { iam: "DISABLED" },
    },
  },
};

/** Output-only members of a revision: DescribeTaskDefinition returns and RegisterTaskDefinition rejects them (botocore ecs, both shapes). */
export const ANSWERED_ONLY = [
  "taskDefinitionArn",
  "revision",
  "status",
  "requiresAttributes",
  "compatibilities",
  "registeredAt",
  "registeredBy",
  "deregisteredAt",
  "deleteRequestedAt",
] as const;

type Members = Readonly<Record<string, unknown>>;

/** A container in canonical form, without ECS's defaults. Values that are known only after apply are kept. */
export function canonicalContainer(container: object): ContainerSpec {
  const { environment, secrets, portMappings, ...rest } = container as Members;
  const ports = Array.isArray(portMappings) ? portMappings.map(withoutOwnHostPort) : portMappings;
  const said = { ...rest, portMappings: ports, environment: byName(environment), secrets: byName(secrets) };
  return withoutDefaults(said, CONTAINER_DEFAULTS) as ContainerSpec;
}

/** Task settings in canonical form. */
export const canonicalTask = (task: TaskSettings): TaskSettings => withoutDefaults(task, TASK_DEFAULTS) as TaskSettings;

/** With network mode `awsvpc` the host port equals the container port. */
function withoutOwnHostPort(mapping: unknown): unknown {
  if (!isPlain(mapping) || mapping["hostPort"] !== mapping["containerPort"]) return mapping;
  const { hostPort: _same, ...rest } = mapping;
  return rest;
}

/** Converts ECS's lists of names and values to records; a record is returned unchanged. */
function byName(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return Object.fromEntries((list as Members[]).map(({ name, value, valueFrom }) => [name, value ?? valueFrom ?? ""]));
}

function withoutDefaults(value: unknown, defaults: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutDefaults(item, defaults));
  if (!isPlain(value)) return value;
  const assumed = isPlain(defaults) ? defaults : {};
  const kept = Object.entries(value)
    .map(([key, of]) => [key, withoutDefaults(of, assumed[key])] as const)
    .filter(([key, of]) => of !== undefined && of !== assumed[key] && !isEmpty(of));
  return Object.fromEntries(kept);
}

const isEmpty = (value: unknown) =>
  Array.isArray(value) ? value.length === 0 : isPlain(value) && Object.keys(value).length === 0;

const isPlain = (value: unknown): value is Members =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) === Object.prototype;

/** The spec of a revision; the application's container is the one called `name`, or else the first. */
export function specOf(definition: EcsTaskDefinition, name: string | undefined): Seen<TaskDefinitionSpec> {
  const { containerDefinitions = [], family, cpu, memory, executionRoleArn, taskRoleArn, ...rest } = definition;
  const own = containerDefinitions.find((candidate) => candidate.name === name) ?? containerDefinitions[0];
  const { image, ...container } = own ?? {};
  const task = withoutAnswers(rest);
  return {
    family,
    cpu: numberIn(cpu),
    memory: numberIn(memory),
    executionRoleArn,
    taskRoleArn,
    image,
    container: canonicalContainer({ name: "", ...container }),
    sidecars: Object.fromEntries(
      containerDefinitions
        .filter((other) => other !== own)
        .map((other) => [other.name ?? "", canonicalContainer({ name: "", ...other })]),
    ),
    task: withoutDefaults(
      // Fargate's default.
      {
        ...task,
        runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX", ...task["runtimePlatform"] },
      },
      TASK_DEFAULTS,
    ) as TaskSettings,
    status: definition.status ?? "ACTIVE",
  };
}

function withoutAnswers(definition: object): Record<string, object | undefined> {
  const answers: readonly string[] = ANSWERED_ONLY;
  return Object.fromEntries(Object.entries(definition).filter(([member]) => !answers.includes(member)));
}

/** The input that registers `spec`. */
export function registration(spec: TaskDefinitionSpec): RegisterTaskDefinitionCommandInput {
  const { container, sidecars, image, task, cpu, memory, family, executionRoleArn, taskRoleArn } = spec;
  return {
    family,
    ...structuredClone(task as object),
    cpu: String(cpu),
    memory: String(memory),
    executionRoleArn,
    taskRoleArn,
    containerDefinitions: [definitionOf({ ...container, image }), ...Object.values(sidecars).map(definitionOf)],
    tags: tagListLower(spec.tags),
  };
}

function definitionOf({
  environment = {},
  secrets,
  portMappings = [],
  ...container
}: ContainerSpec): ContainerDefinition {
  const rest = structuredClone(container) as Members;
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return {
    essential: true,
    ...rest,
    portMappings: portMappings.map((mapping) => ({ protocol: "tcp", ...mapping })),
    environment: variables.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ...(secrets === undefined
      ? {}
      : {
          secrets: Object.entries(secrets)
            .map(([name, valueFrom]) => ({ name, valueFrom }))
            .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        }),
  };
}

/** The input that registers a copy of a revision, each container with the image that `imageOf` returns. */
export function registrationLike(
  { definition, tags = [] }: Described,
  imageOf: (container: ContainerDefinition) => string | undefined,
): RegisterTaskDefinitionCommandInput {
  const { containerDefinitions = [] } = definition;
  return {
    ...withoutAnswers(definition),
    family: definition.family,
    containerDefinitions: containerDefinitions.map((container) => ({ ...container, image: imageOf(container) })),
    ...(tags.length > 0 ? { tags } : {}),
  };
}

const numberIn = (text: string | undefined) => (text === undefined ? undefined : Number(text));
