import type { Names } from "../../src/config/naming.ts";
import { UNRELEASED_TAG } from "../../src/aws/ecs/released.ts";
import type { ContainerSpec } from "../../src/aws/ecs/definition.ts";
import { TaskDefinition } from "../../src/aws/ecs/task-definition.ts";
import { LogGroup } from "../../src/aws/logs/log-group.ts";
import { text, type Input } from "../../src/engine/output.ts";
import type { CommonService, LogsSettings } from "../../src/config/stack.ts";
import { executionPolicy, taskPolicy } from "../policies/tasks.ts";
import type { Scope } from "../scope.ts";
import type { Grants } from "../own-resources.ts";
import type { ImageRepository } from "./image-repository.ts";
import { role } from "./role.ts";

export interface TaskProps {
  readonly names: Pick<Names, "cluster" | "service" | "taskFamily" | "container" | "applicationLogGroup" | "roles">;
  /** What the tasks are told as `APP_ENV`. */
  readonly environment: string;
  readonly service: CommonService;
  /** The port that requests come to, and what Service Connect knows it by; left out for what answers none. */
  readonly port?: { readonly number: number; readonly name?: string } | undefined;
  readonly enableExec: boolean;
  readonly logs: Pick<LogsSettings, "retentionDays">;
  /** What resources of the user's own give it. */
  readonly grants: Required<Grants>;
  /** Where the images are that a release deploys; left out where the config names the image. */
  readonly repository?: ImageRepository | undefined;
  /** The name of another repository that tasks are started from until the next release. */
  readonly held?: string | undefined;
}

/** What a task of a service is: its containers, its two roles and its log. */
export function task(scope: Scope, props: TaskProps) {
  const { names, service, repository } = props;
  const { container } = service;
  const image = service.image ?? container.image;
  const log = scope.add("observability/application-log", LogGroup, {
    name: names.applicationLogGroup,
    retentionDays: props.logs.retentionDays,
  });
  const assumedBy = { service: "ecs-tasks.amazonaws.com", source: scope.arn("ecs", "*") };
  const execution = role(scope, "task-execution-role", {
    name: names.roles.execution,
    description: "Pulls the image and writes the logs of the tasks",
    assumedBy,
    policies: executionPolicy(scope, {
      repositories: [repository?.name, props.held].flatMap((name) => name ?? []),
      images: [image, ...Object.values(service.sidecars).map((sidecar) => sidecar.image)],
      logGroup: names.applicationLogGroup,
    }),
  });
  const own = role(scope, "task-role", {
    name: names.roles.task,
    description: "What the application itself may do",
    assumedBy,
    policies: taskPolicy({
      ...service,
      role: names.roles.task,
      enableExec: props.enableExec,
      granted: props.grants.permissions,
    }),
  });
  const logConfiguration = (prefix: string) => ({
    logDriver: "awslogs" as const,
    options: { "awslogs-group": log.name, "awslogs-region": scope.region, "awslogs-stream-prefix": prefix },
  });
  const sidecars = Object.entries(service.sidecars).map(([name, sidecar]) => [
    name,
    { ...sidecarOf(name, sidecar, props), logConfiguration: logConfiguration(name) },
  ]);
  const definition = scope.add("compute/task-definition", TaskDefinition, {
    family: names.taskFamily,
    cpu: container.cpu,
    memory: container.memory,
    executionRoleArn: execution.arn,
    taskRoleArn: own.arn,
    image: image ?? text`${repository?.uri ?? ""}:${UNRELEASED_TAG}`,
    container: { ...containerOf(props), logConfiguration: logConfiguration(names.container) },
    sidecars: Object.fromEntries(sidecars) as Record<string, Input<ContainerSpec>>,
    task: {
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      runtimePlatform: {
        cpuArchitecture: service.architecture === "arm64" ? "ARM64" : "X86_64",
        operatingSystemFamily: "LINUX",
      },
      ...(service.ephemeralStorage === undefined ? {} : { ephemeralStorage: { sizeInGiB: service.ephemeralStorage } }),
    },
    status: "ACTIVE",
    repository: repository?.uri ?? "",
    runningIn: { cluster: names.cluster, service: names.service },
  });
  return { definitionArn: definition.arn };
}

/** The application's container, as ECS spells it; its image is the pipeline's. */
function containerOf({ names, environment, service, port, grants }: TaskProps) {
  const { container, dependsOn } = service;
  const { healthCheck: check } = container;
  return {
    name: names.container,
    ...(port === undefined ? {} : { portMappings: [portMapping(port)] }),
    environment: {
      APP_ENV: environment,
      ...grants.environment,
      ...container.environment,
      ...(port === undefined ? {} : { PORT: String(port.number) }),
    },
    ...(container.entryPoint ? { entryPoint: [...container.entryPoint] } : {}),
    ...(container.command ? { command: [...container.command] } : {}),
    user: container.user,
    readonlyRootFilesystem: container.readonlyRootFilesystem,
    stopTimeout: container.stopTimeout,
    linuxParameters: {
      initProcessEnabled: container.initProcess,
      // An empty volume is root's own with mode 0755 on Fargate, so that no other user could write to it. A file system in memory is
      // everybody's (mode 1777); Fargate has them since January 2026 (aws/containers-roadmap#736).
      ...(container.readonlyRootFilesystem ? { tmpfs: [{ containerPath: "/tmp", size: container.tmpSize }] } : {}),
    },
    ...(check ? { healthCheck: { ...check, command: [...check.command] } } : {}),
    ...dependencies(dependsOn),
  };
}

const portMapping = ({ number: containerPort, name }: NonNullable<TaskProps["port"]>) => ({
  containerPort,
  ...(name === undefined ? {} : { name }),
});

/** A container beside the application's, as ECS spells it. What depends on the application's says the service's name. */
function sidecarOf(
  name: string,
  { port, healthCheck, dependsOn, ...sidecar }: CommonService["sidecars"][string],
  { names, service }: TaskProps,
): ContainerSpec {
  const renamed = Object.entries(dependsOn).map(([on, condition]) => [
    on === service.name ? names.container : on,
    condition,
  ]);
  return {
    name,
    ...sidecar,
    ...(port === undefined ? {} : { portMappings: [{ containerPort: port }] }),
    ...(healthCheck ? { healthCheck: { ...healthCheck, command: [...healthCheck.command] } } : {}),
    ...dependencies(Object.fromEntries(renamed) as typeof dependsOn),
  };
}

/** Sorted, so that the order in the file says nothing. */
function dependencies(dependsOn: CommonService["dependsOn"]): Pick<ContainerSpec, "dependsOn"> {
  const all = Object.entries(dependsOn).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return all.length === 0 ? {} : { dependsOn: all.map(([containerName, condition]) => ({ containerName, condition })) };
}
