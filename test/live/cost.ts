import { BUILD_MINUTE, hourlyTask, monthlyCost } from "../../src/aws/prices.ts";
import type { StackConfig } from "../../src/index.ts";

const HOURS_A_MONTH = 730;
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
 * `types`: of the plan's resources, each as many times as there are; `config` says how large the tasks are in the end. What is charged by use
 * alone (requests, gigabytes) is cents here and left out.
 */
export function costOf(types: readonly string[], config: StackConfig, region: string, times: Times): Cost {
  const standing = types.reduce((sum, type) => sum + (monthlyCost(type, region) ?? 0), 0) / HOURS_A_MONTH;
  const { cpu = 256, memory = 512 } = config.container ?? {};
  const tasks = (config.service?.desiredCount ?? 2) * hourlyTask(cpu, memory, region);
  const hourly = standing + tasks;
  const of = (ms: number) => Math.ceil(ms / HOUR) * hourly + BUILD_MINUTES * BUILD_MINUTE;
  return { hourly, expected: of(times.expected), most: of(times.most) };
}

/** Milliseconds that the stack will probably stand, and at most. */
export interface Times {
  readonly expected: number;
  readonly most: number;
}
