import { limitsEver } from "../../src/config/counts.ts";
import type { Names } from "../../src/config/naming.ts";
import { asleepTags } from "../../src/aws/asleep.ts";
import { Service } from "../../src/aws/ecs/service.ts";
import type { ConnectedPort } from "../../src/aws/ecs/service-connect.ts";
import type { AnyHandle, Output } from "../../src/engine/output.ts";
import type { Activity, CommonService, ScalingSettings, ServiceSettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";
import type { WebRoute } from "./web-route.ts";

/** How a service is reached by name, and how it reaches others. */
export interface Connection {
  readonly namespaceArn: Output<string>;
  readonly services: readonly ConnectedPort[];
}

export interface ServiceProps {
  readonly names: Pick<Names, "service" | "container">;
  readonly cluster: { readonly name: Output<string> };
  readonly network: Network;
  readonly definitionArn: Output<string>;
  /** The service's own security group first. */
  readonly groupIds: readonly Output<string>[];
  /** The rules of the first group. */
  readonly rules: AnyHandle;
  /** What else must be ready before a task can reach the AWS services that it needs. */
  readonly wayOut: readonly AnyHandle[];
  /** The target group of its requests and the port that they are sent to; omitted if it serves none. */
  readonly route?: WebRoute & { readonly port: number };
  /** How other services of the stack are reached by name, and this one by them; omitted if there are none. */
  readonly connect?: Connection | undefined;
  /** Tasks on Fargate Spot; omit for none. */
  readonly spot?: CommonService["spot"] | undefined;
  /** Names of alarms that roll a deployment back when they go off during it. */
  readonly deploymentAlarms?: readonly string[] | undefined;
  /** Resources that must be created first, so that its tasks know of them when they start. */
  readonly after: readonly AnyHandle[];
  readonly settings: Omit<ServiceSettings, "taskPolicy">;
  readonly scaling: Pick<ScalingSettings, "min" | "max" | "schedule">;
  /** What `sleep` and `wake` want of its tasks. */
  readonly activity: Activity;
  /** Whether an approved deployment has deployed an image to it. */
  readonly released: boolean;
}

/** The ECS service that keeps tasks running. */
export function service(scope: Scope, props: ServiceProps) {
  const { names, network, route, settings, scaling, released } = props;
  const made = scope.add(
    "compute/service",
    Service,
    {
      name: names.service,
      cluster: props.cluster.name,
      taskDefinition: props.definitionArn,
      subnetIds: network.tasks.subnetIds,
      groupIds: [...props.groupIds],
      assignPublicIp: network.tasks.publicIp,
      loadBalancers: route
        ? [{ targetGroupArn: route.targetGroupArn, containerName: names.container, containerPort: route.port }]
        : [],
      // The service stays at zero tasks until the first release is approved and deployed.
      count: released
        ? { desired: settings.desiredCount, ...limitsEver(scaling), ...started(props) }
        : { desired: 0, min: 0, max: scaling.max },
      deployment: {
        minimumHealthyPercent: settings.minHealthyPercent,
        maximumPercent: settings.maxPercent,
        deploymentCircuitBreaker: { enable: settings.circuitBreaker, rollback: settings.circuitBreaker },
        ...(props.deploymentAlarms && props.deploymentAlarms.length > 0
          ? { alarms: { alarmNames: [...props.deploymentAlarms].toSorted(), enable: true, rollback: true } }
          : {}),
      },
      capacityProviders: capacityOf(props.spot),
      platformVersion: "LATEST",
      // Tasks are moved between zones by starting the new one first, which requires room above the desired count.
      zoneRebalancing: settings.maxPercent > 100,
      taskTags: true,
      healthCheckGracePeriod: settings.healthCheckGracePeriod,
      enableExec: settings.enableExec,
      ...(props.connect ? { serviceConnect: props.connect } : {}),
    },
    {
      // ECS rejects a target group that no listener or rule uses; tasks cannot pull images without their routes and rules.
      after: [...(route ? [route.rule] : []), props.rules, ...(released ? network.tasks.routes : []), ...props.after],
      // Without a release no task needs network access, so the service need not wait for internet access, nor for routes that do.
      beforeChange: network.tasks.routes,
      ready: released ? [...network.tasks.wayOut, ...props.wayOut] : [],
    },
    asleepTags(props.activity === "asleep"),
  );
  scope.output("ecs_service_name", made.name);
  return made;
}

/** A service whose minimum is zero stays at zero tasks, so one that wakes is started once. */
const started = ({ activity, scaling, settings }: ServiceProps): { readonly min?: number } =>
  activity === "waking" && limitsEver(scaling).min === 0 ? { min: Math.min(1, settings.desiredCount) } : {};

/** How tasks are split between regular Fargate and Spot; omitted if all run on regular Fargate. */
export const capacityOf = (spot: CommonService["spot"]) =>
  spot === undefined
    ? []
    : [
        { capacityProvider: "FARGATE", base: spot.base, weight: 100 - spot.percent },
        { capacityProvider: "FARGATE_SPOT", base: 0, weight: spot.percent },
      ];
