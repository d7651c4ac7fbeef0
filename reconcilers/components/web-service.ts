import type { WebService } from "../../src/config/stack.ts";
import type { AnyHandle, Output } from "../../src/engine/output.ts";
import type { Names } from "../../src/config/naming.ts";
import type { Scope } from "../scope.ts";
import type { Balancer } from "./load-balancer.ts";
import type { Network } from "./network.ts";
import { scaling } from "./scaling.ts";
import { service as ecsService } from "./service.ts";
import { task, type TaskProps } from "./task.ts";
import { webRoute } from "./web-route.ts";

export interface WebServiceProps extends Pick<TaskProps, "environment" | "logs" | "repository" | "grants"> {
  readonly names: Names;
  readonly service: WebService;
  readonly cluster: { readonly name: Output<string> };
  readonly network: Network;
  readonly balancer: Balancer;
  /** The value of CloudFront's secret header, where another rule made it; left out: the service's own rule makes it. */
  readonly secret?: Output<string> | undefined;
  readonly groupId: Output<string>;
  /** The rules of that group. */
  readonly rules: AnyHandle;
  readonly wayOut: readonly AnyHandle[];
  /** Whether an approved deployment has put an image into it. */
  readonly released: boolean;
}

/** A service that answers requests: load balancer -> rule -> target group -> tasks, as many as its load needs. */
export function webService(scope: Scope, props: WebServiceProps) {
  const { names, service, network, released } = props;
  const { port } = service.container;
  const { definitionArn } = task(scope, { ...props, port, enableExec: service.service.enableExec });
  const route = webRoute(scope, { ...props, name: names.targetGroup });
  const running = ecsService(scope, {
    ...props,
    network,
    definitionArn,
    route: { ...route, port },
    settings: service.service,
    scaling: service.scaling,
  });
  scaling(scope, { names, service: running, settings: service.scaling, released });
  return { secret: route.secret };
}
