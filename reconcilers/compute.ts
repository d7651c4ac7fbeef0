import { Cluster } from "../src/aws/ecs/cluster.ts";
import { UNRELEASED_TAG } from "../src/aws/ecs/released.ts";
import { Service } from "../src/aws/ecs/service.ts";
import { TaskDefinition } from "../src/aws/ecs/task-definition.ts";
import { text } from "../src/engine/output.ts";
import type { Balancer } from "./balancer.ts";
import type { Layer } from "./layer.ts";
import type { Network } from "./network.ts";
import type { Observability } from "./observability.ts";
import { privateEndpoints } from "./private-endpoints.ts";
import type { Registry } from "./registry.ts";
import type { Security } from "./security.ts";

/** The layers that the compute layer stands on. */
export interface Ground {
  readonly network: Network;
  readonly security: Security;
  readonly registry: Registry;
  readonly balancer: Balancer;
  readonly observability: Observability;
}

/** The cluster, what a task is, and the service that keeps tasks running. */
export function compute(layer: Layer, { network, security, registry, balancer, observability }: Ground) {
  const { stack, names, facts } = layer;
  const { container, service: settings, scaling } = stack;

  const cluster = layer.add("cluster", Cluster, {
    name: names.cluster,
    containerInsights: stack.cluster.containerInsights,
  });
  const taskDefinition = layer.add("task-definition", TaskDefinition, {
    family: names.taskFamily,
    cpu: container.cpu,
    memory: container.memory,
    executionRoleArn: security.roles.execution.arn,
    taskRoleArn: security.roles.task.arn,
    image: container.image ?? text`${registry.repository.uri}:${UNRELEASED_TAG}`,
    container: containerOf(layer, observability),
    sidecars: {},
    task: {
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
    },
    status: "ACTIVE",
    repository: registry.repository.uri,
    runningIn: { cluster: names.cluster, service: names.service },
  });

  const endpoints = stack.network.nat === "none" ? privateEndpoints(layer, network, security) : [];
  // Without a release there is no task that has to reach anything, so the service need not wait for the way out.
  const wayOut = facts.released ? [...network.nats, ...endpoints] : [];
  const service = layer.add(
    "service",
    Service,
    {
      name: names.service,
      cluster: cluster.name,
      taskDefinition: taskDefinition.arn,
      subnetIds: network.privates.map(({ subnetId }) => subnetId),
      groupIds: [security.groups.tasks.groupId],
      assignPublicIp: false,
      loadBalancers: [
        { targetGroupArn: balancer.targetGroup.arn, containerName: names.container, containerPort: container.port },
      ],
      // Until a first release was approved and deployed the service waits at zero tasks.
      count: facts.released
        ? { desired: settings.desiredCount, min: scaling.min, max: scaling.max }
        : { desired: 0, min: 0, max: scaling.max },
      deployment: {
        minimumHealthyPercent: settings.minHealthyPercent,
        maximumPercent: settings.maxPercent,
        deploymentCircuitBreaker: { enable: settings.circuitBreaker, rollback: settings.circuitBreaker },
      },
      capacityProviders: [],
      platformVersion: "LATEST",
      // Tasks are moved between zones by starting the new one first, which takes room above the desired count.
      zoneRebalancing: settings.maxPercent > 100,
      taskTags: true,
      healthCheckGracePeriod: settings.healthCheckGracePeriod,
      enableExec: settings.enableExec,
    },
    // ECS refuses a target group that no listener or rule uses; tasks cannot pull without their routes and rules.
    { after: [balancer.rule, security.rules.tasks, ...network.privateRoutes], ready: wayOut },
  );
  return { cluster, taskDefinition, service };
}

/** The application's container, as ECS spells it; its image is the pipeline's. */
function containerOf({ stack, names }: Layer, { applicationLog }: Observability) {
  const { container } = stack;
  const { healthCheck: check } = container;
  return {
    name: names.container,
    portMappings: [{ containerPort: container.port }],
    environment: { APP_ENV: stack.environment, ...container.environment, PORT: String(container.port) },
    ...(container.command ? { command: [...container.command] } : {}),
    user: container.user,
    readonlyRootFilesystem: container.readonlyRootFilesystem,
    stopTimeout: container.stopTimeout,
    logConfiguration: {
      logDriver: "awslogs" as const,
      options: {
        "awslogs-group": applicationLog.name,
        "awslogs-region": stack.region,
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

/** What the compute layer hands on. */
export type Compute = ReturnType<typeof compute>;
