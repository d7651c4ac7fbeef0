import { GetScheduleCommand, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { UNRELEASED_TAG } from "../aws/ecs/released.ts";
import { latestRevision } from "../aws/ecs/revisions.ts";
import { absent } from "../aws/errors.ts";
import type { ServiceRef } from "./service-ref.ts";

/** Another change of the schedule is in progress (EventBridge Scheduler API Reference, ConflictException). */
const CROSSED = [{ code: "ConflictException", budget: 60 }] as const;

/**
 * Enables the schedule of a job that has waited for its first release, now that its newest revision has an image; answers whether it did.
 * Called only where there was no image before: a schedule that is disabled at another time was disabled by someone.
 */
export async function enableSchedule({ aws, names }: ServiceRef): Promise<boolean> {
  const [newest, found] = await Promise.all([
    latestRevision(aws, names.taskFamily),
    absent(aws.scheduler(new GetScheduleCommand({ Name: names.schedule })), "ResourceNotFoundException"),
  ]);
  const containers = newest?.definition.containerDefinitions ?? [];
  const image = containers.find(({ name }) => name === names.container)?.image;
  if (found?.State !== "DISABLED" || image === undefined || image.endsWith(`:${UNRELEASED_TAG}`)) return false;
  // An update replaces the whole schedule.
  const { $metadata: _metadata, Arn: _arn, CreationDate: _made, LastModificationDate: _changed, ...said } = found;
  const { Name, ScheduleExpression, FlexibleTimeWindow, Target } = said;
  const needed = { Name, ScheduleExpression, FlexibleTimeWindow, Target };
  await aws.scheduler(new UpdateScheduleCommand({ ...said, ...needed, State: "ENABLED" }), { notYet: CROSSED });
  return true;
}
