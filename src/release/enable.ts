import { GetScheduleCommand, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { UNRELEASED_TAG } from "../aws/ecs/released.ts";
import { latestRevision } from "../aws/ecs/revisions.ts";
import { absent } from "../aws/errors.ts";
import { isAnyMarked } from "../aws/ecr/deployed.ts";
import { isUnmarked } from "./deployed.ts";
import type { ServiceRef } from "./service-ref.ts";

/**
 * Whether a job still waits for the end of its first release: it has no image yet, or has one that a release set whose process died before
 * it enabled the schedule. Tagging the image as deployed comes after that. `released`: it has an image.
 */
export async function awaitsFirstRelease(ref: ServiceRef, released: boolean): Promise<boolean> {
  if (!released) return true;
  if (!(await isUnmarked(ref)) || (await isAnyMarked(ref.aws, ref.names.repository))) return false;
  return (await scheduleOf(ref))?.State === "DISABLED";
}

const scheduleOf = ({ aws, names }: ServiceRef) =>
  absent(aws.scheduler(new GetScheduleCommand({ Name: names.schedule })), "ResourceNotFoundException");

/** Another change of the schedule is in progress (EventBridge Scheduler API Reference, ConflictException). */
const CROSSED = [{ code: "ConflictException", budget: 60 }] as const;

/**
 * Enables the schedule of a job that has waited for its first release, now that its newest revision has an image; answers whether it did.
 * Called only for one that awaits its first release: a schedule that is disabled at another time was disabled by someone.
 */
export async function enableSchedule(ref: ServiceRef): Promise<boolean> {
  const { aws, names } = ref;
  const [newest, found] = await Promise.all([latestRevision(aws, names.taskFamily), scheduleOf(ref)]);
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
