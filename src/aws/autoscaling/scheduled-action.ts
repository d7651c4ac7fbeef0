// When its time comes, a scheduled action moves the bounds of the scalable target, which then stay until something else moves them. It goes with the
// target.
import {
  DeleteScheduledActionCommand,
  PutScheduledActionCommand,
  type ScheduledAction as Listed,
} from "@aws-sdk/client-application-auto-scaling";
import { CROSSED, DESIRED_COUNT, NOT_REGISTERED, resourceIdOf, schedulesOf, type OfTarget } from "./shared.ts";
import { PLACE_FIELDS, targetPartKind } from "./target-part-kind.ts";

export interface ScheduledActionSpec extends OfTarget {
  /** `cron(...)` with six fields, or `at(...)`. */
  schedule: string;
  /** An IANA time zone. */
  timezone: string;
  /** The bounds from then on; one that is omitted stays as it is. */
  bounds: { readonly min?: number; readonly max?: number };
}

export interface ScheduledActionAttrs {
  name: string;
}

export const ScheduledAction = targetPartKind<ScheduledActionSpec, ScheduledActionAttrs, Listed>({
  type: "autoscaling/scheduled-action",
  fields: {
    ...PLACE_FIELDS,
    schedule: {},
    timezone: {},
    bounds: {},
  },
  list: schedulesOf,
  nameOf: ({ ScheduledActionName }) => ScheduledActionName,

  read(_aws, listed, { name = "" }) {
    const { Schedule: schedule, Timezone: timezone = "UTC", StartTime, EndTime } = listed;
    return {
      attrs: { name },
      spec: { schedule, timezone, bounds: boundsIn(listed) },
      unmanaged: [
        ...(StartTime ? [`start time ${StartTime.toISOString()}`] : []),
        ...(EndTime ? [`end time ${EndTime.toISOString()}`] : []),
      ],
    };
  },

  async put(aws, { name, schedule, timezone, bounds, ...of }) {
    await aws.autoScaling(
      new PutScheduledActionCommand({
        ...DESIRED_COUNT,
        ScheduledActionName: name,
        ResourceId: resourceIdOf(of),
        Schedule: schedule,
        Timezone: timezone,
        ScalableTargetAction: { MinCapacity: bounds.min, MaxCapacity: bounds.max },
      }),
      { notYet: [...CROSSED, NOT_REGISTERED] },
    );
    return { name };
  },

  remove: (aws, { ResourceId, name }) =>
    aws.autoScaling(new DeleteScheduledActionCommand({ ...DESIRED_COUNT, ScheduledActionName: name, ResourceId }), {
      notYet: CROSSED,
    }),
});

const boundsIn = ({ ScalableTargetAction: { MinCapacity: min, MaxCapacity: max } = {} }: Listed) => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});
