import { nextFiring } from "../../cron.ts";

/** The limits of an autoscaler. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** When an autoscaler gets other limits: those of a scheduled action. One that is omitted stays as it is. */
export interface TimedBounds {
  /** `cron(...)` with six fields, or `at(...)`. */
  readonly schedule: string;
  readonly timezone: string;
  readonly bounds: Partial<Bounds>;
}

const DAY = 86_400_000;

/** A Monday, from which on time is counted: an estimate of the same config is the same every day. */
const START = Date.UTC(2026, 0, 5);

/** Whether it fires in every week of the year: its day of the month, month and year are any. */
const isWeekly = ({ schedule }: TimedBounds): boolean =>
  /^cron\(\S+ \S+ (\?|\*) \* \S+ \*\)$/.test(schedule.replaceAll(/ +/g, " "));

/** The limits on average over time, from the scheduled actions that change them. An action that fires only once changes no average. */
export function averageBounds(usual: Bounds, actions: readonly TimedBounds[]): Bounds {
  const repeated = actions.filter(({ schedule }) => !schedule.startsWith("at("));
  if (repeated.length === 0) return usual;
  const days = repeated.every(isWeekly) ? 28 : 364;
  // The first week only tells which limits apply when the counting starts.
  const [from, to] = [START + 7 * DAY, START + (7 + days) * DAY];
  const changes = repeated
    .flatMap((action) => firings(action, to).map((at) => ({ at, bounds: action.bounds })))
    .toSorted((one, other) => one.at - other.at);
  let bounds = usual;
  let since = from;
  const sum = { min: 0, max: 0 };
  for (const change of [...changes, { at: to, bounds: {} }]) {
    const passed = Math.max(0, change.at - since);
    sum.min += bounds.min * passed;
    sum.max += bounds.max * passed;
    since = Math.max(since, change.at);
    bounds = { ...bounds, ...change.bounds };
  }
  return { min: sum.min / (to - from), max: sum.max / (to - from) };
}

/** All times at which it fires, until `end`. */
function firings({ schedule: expression, timezone }: TimedBounds, end: number): number[] {
  const all: number[] = [];
  for (let at = START; ;) {
    at = nextFiring({ expression, timezone, since: START }, at);
    if (at >= end) return all;
    all.push(at);
  }
}
