import type { Names } from "../../src/config/naming.ts";
import type { Activity, WebService, WorkerService } from "../../src/config/stack.ts";
import type { AnyHandle, Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";
import { scaling, type ScalingProps } from "./scaling.ts";
import { service as ecsService, type Connection, type ServiceProps } from "./service.ts";
import { beforeTask, task, type TaskProps } from "./task.ts";

/** The common properties of services that keep tasks running. */
export interface RunningProps extends Pick<
  TaskProps,
  "environment" | "logs" | "repository" | "held" | "grants" | "mounts" | "secrets"
> {
  readonly names: Names;
  readonly cluster: { readonly name: Output<string> };
  readonly network: Network;
  /** The service's own security group first. */
  readonly groupIds: readonly Output<string>[];
  /** The rules of the first group. */
  readonly rules: AnyHandle;
  readonly wayOut: readonly AnyHandle[];
  /** The namespace in which services of the stack find each other; omitted if there is nothing to find. */
  readonly namespaceArn?: Output<string> | undefined;
  /** Resources that must be created before. */
  readonly after: readonly AnyHandle[];
  /** What `sleep` and `wake` want of its tasks. */
  readonly activity: Activity;
  /** Whether an approved deployment has deployed an image to it. */
  readonly released: boolean;
}

/** The properties of this service in addition. */
export interface RunningParts
  extends
    Pick<ServiceProps, "definitionArn" | "route" | "connect" | "deploymentAlarms">,
    Pick<ScalingProps, "load" | "queue"> {}

/** The task definitions of a running service, and of the command that a release runs before it deploys. */
export function runningTask(
  scope: Scope,
  props: RunningProps & { readonly service: WebService | WorkerService },
  port?: TaskProps["port"],
) {
  const { names, service } = props;
  const own = {
    ...props,
    port,
    enableExec: service.service.enableExec,
    runningIn: { cluster: names.cluster, service: names.service },
  };
  const made = task(scope, own);
  if (service.release) beforeTask(scope, own, made, service.release.before);
  return made;
}

/** Keeps the tasks of a service running, as many as its settings and its load require. */
export function keepRunning(
  scope: Scope,
  props: RunningProps & { readonly service: WebService | WorkerService },
  { load, queue, ...parts }: RunningParts,
) {
  const { activity, names, released, service } = props;
  const { spot, service: settings, scaling: bounds } = service;
  const running = ecsService(scope, { ...props, ...parts, spot, settings, scaling: bounds });
  scaling(scope, { names, service: running, settings: bounds, load, queue, released, waking: activity === "waking" });
  return running;
}

/** A service that reaches others by name and cannot be reached by name. */
export const clientOf = (namespaceArn: Output<string> | undefined): Connection | undefined =>
  namespaceArn && { namespaceArn, services: [] };
