import { Schedule } from "../../src/aws/scheduler/schedule.ts";
import type { Names } from "../../src/config/naming.ts";
import type { Activity, JobService } from "../../src/config/stack.ts";
import type { AnyHandle, Output } from "../../src/engine/output.ts";
import { schedulePolicy } from "../policies/schedule.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";
import { role } from "./role.ts";
import { capacityOf } from "./service.ts";
import { task, type TaskProps } from "./task.ts";

export interface JobProps extends Pick<
  TaskProps,
  "environment" | "logs" | "repository" | "held" | "grants" | "mounts" | "secrets"
> {
  readonly names: Names;
  readonly service: JobService;
  readonly cluster: { readonly arn: Output<string> };
  readonly network: Network;
  /** The service's own security group first. */
  readonly groupIds: readonly Output<string>[];
  /** The rules of the first group. */
  readonly rules: AnyHandle;
  readonly wayOut: readonly AnyHandle[];
  /** Resources that must be created before. */
  readonly after: readonly AnyHandle[];
  /** A stack that sleeps starts no tasks. */
  readonly activity: Activity;
  /** Whether there is an image that its tasks can run. */
  readonly released: boolean;
}

/** A task that EventBridge Scheduler starts on a schedule, and that exits by itself. */
export function job(scope: Scope, props: JobProps) {
  const { names, service, network } = props;
  const starts = props.released && props.activity !== "asleep";
  const { definition } = task(scope, { ...props, enableExec: false });
  const starter = role(scope, "schedule-role", {
    name: names.roles.schedule,
    description: `Starts the tasks of the job ${service.name}`,
    // EventBridge Scheduler user guide, "Cross-service confused deputy prevention": "the value of aws:SourceArn must be the schedule group's ARN".
    assumedBy: { service: "scheduler.amazonaws.com", source: scope.arn("scheduler", "schedule-group/default") },
    policies: schedulePolicy(scope, names),
  });
  const schedule = scope.add(
    "compute/schedule",
    Schedule,
    {
      name: names.schedule,
      owner: scope.mark("compute/schedule"),
      description: `Starts the job ${service.name}`,
      expression: service.schedule,
      timezone: service.timezone,
      // Before the first release there is no image to run.
      enabled: starts,
      roleArn: starter.arn,
      clusterArn: props.cluster.arn,
      // Without a revision: each run uses the latest one, from a release or a reconcile.
      taskDefinitionArn: scope.arn("ecs", `task-definition/${names.taskFamily}`),
      // Each run is a single task: over many runs, this percentage of them runs on Spot.
      capacityProviders: capacityOf(service.spot && { ...service.spot, base: 0 }),
      platformVersion: "LATEST",
      subnetIds: network.tasks.subnetIds,
      groupIds: [...props.groupIds],
      assignPublicIp: network.tasks.publicIp,
      taskTags: true,
      retry: { attempts: service.retries, maxAgeSeconds: service.maxAgeMinutes * 60 },
      deadLetterQueueArn: undefined,
    },
    {
      after: [definition, props.rules, ...network.tasks.routes, ...props.after],
      ready: starts ? [...network.tasks.wayOut, ...props.wayOut] : [],
    },
  );
  scope.output("schedule_name", schedule.name);
  return { schedule };
}
