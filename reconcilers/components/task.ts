import { UNRELEASED_TAG } from "../../src/aws/ecs/released.ts";
import { TaskDefinition } from "../../src/aws/ecs/task-definition.ts";
import { LogGroup } from "../../src/aws/logs/log-group.ts";
import { text, type Output } from "../../src/engine/output.ts";
import type { ContainerSettings, LogsSettings, ServiceSettings } from "../../src/config/stack.ts";
import { executionPolicy, taskPolicy } from "../policies/tasks.ts";
import type { Scope } from "../scope.ts";
import { role } from "./role.ts";

export interface TaskProps {
  readonly names: {
    readonly cluster: string;
    readonly service: string;
    readonly taskFamily: string;
    readonly container: string;
    readonly applicationLogGroup: string;
    readonly repository: string;
    readonly roles: { readonly execution: string; readonly task: string };
  };
  /** What the tasks are told as `APP_ENV`. */
  readonly environment: string;
  readonly container: ContainerSettings;
  readonly settings: Pick<ServiceSettings, "taskPolicy" | "enableExec">;
  readonly logs: Pick<LogsSettings, "retentionDays">;
  /** Where the images are that a release deploys. */
  readonly repository: { readonly uri: Output<string> };
}

/** What a task of a service is: its container, its two roles and its log. */
export function task(scope: Scope, props: TaskProps) {
  const { names, container, settings } = props;
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
      repository: names.repository,
      image: container.image,
      logGroup: names.applicationLogGroup,
    }),
  });
  const own = role(scope, "task-role", {
    name: names.roles.task,
    description: "What the application itself may do",
    assumedBy,
    policies: taskPolicy(settings),
  });
  const definition = scope.add("compute/task-definition", TaskDefinition, {
    family: names.taskFamily,
    cpu: container.cpu,
    memory: container.memory,
    executionRoleArn: execution.arn,
    taskRoleArn: own.arn,
    image: container.image ?? text`${props.repository.uri}:${UNRELEASED_TAG}`,
    container: containerOf(scope, props, log.name),
    sidecars: {},
    task: {
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
    },
    status: "ACTIVE",
    repository: props.repository.uri,
    runningIn: { cluster: names.cluster, service: names.service },
  });
  return { definitionArn: definition.arn };
}

/** The application's container, as ECS spells it; its image is the pipeline's. */
function containerOf(scope: Scope, { names, environment, container }: TaskProps, logGroup: Output<string>) {
  const { healthCheck: check } = container;
  return {
    name: names.container,
    portMappings: [{ containerPort: container.port }],
    environment: { APP_ENV: environment, ...container.environment, PORT: String(container.port) },
    ...(container.command ? { command: [...container.command] } : {}),
    user: container.user,
    readonlyRootFilesystem: container.readonlyRootFilesystem,
    stopTimeout: container.stopTimeout,
    logConfiguration: {
      logDriver: "awslogs" as const,
      options: {
        "awslogs-group": logGroup,
        "awslogs-region": scope.region,
        "awslogs-stream-prefix": names.container,
      },
    },
    linuxParameters: {
      initProcessEnabled: container.initProcess,
      // An empty volume is root's own with mode 0755 on Fargate, so that no other user could write to it. A file system in memory is
      // everybody's (mode 1777); Fargate has them since January 2026 (aws/containers-roadmap#736).
      ...(container.readonlyRootFilesystem ? { tmpfs: [{ containerPath: "/tmp", size: container.tmpSize }] } : {}),
    },
    ...(check ? { healthCheck: { ...check, command: [...check.command] } } : {}),
  };
}
