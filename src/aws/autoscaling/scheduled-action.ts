// PutScheduledAction creates or overwrites the action of that name. When its time comes it moves the bounds of the scalable target, which then
// stay until something else moves them. Like a policy it cannot be tagged, and it goes with the target.
import {
  DeleteScheduledActionCommand,
  PutScheduledActionCommand,
  type ScheduledAction as Listed,
} from "@aws-sdk/client-application-auto-scaling";
import type { Aws } from "../aws.ts";
import { defineKind } from "../define-kind.ts";
import {
  CROSSED,
  DESIRED_COUNT,
  NOT_REGISTERED,
  ownerOfTarget,
  placeOf,
  resourceIdOf,
  schedulesOf,
  unregistered,
} from "./shared.ts";

export interface ScheduledActionSpec {
  name: string;
  /** The cluster's name. */
  cluster: string;
  /** The service's name. */
  service: string;
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

export const ScheduledAction = defineKind<ScheduledActionSpec, ScheduledActionAttrs>({
  type: "autoscaling/scheduled-action",
  fields: {
    name: { immutable: true, unique: true },
    cluster: { immutable: true, unique: true },
    service: { immutable: true, unique: true },
    schedule: {},
    timezone: {},
    bounds: {},
  },
  traits: { ownerless: true },

  async observe(aws, look) {
    const place = placeOf(look);
    if (!place) return undefined;
    const { resourceId, cluster, service, name } = place;
    const found = (await schedulesOf(aws, look.snapshot, resourceId)).find(
      ({ ScheduledActionName }) => ScheduledActionName === name,
    );
    if (!found) return undefined;
    const { Schedule: schedule, Timezone: timezone = "UTC", StartTime, EndTime } = found;
    return {
      id: `${resourceId}/${name}`,
      attrs: { name },
      spec: { name, cluster, service, schedule, timezone, bounds: boundsIn(found) },
      owner: await ownerOfTarget(aws, look.snapshot, resourceId, look.owner),
      ready: true,
      unmanaged: [
        ...(StartTime ? [`start time ${StartTime.toISOString()}`] : []),
        ...(EndTime ? [`end time ${EndTime.toISOString()}`] : []),
      ],
    };
  },

  async create(aws, spec, making) {
    await put(aws, spec);
    const id = `${resourceIdOf(spec)}/${spec.name}`;
    await making.created(id);
    return { id, attrs: { name: spec.name } };
  },

  async update(aws, _observed, spec) {
    await put(aws, spec);
  },

  async delete(aws, { spec }) {
    const ResourceId = resourceIdOf(spec);
    const command = new DeleteScheduledActionCommand({ ...DESIRED_COUNT, ScheduledActionName: spec.name, ResourceId });
    await unregistered(aws.autoScaling(command, { notYet: CROSSED }));
  },
});

const boundsIn = ({ ScalableTargetAction: { MinCapacity: min, MaxCapacity: max } = {} }: Listed) => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

const put = (aws: Aws, { name, schedule, timezone, bounds, ...of }: ScheduledActionSpec) =>
  aws.autoScaling(
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
