import type { WorkerService } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";
import { scaling } from "./scaling.ts";
import { service as ecsService } from "./service.ts";
import { task } from "./task.ts";
import { clientOf, type RunningProps } from "./web-service.ts";

export interface WorkerProps extends RunningProps {
  readonly service: WorkerService;
}

/** A service that works without being asked by anybody. */
export function worker(scope: Scope, props: WorkerProps) {
  const { names, service, released } = props;
  const { definitionArn } = task(scope, { ...props, enableExec: service.service.enableExec });
  const running = ecsService(scope, {
    ...props,
    definitionArn,
    connect: clientOf(props.namespaceArn),
    spot: service.spot,
    settings: service.service,
    scaling: service.scaling,
  });
  scaling(scope, { names, service: running, settings: service.scaling, released });
  return { service: running };
}
