import { secondsOf } from "./fields.ts";

/** The named schedules of Copilot (manifest of a Scheduled Job, `on.schedule`), at midnight UTC. */
const NAMED: Readonly<Record<string, string>> = {
  "@yearly": "cron(0 0 1 1 ? *)",
  "@annually": "cron(0 0 1 1 ? *)",
  "@monthly": "cron(0 0 1 * ? *)",
  "@weekly": "cron(0 0 ? * 1 *)",
  "@daily": "cron(0 0 * * ? *)",
  "@midnight": "cron(0 0 * * ? *)",
  "@hourly": "cron(0 * * * ? *)",
};

/**
 * The schedule of a job that Copilot never starts (`none`; Copilot's documentation, "Jobs"). A job has a schedule here, so it is the first day of
 * the last year that EventBridge Scheduler knows (its User Guide, "Schedule types": 1970 to 2199).
 */
export const NEVER = "cron(0 0 1 1 ? 2199)";

/** A schedule of Copilot as EventBridge Scheduler has it; undefined if there is no expression for it. */
export function scheduleOf(text: string): string | undefined {
  const plain = text.trim();
  if (plain === "none") return NEVER;
  if (/^(?:cron|rate)\(.+\)$/.test(plain)) return plain;
  if (plain in NAMED) return NAMED[plain];
  const every = /^@every\s+(\S+)$/.exec(plain)?.[1];
  if (every !== undefined) return rate(secondsOf(every));
  const fields = plain.split(/\s+/);
  return fields.length === 5 ? cron(fields) : undefined;
}

function rate(seconds: number | undefined): string | undefined {
  if (seconds === undefined || seconds < 60 || seconds % 60 !== 0) return undefined;
  const [number, unit] = seconds % 3600 === 0 ? [seconds / 3600, "hour"] : [seconds / 60, "minute"];
  return `rate(${number} ${unit}${number === 1 ? "" : "s"})`;
}

/**
 * Five fields as six: a year is added, and of the day of the month and the day of the week one is `?` (EventBridge Scheduler User Guide, "Schedule
 * types"). Weekdays count from 1 for Sunday there, and from 0 in cron.
 */
function cron([minute = "", hour = "", day = "", month = "", weekday = ""]: readonly string[]): string | undefined {
  const steps = (field: string, first: number) => field.replace(/^\*\//, `${first}/`);
  const isAny = (field: string) => field === "*" || field === "?";
  if (!isAny(day) && !isAny(weekday)) return undefined;
  const days = isAny(weekday)
    ? [isAny(day) ? "*" : steps(day, 1), "?"]
    : ["?", weekday.replaceAll(/(?<![#/\w])[0-7](?!\w)/g, (one) => String((Number(one) % 7) + 1))];
  return `cron(${steps(minute, 0)} ${steps(hour, 0)} ${days[0]} ${steps(month, 1)} ${days[1]} *)`;
}
