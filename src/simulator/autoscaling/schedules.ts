import type {
  DeleteScheduledActionCommandInput,
  DescribeScheduledActionsCommandInput,
  DescribeScheduledActionsCommandOutput,
  PutScheduledActionCommandInput,
} from "@aws-sdk/client-application-auto-scaling";
import { refuse } from "../errors.ts";
import { earliest } from "../moment.ts";
import { pageOf } from "../pages.ts";
import { nextFiring } from "../../cron.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { clamp } from "./clamp.ts";
import {
  checkDimension,
  DIMENSION,
  PAGES,
  policyKey,
  schedules,
  targetOf,
  targets,
  type SimScheduledAction,
} from "./records.ts";

/** When a scheduled action runs next after a moment; `undefined` if it does not. AWS refuses an expression that it cannot read. */
function nextRun({ schedule, timezone, startTime, endTime, createdAt }: SimScheduledAction, after: number) {
  try {
    const next = nextFiring(
      { expression: schedule, timezone, since: createdAt },
      Math.max(after, (startTime ?? 0) - 1),
    );
    return next <= (endTime ?? Number.MAX_SAFE_INTEGER) ? next : undefined;
  } catch {
    return refuse("ValidationException", `Invalid schedule expression ${schedule} in time zone ${timezone ?? "UTC"}`);
  }
}

/** When the next scheduled action runs. */
export const nextScheduledAction = (sim: Sim): number => earliest(schedules(sim), ({ nextAt }) => nextAt);

/**
 * Runs the actions that are due: they move the bounds of their target, and the desired count between them ("if the current capacity is below
 * the minimum capacity, Application Auto Scaling scales out to the minimum capacity", botocore application-autoscaling,
 * PutScheduledAction.ScalableTargetAction). A target whose scheduled scaling is suspended is left as it is (SuspendedState).
 */
export function runScheduledActions(sim: Sim): void {
  for (const scheduled of Object.values(schedules(sim))) {
    if (scheduled.nextAt === undefined || scheduled.nextAt > sim.now) continue;
    scheduled.nextAt = nextRun(scheduled, sim.now);
    const target = targets(sim)[scheduled.resourceId];
    if (!target || target.suspended?.ScheduledScalingSuspended) continue;
    const { MinCapacity: min = target.min, MaxCapacity: max = target.max } = scheduled.action ?? {};
    if (min > max) continue;
    Object.assign(target, { min, max });
    clamp(sim, target);
  }
}

/** Scheduled actions: what moves the bounds of a target by the clock. */
export const scheduleOperations = {
  /**
   * An upsert. "To update a scheduled action, specify the parameters that you want to change. If you don't specify start and end times, the
   * old values are deleted" (botocore application-autoscaling, PutScheduledAction).
   */
  PutScheduledAction(input: PutScheduledActionCommandInput, sim) {
    const { resourceId } = targetOf(sim, input.ResourceId);
    const { ScheduledActionName: name = "", Timezone, StartTime, EndTime } = input;
    const key = policyKey(resourceId, name);
    const before = schedules(sim)[key];
    const schedule = input.Schedule ?? before?.schedule ?? refuse("ValidationException", "Schedule must be specified");
    const action = input.ScalableTargetAction ?? before?.action;
    const { MinCapacity: min, MaxCapacity: max } = action ?? {};
    if (min === undefined && max === undefined)
      refuse("ValidationException", "At least one of MinCapacity and MaxCapacity must be specified");
    if ((min ?? 0) > (max ?? Number.POSITIVE_INFINITY))
      refuse("ValidationException", "Maximum capacity cannot be less than minimum capacity");
    const made: SimScheduledAction = {
      name,
      resourceId,
      arn:
        before?.arn ??
        sim.arn(
          "autoscaling",
          `scheduledAction:${sim.world.hex(12)}:resource/ecs/${resourceId}:scheduledActionName/${name}`,
        ),
      schedule,
      timezone: Timezone ?? before?.timezone,
      action,
      startTime: StartTime?.getTime(),
      endTime: EndTime?.getTime(),
      createdAt: before?.createdAt ?? sim.now,
    };
    schedules(sim)[key] = { ...made, nextAt: nextRun(made, sim.now) };
    return {};
  },

  DescribeScheduledActions(
    input: DescribeScheduledActionsCommandInput,
    sim,
  ): Answer<DescribeScheduledActionsCommandOutput> {
    const { MaxResults: size, NextToken: token, ScheduledActionNames: names, ResourceId } = input;
    checkDimension(input);
    const found = Object.values(schedules(sim)).filter(
      ({ name, resourceId }) =>
        (ResourceId === undefined || resourceId === ResourceId) && (names?.includes(name) ?? true),
    );
    const { page, next } = pageOf(found, { token, size }, PAGES);
    return {
      NextToken: next,
      ScheduledActions: page.map(({ name, resourceId, arn, schedule, timezone, action, createdAt, ...ends }) => ({
        ScheduledActionName: name,
        ScheduledActionARN: arn,
        ServiceNamespace: "ecs" as const,
        Schedule: schedule,
        ...(timezone === undefined ? {} : { Timezone: timezone }),
        ResourceId: resourceId,
        ScalableDimension: DIMENSION,
        ScalableTargetAction: action,
        ...(ends.startTime === undefined ? {} : { StartTime: new Date(ends.startTime) }),
        ...(ends.endTime === undefined ? {} : { EndTime: new Date(ends.endTime) }),
        CreationTime: new Date(createdAt),
      })),
    };
  },

  DeleteScheduledAction(input: DeleteScheduledActionCommandInput, sim) {
    const key = policyKey(input.ResourceId, input.ScheduledActionName);
    if (!(key in schedules(sim)))
      refuse(
        "ObjectNotFoundException",
        `No scheduled action found for service namespace: ecs, resource ID: ${input.ResourceId}, scheduled action name: ${input.ScheduledActionName}`,
      );
    delete schedules(sim)[key];
    return {};
  },
} satisfies Operations;
