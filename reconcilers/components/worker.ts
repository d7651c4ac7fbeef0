import type { WorkerService } from "../../src/config/stack.ts";
import type { Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import { scaling } from "./scaling.ts";
import { service as ecsService } from "./service.ts";
import { task } from "./task.ts";
import { clientOf, type RunningProps } from "./web-service.ts";

export interface WorkerProps extends RunningProps {
  readonly service: WorkerService;
  /** Its queue's name; left out where it has none. */
  readonly queue?: Output<string> | undefined;
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
  const { backlogPerTask } = service.scaling;
  const load =
    backlogPerTask === undefined || props.queue === undefined
      ? undefined
      : { metric: { type: "backlog-per-task" as const, queue: props.queue }, target: backlogPerTask };
  scaling(scope, { names, service: running, settings: service.scaling, load, released });
  return { service: running };
}
