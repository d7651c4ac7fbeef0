import type { WorkerService } from "../../src/config/stack.ts";
import type { Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import { clientOf, keepRunning, runningTask, type RunningProps } from "./running-service.ts";

export interface WorkerProps extends RunningProps {
  readonly service: WorkerService;
  /** Its queue's name; omitted if it has none. */
  readonly queue?: Output<string> | undefined;
}

/** A service without inbound requests. */
export function worker(scope: Scope, props: WorkerProps) {
  const { service } = props;
  const { definitionArn } = runningTask(scope, props);
  const { backlogPerTask } = service.scaling;
  const queue = backlogPerTask === undefined ? undefined : props.queue;
  const load =
    queue && backlogPerTask !== undefined
      ? { metric: { type: "backlog-per-task" as const, queue }, target: backlogPerTask }
      : undefined;
  return { service: keepRunning(scope, props, { definitionArn, connect: clientOf(props.namespaceArn), load, queue }) };
}
