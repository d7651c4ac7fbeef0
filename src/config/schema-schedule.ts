import * as z from "zod";

import { field } from "./fields.ts";
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
