import type {
  DeleteScheduledActionCommandInput,
  DescribeScheduledActionsCommandInput,
  DescribeScheduledActionsCommandOutput,
  PutScheduledActionCommandInput,
} from "@aws-sdk/client-application-auto-scaling";
import { refuse } from "../errors.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations } from "../sim.ts";
import { checkDimension, DIMENSION, PAGES, policyKey, schedules, targetOf } from "./records.ts";

/** Scheduled actions: what moves the bounds of a target by the clock. */
export const scheduleOperations = {
  /** An upsert; it moves the bounds of the target when its time comes, which the simulated time does not bring about. */
  PutScheduledAction(input: PutScheduledActionCommandInput, sim) {
    const { resourceId } = targetOf(sim, input.ResourceId);
    const {
      ScheduledActionName: name = "",
      Schedule: schedule = "",
      Timezone: timezone,
      ScalableTargetAction: action,
    } = input;
    if (!/^(at|rate|cron)\(.+\)$/.test(schedule))
      refuse("ValidationException", `Invalid schedule expression ${schedule}`);
    const key = policyKey(resourceId, name);
    schedules(sim)[key] = {
      name,
      resourceId,
      arn: sim.arn(
        "autoscaling",
        `scheduledAction:${sim.world.hex(12)}:resource/ecs/${resourceId}:scheduledActionName/${name}`,
      ),
      schedule,
      timezone,
      action,
      createdAt: sim.now,
    };
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
      ScheduledActions: page.map(({ name, resourceId, arn, schedule, timezone, action, createdAt }) => ({
        ScheduledActionName: name,
        ScheduledActionARN: arn,
        ServiceNamespace: "ecs" as const,
        Schedule: schedule,
        ...(timezone === undefined ? {} : { Timezone: timezone }),
        ResourceId: resourceId,
        ScalableDimension: DIMENSION,
        ScalableTargetAction: action,
        CreationTime: new Date(createdAt),
      })),
    };
  },

  DeleteScheduledAction(input: DeleteScheduledActionCommandInput, sim) {
    const key = policyKey(input.ResourceId, input.ScheduledActionName);
    if (!(key in schedules(sim)))
      refuse(
        "ObjectNotFoundException",
        `No scheduled action found for service namespace: ecs, resource ID: ${input.ResourceId}`,
      );
    delete schedules(sim)[key];
    return {};
  },
} satisfies Operations;
