import type { Names } from "../../src/config/naming.ts";
import { UNRELEASED_TAG } from "../../src/aws/ecs/released.ts";
import type { ContainerSpec } from "../../src/aws/ecs/task-definition-spec.ts";
import { TaskDefinition } from "../../src/aws/ecs/task-definition.ts";
import { LogGroup } from "../../src/aws/logs/log-group.ts";
import { text, type Input, type Output } from "../../src/engine/output.ts";
import type { CommonService, LogsSettings } from "../../src/config/stack.ts";
import { executionPolicy, taskPolicy } from "../policies/tasks.ts";
import type { Scope } from "../scope.ts";
import type { Grants } from "../own-resources.ts";
import type { ImageRepository } from "./image-repository.ts";
import { role } from "./role.ts";
import type { SecretVariables, TaskSecrets } from "./secrets.ts";
import type { Mount } from "./volumes.ts";

export interface TaskProps {
  readonly names: Pick<Names, "taskFamily" | "container" | "applicationLogGroup" | "roles">;
  /** The value of `APP_ENV` in the tasks. */
  readonly environment: string;
  readonly service: CommonService;
  /** The port that requests are sent to, and its name in Service Connect; omitted if it serves none. */
  readonly port?: { readonly number: number; readonly name?: string } | undefined;
  readonly enableExec: boolean;
  /** The ECS service that keeps the tasks running; omitted if they run and exit. */
  readonly runningIn?: { readonly cluster: string; readonly service: string } | undefined;
  readonly logs: Pick<LogsSettings, "retentionDays">;
  /** What the user's own resources grant. */
  readonly grants: Required<Grants>;
  /** The variables whose values ECS reads when a task starts; omit for none. */
  readonly secrets?: TaskSecrets;
  /** The volumes of the application's container; omit for none. */
  readonly mounts?: readonly Mount[];
  /** The repositories of the images that a release deploys; omitted if the config names the image. */
  readonly repository?: ImageRepository | undefined;
  /** The name of another repository that tasks run from until the next release. */
  readonly held?: string | undefined;
}

/** The task of a service: its containers, its two roles and its log. */
export function task(scope: Scope, props: TaskProps) {
  const { names, service, repository } = props;
  const image = imageIn(service);
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
      secrets: props.secrets?.permissions ?? [],
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
  const standing = { log: log.name, executionRoleArn: execution.arn, taskRoleArn: own.arn };
  const made = definition(scope, "compute/task-definition", props, standing, {
    family: names.taskFamily,
    container: containerOf(props),
    logPrefix: names.container,
  });
  return { definition: made, definitionArn: made.arn, standing };
}

/** The image that the config names, if it does. */
const imageIn = ({ image, container }: CommonService): string | undefined => image ?? container.image;

/** What the revisions of all families of a service have in common. */
interface TaskStanding {
  readonly log: Output<string>;
  readonly executionRoleArn: Output<string>;
  readonly taskRoleArn: Output<string>;
}

/** The parts specific to a family: its container, and the prefix of its log streams. */
interface FamilyProps {
  readonly family: string;
  readonly container: Omit<ContainerSpec, "environment" | "secrets"> & {
    readonly environment: Readonly<Record<string, Input<string>>>;
    readonly secrets?: SecretVariables;
  };
  readonly logPrefix: string;
}

function definition(
  scope: Scope,
  id: string,
  props: TaskProps,
  { log, ...roles }: TaskStanding,
  { family, container: own, logPrefix }: FamilyProps,
) {
  const { service, repository } = props;
  const { container } = service;
  const logConfiguration = (prefix: string) => ({
    logDriver: "awslogs" as const,
    options: { "awslogs-group": log, "awslogs-region": scope.region, "awslogs-stream-prefix": prefix },
  });
  const sidecars = Object.entries(service.sidecars).map(([name, sidecar]) => [
    name,
    { ...sidecarOf(name, sidecar, props), logConfiguration: logConfiguration(name) },
  ]);
  return scope.add(id, TaskDefinition, {
    family,
    cpu: container.cpu,
    memory: container.memory,
    ...roles,
    image: imageIn(service) ?? text`${repository?.uri ?? ""}:${UNRELEASED_TAG}`,
    container: { ...own, logConfiguration: logConfiguration(logPrefix) },
    sidecars: Object.fromEntries(sidecars) as Record<string, Input<ContainerSpec>>,
    task: {
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      runtimePlatform: {
        cpuArchitecture: service.architecture === "arm64" ? "ARM64" : "X86_64",
        operatingSystemFamily: "LINUX",
      },
      ...volumesOf(props.mounts),
      ...(service.ephemeralStorage === undefined ? {} : { ephemeralStorage: { sizeInGiB: service.ephemeralStorage } }),
    },
    status: "ACTIVE",
    repository: repository?.uri ?? "",
    ...(props.runningIn ? { runningIn: props.runningIn } : {}),
  });
}

/** The command that a release runs in the new image before it deploys: in a task like the service's own, which ends with the command. */
export function beforeTask(
  scope: Scope,
  props: TaskProps & { readonly names: Pick<Names, "beforeFamily"> },
  { standing }: Pick<ReturnType<typeof task>, "standing">,
  command: readonly string[],
) {
  const { portMappings: _ports, healthCheck: _check, ...container } = containerOf(props);
  return definition(scope, "compute/before-definition", { ...props, runningIn: undefined }, standing, {
    family: props.names.beforeFamily,
    container: { ...container, command: [...command] },
    logPrefix: "before",
  });
}

/** The volumes of a task in ECS's format: encrypted in transit, with access controlled by the task role. */
const volumesOf = (mounts: TaskProps["mounts"] = []) =>
  mounts.length === 0
    ? {}
    : {
        volumes: mounts.map(({ name, fileSystemId, accessPointId }) => ({
          name,
          efsVolumeConfiguration: {
            fileSystemId,
            transitEncryption: "ENABLED" as const,
            authorizationConfig: { accessPointId, iam: "ENABLED" as const },
          },
        })),
      };

/** The application's container in ECS's format; its image is set by the pipeline. */
function containerOf({ names, environment, service, port, grants, secrets, mounts = [] }: TaskProps) {
  const { container, dependsOn } = service;
  const { healthCheck: check } = container;
  return {
    name: names.container,
    ...(port === undefined ? {} : { portMappings: [portMapping(port)] }),
    environment: without(secrets?.main, {
      APP_ENV: environment,
      ...grants.environment,
      ...container.environment,
      ...(port === undefined ? {} : { PORT: String(port.number) }),
    }),
    ...secretsIn(secrets?.main),
    ...(container.entryPoint ? { entryPoint: [...container.entryPoint] } : {}),
    ...(container.command ? { command: [...container.command] } : {}),
    user: container.user,
    readonlyRootFilesystem: container.readonlyRootFilesystem,
    stopTimeout: container.stopTimeout,
    linuxParameters: {
      initProcessEnabled: container.initProcess,
      // On Fargate an empty volume belongs to root with mode 0755, so that no other user could write to it. An in-memory file system is
      // writable by all users (mode 1777); Fargate supports it since January 2026 (aws/containers-roadmap#736).
      ...(container.readonlyRootFilesystem ? { tmpfs: [{ containerPath: "/tmp", size: container.tmpSize }] } : {}),
    },
    ...(mounts.length === 0
      ? {}
      : {
          mountPoints: mounts.map(({ name, path, readOnly }) => ({
            sourceVolume: name,
            containerPath: path,
            ...(readOnly ? { readOnly } : {}),
          })),
        }),
    ...(check ? { healthCheck: { ...check, command: [...check.command] } } : {}),
    ...dependencies(dependsOn),
  };
}

/** ECS refuses a variable that is in both. What the config reads from a secret comes before what Fairlead sets or grants. */
const without = (secrets: SecretVariables = {}, environment: Readonly<Record<string, Input<string>>>) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !Object.hasOwn(secrets, name)));

const secretsIn = (secrets: SecretVariables = {}) => (Object.keys(secrets).length === 0 ? {} : { secrets });

const portMapping = ({ number: containerPort, name }: NonNullable<TaskProps["port"]>) => ({
  containerPort,
  ...(name === undefined ? {} : { name }),
});

/** A sidecar container in ECS's format. A dependency on the application's container uses the service's name. */
function sidecarOf(
  name: string,
  { port, healthCheck, dependsOn, secrets: _own, ...sidecar }: CommonService["sidecars"][string],
  { names, service, secrets }: TaskProps,
): Omit<ContainerSpec, "secrets"> & { readonly secrets?: SecretVariables } {
  const renamed = Object.entries(dependsOn).map(([on, condition]) => [
    on === service.name ? names.container : on,
    condition,
  ]);
  return {
    name,
    ...sidecar,
    ...secretsIn(secrets?.sidecars[name]),
    ...(port === undefined ? {} : { portMappings: [{ containerPort: port }] }),
    ...(healthCheck ? { healthCheck: { ...healthCheck, command: [...healthCheck.command] } } : {}),
    ...dependencies(Object.fromEntries(renamed) as typeof dependsOn),
  };
}

/** Sorted, so that the order in the config does not matter. */
function dependencies(dependsOn: CommonService["dependsOn"]): Pick<ContainerSpec, "dependsOn"> {
  const all = Object.entries(dependsOn).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return all.length === 0 ? {} : { dependsOn: all.map(([containerName, condition]) => ({ containerName, condition })) };
}
