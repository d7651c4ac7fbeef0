import * as z from "zod";

import { closed, field, named, needed, optional } from "./fields.ts";
import { isSchedule, isTimezone } from "./schedule.ts";

/* The parts of settings that say when something happens. */

const ZONE = "an IANA time zone, such as Europe/Berlin";

/** The time zone of a schedule. */
export const timezone = (description: string) =>
  field(z.string({ error: ZONE }).refine(isTimezone, { error: ZONE }), "UTC", description);

const TIME = "cron(0 20 ? * MON-FRI *) with its six fields, or at(2030-01-31T20:00:00)";

/** Times of day, or one moment: a rate has neither. */
export const times = () =>
  z.string({ error: TIME }).refine((text) => isSchedule(text) && !text.startsWith("rate"), { error: TIME });

/** The times at which the whole stack has no tasks. */
export const schedule = optional(
  named(
    "ScheduleConfig",
    "When the stack has no tasks, such as at night.",
    closed({
      sleep: needed(times(), "When AWS stops the tasks of all web services and workers."),
      wake: needed(times(), "When AWS starts them again, as many as `scaling.min`."),
      timezone: timezone("Time zone of `sleep` and `wake`."),
    }),
  ),
  "none: tasks run at all times",
  'Times at which AWS stops all tasks and starts them again, without a command, such as `{ sleep: "cron(0 20 ? * MON-FRI *)", wake: "cron(0 7 ? * MON-FRI *)", timezone: "Asia/Tokyo" }`. NAT gateways, VPC endpoints and jobs stay; `fairlead sleep` also deletes the gateways and endpoints.',
);
