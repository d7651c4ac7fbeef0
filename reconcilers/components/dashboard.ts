import { Dashboard } from "../../src/aws/cloudwatch/dashboard.ts";
import { GLOBAL_REGION } from "../../src/aws/tagging.ts";
import type { Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import { isJob } from "../services.ts";
import type { AlarmedService } from "./alarms.ts";
import {
  balancerMetrics,
  cdnMetrics,
  queueMetrics,
  serviceMetrics,
  targetMetrics,
  type MetricInput,
} from "./metrics.ts";

export interface DashboardProps {
  readonly services: readonly AlarmedService[];
  readonly balancer: Output<string> | undefined;
  readonly distribution: Output<string> | undefined;
}

interface Graph {
  readonly title: string;
  readonly region: string;
  readonly metrics: readonly MetricInput[];
}

/** Three graphs in a row of the 24 columns, below the note. */
const [COLUMNS, WIDTH, HEIGHT, TOP] = [3, 8, 6, 1];

/** A dashboard of the whole request path, from the CDN to the queues. Dashboards are global: the name has the stack's region. */
export function dashboard(scope: Scope, { services, balancer, distribution }: DashboardProps): void {
  const { region } = scope;
  const graphs: Graph[] = [];
  const draw = (title: string, metrics: readonly MetricInput[], where = region) =>
    graphs.push({ title, region: where, metrics });
  if (distribution) {
    const { requests, errorRate } = cdnMetrics(distribution);
    draw("CDN: requests", [requests("Sum")], GLOBAL_REGION);
    draw("CDN: 5xx, %", [errorRate("Average")], GLOBAL_REGION);
  }
  if (balancer) {
    const { requests, errors } = balancerMetrics(balancer);
    draw("Load balancer: requests and its own 5xx", [requests("Sum"), errors("Sum")]);
  }
  for (const one of services) {
    if (isJob(one)) continue;
    const { service, scope: place, names, targets } = one;
    const { name } = service;
    if (targets) {
      const { requests, errors, latency, unhealthy } = targetMetrics(targets);
      draw(`${name}: requests and 5xx`, [requests("Sum"), errors("Sum")]);
      draw(`${name}: response time, s`, [latency("p50"), latency("p95"), latency("p99")]);
      draw(`${name}: unhealthy targets`, [unhealthy("Maximum")]);
    }
    const { cpu, memory } = serviceMetrics(names);
    draw(`${name}: CPU and memory, %`, [cpu("Average"), memory("Average")]);
    if (service.type !== "worker" || !service.queue) continue;
    const queue = place.name("queue");
    draw(`${name}: messages`, [
      queueMetrics(queue).messages("Maximum"),
      queueMetrics(`${queue}-dead-letters`).messages("Maximum"),
    ]);
    draw(`${name}: oldest message, s`, [queueMetrics(queue).age("Maximum")]);
  }
  scope.add("alarms/dashboard", Dashboard, {
    name: scope.name(region),
    owner: scope.mark("alarms/dashboard"),
    widgets: graphs.map(widget),
  });
}

const widget = ({ title, region, metrics }: Graph, index: number) => ({
  type: "metric",
  x: (index % COLUMNS) * WIDTH,
  y: TOP + Math.floor(index / COLUMNS) * HEIGHT,
  width: WIDTH,
  height: HEIGHT,
  properties: {
    title,
    region,
    view: "timeSeries",
    period: 60,
    metrics: metrics.map(({ namespace, name, dimensions, statistic }) => [
      namespace,
      name,
      ...Object.entries(dimensions).flat(),
      { stat: statistic },
    ]),
  },
});
