import { HOURS_A_MONTH, type Range } from "../../src/aws/cost/charge.ts";
import { pricesIn } from "../../src/aws/prices/table.ts";

const HOUR = 3_600_000;
/** Two builds, each as long as the sample service's takes with room to spare. */
const BUILD_MINUTES = 10;

/** What a life costs, in US dollars of AWS's list prices. */
export interface Cost {
  /** What the stack costs for each hour that it stands. */
  readonly hourly: number;
  /** For `expected` milliseconds; NAT gateways and load balancers are charged for each hour begun. */
  readonly expected: number;
  readonly most: number;
}

/**
 * `monthly`: what the plan estimates, from the fewest tasks to the most. What is charged by use alone (requests, gigabytes) is cents here
 * and left out, except for builds.
 */
export function costOf(monthly: Range, region: string, times: Times): Cost {
  const builds = BUILD_MINUTES * (pricesIn(region).of("buildMedium")?.usd ?? 0);
  const of = (ms: number, month: number) => (Math.ceil(ms / HOUR) * month) / HOURS_A_MONTH + builds;
  return {
    hourly: monthly.from / HOURS_A_MONTH,
    expected: of(times.expected, monthly.from),
    most: of(times.most, monthly.to),
  };
}

/** Milliseconds that the stack will probably stand, and at most. */
export interface Times {
  readonly expected: number;
  readonly most: number;
}
