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
    container: {
      name: names.container,
      port: container.port,
      environment: { APP_ENV: stack.environment, ...container.environment, PORT: String(container.port) },
      ...(container.command ? { command: [...container.command] } : {}),
      user: container.user,
      readonlyRootFilesystem: container.readonlyRootFilesystem,
      stopTimeout: container.stopTimeout,
      logGroup: observability.applicationLog.name,
      healthCheck: {
        command: ["CMD", "curl", "-f", "-s", `http://localhost:${container.port}${container.healthCheckPath}`],
        interval: 30,
        timeout: 5,
        retries: 3,
        startPeriod: 60,
      },
    },
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
      targetGroupArn: balancer.targetGroup.arn,
      containerName: names.container,
      containerPort: container.port,
      // Until a first release was approved and deployed the service waits at zero tasks.
      count: facts.released
        ? { min: scaling.min, max: scaling.max, initial: settings.desiredCount }
        : { min: 0, max: scaling.max, initial: 0 },
      deployment: {
        minHealthyPercent: settings.minHealthyPercent,
        maxPercent: settings.maxPercent,
        circuitBreaker: settings.circuitBreaker,
      },
      healthCheckGracePeriod: settings.healthCheckGracePeriod,
      enableExec: settings.enableExec,
    },
    // ECS refuses a target group that no listener or rule uses; tasks cannot pull without their routes and rules.
    { after: [balancer.rule, security.rules.tasks, ...network.privateRoutes], ready: wayOut },
  );
  return { cluster, taskDefinition, service };
}

/** What the compute layer hands on. */
export type Compute = ReturnType<typeof compute>;
