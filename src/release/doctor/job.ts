import { GetScheduleCommand } from "@aws-sdk/client-scheduler";
import { absent } from "../../aws/errors.ts";
import { revisionIn } from "../revision.ts";
import { endOf, newestRun } from "../runs.ts";
import { serviceName, type ServiceRef } from "../service-ref.ts";
import { broken, ok, RELEASE, sentence, unknown, waiting, type Verdict } from "./hop.ts";
import type { Seen } from "./seen.ts";

export async function scheduleVerdict({ aws, names }: ServiceRef, seen: Seen): Promise<Verdict> {
  const reading = aws.scheduler(new GetScheduleCommand({ Name: names.schedule }));
  const [schedule, released] = await Promise.all([absent(reading, "ResourceNotFoundException"), seen.released]);
  if (!schedule) return broken(`Schedule ${names.schedule} does not exist.`);
  const it = `Schedule ${names.schedule}`;
  const times = `${schedule.ScheduleExpression} (${schedule.ScheduleExpressionTimezone ?? "UTC"})`;
  if (schedule.State !== "DISABLED") return ok(`${it} is enabled and starts the job at ${times}.`);
  return released
    ? broken(`${it} is disabled, so nothing starts the job at ${times}.`)
    : waiting(`${it} is disabled until the first release, because there is no image to run at ${times}.`, RELEASE);
}

export async function runVerdict(ref: ServiceRef): Promise<Verdict> {
  const { names } = ref;
  const log = `npx fairlead logs --service ${serviceName(ref)}`;
  const task = await newestRun(ref, names.taskFamily);
  if (!task)
    return unknown(
      "ECS has no record of a run: it drops stopped tasks after about an hour.",
      `Run \`${log} --since 24h\`.`,
    );
  const id = revisionIn(task.taskArn);
  const it = `The latest run, task ${id} of ${revisionIn(task.taskDefinitionArn)},`;
  if (task.lastStatus !== "STOPPED") return ok(`${it} has been ${task.lastStatus} since ${timeOf(task.createdAt)}.`);
  const { exitCode, why } = endOf(task, names.container);
  const at = timeOf(task.stoppedAt);
  if (exitCode === 0) return ok(`${it} ended at ${at} with exit code 0.`);
  const fix = `See its log (\`${log}\`), then release a fix: \`npx fairlead deploy\`.`;
  if (exitCode === undefined) return broken(`${it} failed to start at ${at}: ${sentence(why)}`, fix);
  return broken(`${it} ended at ${at} with exit code ${exitCode}.`, fix);
}

const timeOf = (date: Date | undefined): string => date?.toISOString() ?? "an unknown time";
