import { Cron } from "croner";

/** When a schedule fires next. */
interface Schedule {
  /** `cron(...)` with six fields, `rate(...)` or `at(...)`. */
  readonly expression: string;
  /** An IANA time zone; UTC if omitted. */
  readonly timezone?: string | undefined;
  /** When it was created, in milliseconds since the epoch: a rate counts from there. */
  readonly since: number;
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The first moment after `after` at which a schedule fires, in milliseconds since the epoch; `Infinity` if there is none. */
export function nextFiring({ expression, timezone = "UTC", since }: Schedule, after: number): number {
  const [, form, inner = ""] = /^(cron|rate|at)\((.+)\)$/.exec(expression) ?? [];
  if (form === "rate") {
    const [, value, unit = ""] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? [];
    const every = Number(value) * (UNITS[unit] ?? Number.NaN);
    return since + Math.max(1, Math.floor((after - since) / every) + 1) * every;
  }
  const options = { timezone, paused: true, sloppyRanges: true };
  if (form === "at") return new Cron(inner, options).nextRun(new Date(after))?.getTime() ?? Number.POSITIVE_INFINITY;
  const cron = new Cron(patternOf(inner), options);
  let next = cron.nextRun(new Date(after));
  // "if a cron expression falls on a non-existent date and time, your schedule invocation is skipped" (EventBridge Scheduler user guide,
  // "Daylight savings time on EventBridge Scheduler"); the library moves it by an hour.
  while (next && !cron.match(next)) next = cron.nextRun(next);
  return next?.getTime() ?? Number.POSITIVE_INFINITY;
}

/**
 * The pattern in the library's order: seconds first, and days of the week counted from 0. AWS counts them from 1, which is Sunday (EventBridge
 * Scheduler user guide, "Cron-based schedules"), and one of its two fields for days is `?`.
 */
function patternOf(fields: string): string {
  const [minute, hour, day = "*", month, weekday = "*", year = "*"] = fields.trim().split(/\s+/);
  const counted = weekday === "L" ? "6" : weekday.replaceAll(/(?<![#/\d])\d/g, (number) => String(Number(number) - 1));
  return ["0", minute, hour, day.replace("?", "*"), month, counted.replace("?", "*"), year].join(" ");
}
