import type { WebService } from "../../src/config/stack.ts";
import type { Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import type { Listening } from "./load-balancer.ts";
import { clientOf, keepRunning, runningTask, type RunningProps } from "./running-service.ts";
import { webRoute } from "./web-route.ts";

export interface WebServiceProps extends RunningProps {
  readonly service: WebService;
  readonly balancer: Listening;
  readonly deploymentAlarms?: readonly string[] | undefined;
  /** The value of CloudFront's secret header, if another rule created it; omit to have the service's own rule create it. */
  readonly secret?: Output<string> | undefined;
}

/** A public service: load balancer -> rule -> target group -> tasks, as many as its load requires. */
export function webService(scope: Scope, props: WebServiceProps) {
  const { names, service } = props;
  const { port } = service.container;
  const { definitionArn } = runningTask(scope, props, { number: port });
  const route = webRoute(scope, { ...props, name: names.targetGroup });
  const { requestsPerTarget } = service.scaling;
  const metric = {
    type: "requests-per-target" as const,
    loadBalancerArn: props.balancer.arn,
    targetGroupArn: route.targetGroupArn,
  };
  const load = requestsPerTarget === undefined ? undefined : { metric, target: requestsPerTarget };
  const running = keepRunning(scope, props, {
    definitionArn,
    route: { ...route, port },
    connect: clientOf(props.namespaceArn),
    load,
    deploymentAlarms: props.deploymentAlarms,
  });
  return {
    service: running,
    secret: route.secret,
    rule: route.rule,
    targets: { balancer: props.balancer.fullName, group: route.targetGroupName },
  };
}

export interface InternalServiceProps extends RunningProps {
  readonly service: WebService;
  readonly namespaceArn: Output<string>;
}

/** A service that only the stack's other services can reach, by its name, from task to task (ECS Service Connect). */
export function internalService(scope: Scope, props: InternalServiceProps) {
  const { service } = props;
  const { port } = service.container;
  const named = { number: port, name: service.name };
  const { definitionArn } = runningTask(scope, props, named);
  const connect = {
    namespaceArn: props.namespaceArn,
    services: [{ portName: service.name, discoveryName: service.name, aliasPort: port, aliasDns: service.name }],
  };
  return { service: keepRunning(scope, props, { definitionArn, connect }) };
}
