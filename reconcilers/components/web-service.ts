import type { WebService } from "../../src/config/stack.ts";
import type { AnyHandle, Output } from "../../src/engine/output.ts";
import type { Names } from "../../src/config/naming.ts";
import type { Scope } from "../scope.ts";
import type { Balancer } from "./load-balancer.ts";
import type { Network } from "./network.ts";
import { scaling } from "./scaling.ts";
import { service as ecsService, type Connection } from "./service.ts";
import { task, type TaskProps } from "./task.ts";
import { webRoute } from "./web-route.ts";

/** What every service that keeps tasks running is given. */
export interface RunningProps extends Pick<TaskProps, "environment" | "logs" | "repository" | "held" | "grants"> {
  readonly names: Names;
  readonly cluster: { readonly name: Output<string> };
  readonly network: Network;
  readonly groupId: Output<string>;
  /** The rules of that group. */
  readonly rules: AnyHandle;
  readonly wayOut: readonly AnyHandle[];
  /** The namespace in which services of the stack find each other; left out where none is to be found. */
  readonly namespaceArn?: Output<string> | undefined;
  /** What must have been made before. */
  readonly after: readonly AnyHandle[];
  /** Whether an approved deployment has put an image into it. */
  readonly released: boolean;
}

export interface WebServiceProps extends RunningProps {
  readonly service: WebService;
  readonly balancer: Balancer;
  /** The value of CloudFront's secret header, where another rule made it; left out: the service's own rule makes it. */
  readonly secret?: Output<string> | undefined;
}

/** A public service: load balancer -> rule -> target group -> tasks, as many as its load needs. */
export function webService(scope: Scope, props: WebServiceProps) {
  const { names, service, released, namespaceArn } = props;
  const { port } = service.container;
  const { definitionArn } = task(scope, { ...props, port: { number: port }, enableExec: service.service.enableExec });
  const route = webRoute(scope, { ...props, name: names.targetGroup });
  const running = ecsService(scope, {
    ...props,
    definitionArn,
    route: { ...route, port },
    connect: clientOf(namespaceArn),
    spot: service.spot,
    settings: service.service,
    scaling: service.scaling,
  });
  const { requestsPerTarget } = service.scaling;
  const metric = {
    type: "requests-per-target" as const,
    loadBalancerArn: props.balancer.arn,
    targetGroupArn: route.targetGroupArn,
  };
  const load = requestsPerTarget === undefined ? undefined : { metric, target: requestsPerTarget };
  scaling(scope, { names, service: running, settings: service.scaling, load, released });
  return { service: running, secret: route.secret };
}

export interface InternalServiceProps extends RunningProps {
  readonly service: WebService;
  readonly namespaceArn: Output<string>;
}

/** A service that only the stack's other services reach, by its name, from task to task (ECS Service Connect). */
export function internalService(scope: Scope, props: InternalServiceProps) {
  const { names, service, released, namespaceArn } = props;
  const { port } = service.container;
  const named = { number: port, name: service.name };
  const { definitionArn } = task(scope, { ...props, port: named, enableExec: service.service.enableExec });
  const running = ecsService(scope, {
    ...props,
    definitionArn,
    connect: {
      namespaceArn,
      services: [{ portName: service.name, discoveryName: service.name, aliasPort: port, aliasDns: service.name }],
    },
    spot: service.spot,
    settings: service.service,
    scaling: service.scaling,
  });
  scaling(scope, { names, service: running, settings: service.scaling, released });
  return { service: running };
}

/** A service that reaches others by name and is not reached so. */
export const clientOf = (namespaceArn: Output<string> | undefined): Connection | undefined =>
  namespaceArn && { namespaceArn, services: [] };
