import { GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { metricStat, type Metric } from "../aws/cloudwatch/metric.ts";
import type { Aws } from "../aws/aws.ts";
import { everyPage } from "../aws/pages.ts";
import type { Action } from "../engine/action.ts";
import { resolve } from "../engine/output.ts";
import { idIn, isJob, isPublic, serviceName, settingsOf, type ServiceRef } from "../release/service-ref.ts";
import { queueMetrics, serviceMetrics, targetMetrics, type MetricOf } from "../../reconcilers/components/metrics.ts";
import type { Session } from "./session.ts";

/** One metric of a service over the last hours; a value is `null` where CloudWatch has none. */
export interface MetricStatus {
  readonly service: string;
  readonly metric: string;
  readonly unit: string;
  readonly from: string;
  /** Seconds. */
  readonly period: number;
  readonly values: readonly (number | null)[];
}

const HOURS = 3;
const PERIOD = 300;
const POINTS = (HOURS * 3_600) / PERIOD;

/** What is asked for of one service. */
interface Asked extends Pick<MetricStatus, "service" | "metric" | "unit"> {
  readonly of: MetricOf;
  readonly statistic: string;
}

/** The metrics of services of the last hours, with one call: GetMetricData accepts 500 of them (CloudWatch API Reference). */
export async function recentMetrics(
  { world: { services: aws }, clock }: Pick<Session, "world" | "clock">,
  refs: readonly ServiceRef[],
  actions: readonly Action<Aws>[],
): Promise<MetricStatus[]> {
  const asked = refs.flatMap((ref) => askedOf(ref, actions));
  if (asked.length === 0) return [];
  // Whole periods: CloudWatch rounds the times to them (`StartTime`).
  const end = Math.floor(clock.now() / (PERIOD * 1_000)) * PERIOD;
  const start = end - POINTS * PERIOD;
  const MetricDataQueries = asked.map(({ of, statistic }, index) => ({
    Id: `m${index}`,
    MetricStat: metricStat({ ...(resolve(of(statistic), () => undefined) as Metric), period: PERIOD }),
    ReturnData: true,
  }));
  const results = await everyPage(async (NextToken) => {
    const page = await aws.cloudWatch(
      new GetMetricDataCommand({
        MetricDataQueries,
        StartTime: new Date(start * 1_000),
        EndTime: new Date(end * 1_000),
        ScanBy: "TimestampAscending",
        NextToken,
      }),
    );
    return { items: page.MetricDataResults, next: page.NextToken };
  });
  return asked.map(({ service, metric, unit }, index) => {
    const values: (number | null)[] = Array.from({ length: POINTS }, () => null);
    // A long result continues on the next page.
    for (const { Timestamps = [], Values = [] } of results.filter(({ Id }) => Id === `m${index}`))
      for (const [point, at] of Timestamps.entries()) {
        const place = Math.floor((at.getTime() / 1_000 - start) / PERIOD);
        if (place >= 0 && place < POINTS) values[place] = Values[point] ?? null;
      }
    return { service, metric, unit, from: new Date(start * 1_000).toISOString(), period: PERIOD, values };
  });
}

function askedOf(ref: ServiceRef, actions: readonly Action<Aws>[]): Asked[] {
  if (isJob(ref)) return [];
  const service = serviceName(ref);
  const attr = (id: string, name: string): string | undefined => {
    const value = actions.find((action) => action.id === id)?.observed?.attrs[name];
    return typeof value === "string" ? value : undefined;
  };
  const asked = (metric: string, unit: string, of: MetricOf, statistic: string): Asked => ({
    service,
    metric,
    unit,
    of,
    statistic,
  });
  const balancer = attr("balancer/load-balancer", "fullName");
  const group = attr(idIn(ref, "balancer/target-group"), "fullName");
  const targets = isPublic(ref) && balancer && group ? targetMetrics({ balancer, group }) : undefined;
  const tasks = serviceMetrics(ref.names);
  const settings = settingsOf(ref);
  const queue = actions.find(({ id }) => id === idIn(ref, "queue/queue"))?.observed?.id;
  const waiting = settings?.type === "worker" && queue !== undefined ? queueMetrics(queue) : undefined;
  return [
    ...(targets
      ? [
          asked("requests", "", targets.requests, "Sum"),
          asked("5xx", "", targets.errors, "Sum"),
          asked("latency p95", "s", targets.latency, "p95"),
        ]
      : []),
    asked("CPU", "%", tasks.cpu, "Average"),
    asked("memory", "%", tasks.memory, "Average"),
    ...(waiting
      ? [asked("messages", "", waiting.messages, "Maximum"), asked("oldest message", "s", waiting.age, "Maximum")]
      : []),
  ];
}

const BARS = "▁▂▃▄▅▆▇█";

/** A value as a bar, the greatest as the highest; a space where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const most = Math.max(...values.map((value) => value ?? 0));
  return values
    .map((value) => {
      if (value === null) return " ";
      return BARS[most === 0 ? 0 : Math.round((Math.max(0, value) / most) * (BARS.length - 1))];
    })
    .join("");
}

/** The metrics in lines, by service. */
export function metricLines(metrics: readonly MetricStatus[]): string[] {
  if (metrics.length === 0) return [];
  const width = Math.max(...metrics.map(({ service, metric }) => `${service} ${metric}`.length));
  return [
    "",
    `The last ${HOURS} hours, a bar for each ${PERIOD / 60} minutes:`,
    ...metrics.map(({ service, metric, unit, values }) => {
      const name = `${service} ${metric}`.padEnd(width);
      const known = values.filter((value) => value !== null);
      const last = known.at(-1);
      if (last === undefined) return `${name}  no data`;
      const told = (value: number) => `${Number(value.toPrecision(3))}${unit === "" ? "" : ` ${unit}`}`;
      return `${name}  ${sparkline(values)}  last ${told(last)}, at most ${told(Math.max(...known))}`;
    }),
  ];
}
