import type { RegisterTaskDefinitionCommandInput, Tag, TaskDefinition as EcsTaskDefinition } from "@aws-sdk/client-ecs";
import type { Seen } from "../../engine/kind.ts";
import { tagListLower } from "../tags.ts";
import type { TaskDefinitionSpec } from "./task-definition.ts";

/** The one container of a task. */
export interface ContainerSpec {
  name: string;
  port: number;
  environment: Readonly<Record<string, string>>;
  /** Left out: the image's own. */
  command?: readonly string[] | undefined;
  /** Left out: the image's own. */
  user?: string | undefined;
  /** Where true, `/tmp` is a volume that can be written to. */
  readonlyRootFilesystem: boolean;
  /** Seconds from the request to stop until the container is killed. */
  stopTimeout: number;
  /** The name of the log group. */
  logGroup: string;
  healthCheck: {
    /** `["CMD-SHELL", ...]` or `["CMD", ...]`. */
    command: readonly string[];
    interval: number;
    timeout: number;
    retries: number;
    startPeriod: number;
  };
}

/** A revision as ECS describes it: its tags come beside it. */
export interface Described {
  readonly definition: EcsTaskDefinition;
  readonly tags: Tag[] | undefined;
}

/** The volume that takes the place of `/tmp` where the root file system is read-only. */
const TMP = "tmp";

/** The call that registers `spec`. */
export function registration(region: string, spec: TaskDefinitionSpec): RegisterTaskDefinitionCommandInput {
  const { container } = spec;
  const { readonlyRootFilesystem: readOnly } = container;
  return {
    family: spec.family,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
    cpu: String(spec.cpu),
    memory: String(spec.memory),
    executionRoleArn: spec.executionRoleArn,
    taskRoleArn: spec.taskRoleArn,
    containerDefinitions: [
      {
        name: container.name,
        image: spec.image,
        essential: true,
        portMappings: [{ containerPort: container.port, protocol: "tcp" }],
        environment: Object.entries(container.environment)
          .map(([name, value]) => ({ name, value }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        ...(container.command ? { command: [...container.command] } : {}),
        ...(container.user === undefined ? {} : { user: container.user }),
        readonlyRootFilesystem: readOnly,
        ...(readOnly ? { mountPoints: [{ sourceVolume: TMP, containerPath: "/tmp", readOnly: false }] } : {}),
        stopTimeout: container.stopTimeout,
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": container.logGroup,
            "awslogs-region": region,
            "awslogs-stream-prefix": container.name,
          },
        },
        healthCheck: { ...container.healthCheck, command: [...container.healthCheck.command] },
      },
    ],
    ...(readOnly ? { volumes: [{ name: TMP }] } : {}),
    tags: tagListLower(spec.tags),
  };
}

/** What a revision says of the fields of a spec; the container is the one called `name`, or else the first. */
export function specOf(definition: EcsTaskDefinition, name: string | undefined): Seen<TaskDefinitionSpec> {
  const containers = definition.containerDefinitions ?? [];
  const container = containers.find((candidate) => candidate.name === name) ?? containers[0];
  const check = container?.healthCheck;
  const options = container?.logConfiguration?.options;
  return {
    family: definition.family,
    cpu: numberIn(definition.cpu),
    memory: numberIn(definition.memory),
    executionRoleArn: definition.executionRoleArn,
    taskRoleArn: definition.taskRoleArn,
    image: container?.image,
    container: {
      name: container?.name ?? "",
      port: container?.portMappings?.[0]?.containerPort ?? 0,
      environment: Object.fromEntries((container?.environment ?? []).map((it) => [it.name ?? "", it.value ?? ""])),
      // ECS may answer an empty list for what was not set.
      command: container?.command?.length ? container.command : undefined,
      user: container?.user,
      readonlyRootFilesystem: container?.readonlyRootFilesystem ?? false,
      // Fargate's own, where none is set.
      stopTimeout: container?.stopTimeout ?? 30,
      logGroup: options?.["awslogs-group"] ?? "",
      healthCheck: {
        command: check?.command ?? [],
        interval: check?.interval ?? 30,
        timeout: check?.timeout ?? 5,
        retries: check?.retries ?? 3,
        startPeriod: check?.startPeriod ?? 0,
      },
    },
  };
}

const numberIn = (text: string | undefined) => (text === undefined ? undefined : Number(text));
