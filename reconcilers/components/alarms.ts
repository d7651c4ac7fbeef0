import { Alarm, type AlarmSpec } from "../../src/aws/cloudwatch/alarm.ts";
import { GLOBAL_REGION } from "../../src/aws/tagging.ts";
import type { AlarmSettings } from "../../src/config/stack.ts";
import type { Input, Output } from "../../src/engine/output.ts";
import type { Placed } from "../services.ts";
import { isJob } from "../services.ts";
import type { Scope } from "../scope.ts";
import { alarmTopic } from "./alarm-topic.ts";
import {
  balancerMetrics,
  cdnMetrics,
  queueMetrics,
  serviceMetrics,
  targetMetrics,
  type MetricOf,
  type Targets,
} from "./metrics.ts";

export interface AlarmsProps {
  readonly settings: AlarmSettings;
  readonly services: readonly AlarmedService[];
  /** The stack's own load balancer, by its name in CloudWatch. */
  readonly balancer: Output<string> | undefined;
  /** The stack's distribution. */
  readonly distribution: Output<string> | undefined;
  /** Whether the cluster counts running tasks. */
  readonly containerInsights: boolean;
}

/** A service and what alarms need to know of it. */
export interface AlarmedService extends Placed {
  /** Its targets, if the load balancer sends requests to it. */
  readonly targets?: Targets | undefined;
}

/** One alarm: what is watched, when it begins, and who hears of it. */
interface Watch {
  readonly name: string;
  readonly description: string;
  readonly watches: Input<AlarmSpec["watches"]>;
  /** The threshold that the metric has to be above. */
  readonly above: number;
  /** Minutes, and how many of them have to be above it. */
  readonly of: readonly [minutes: number, above: number];
}

/** The alarms of a stack, and the topics that they are published to. */
export function alarms(scope: Scope, { settings, services, balancer, distribution, containerInsights }: AlarmsProps) {
  const topic = alarmTopic(scope, { id: "alarms/topic", name: scope.name("alarms"), settings });
  const raise = (place: Scope, watch: Watch) => raised(place, watch, topic.arn);
  for (const one of services) {
    if (isJob(one)) continue;
    for (const watch of serviceWatches(one, settings, containerInsights)) raise(one.scope, watch);
  }
  if (balancer !== undefined && settings.balancerErrors !== false)
    raise(scope, {
      name: "balancer-errors",
      description: `The load balancer answers more than ${settings.balancerErrors} % of the requests with a 5xx of its own.`,
      watches: percentage(balancerMetrics(balancer)),
      above: settings.balancerErrors,
      of: [5, 3],
    });
  if (distribution !== undefined && settings.cdnErrors !== false) cdnAlarm(scope, settings, distribution, topic.arn);
  scope.output("alarms_topic_arn", topic.arn);
  return { topicArn: topic.arn };
}

/** CloudFront's metrics are in us-east-1, and an alarm's topic is in its own region. */
function cdnAlarm(scope: Scope, settings: AlarmSettings, distribution: Output<string>, own: Output<string>): void {
  const elsewhere = scope.region === GLOBAL_REGION ? undefined : GLOBAL_REGION;
  // The same stack in a second region has alarms there too.
  const named = (what: string) => scope.name(elsewhere === undefined ? what : `${scope.region}-${what}`);
  const topicArn =
    elsewhere === undefined
      ? own
      : alarmTopic(scope, { id: "alarms/global-topic", name: named("alarms"), region: elsewhere, settings }).arn;
  const watch = {
    name: "cdn-errors",
    description: `More than ${settings.cdnErrors} % of the CDN's responses are 5xx.`,
    watches: cdnMetrics(distribution).errorRate("Average"),
    above: Number(settings.cdnErrors),
    of: [5, 3],
  } as const;
  raised(scope, watch, topicArn, { name: named(watch.name), region: elsewhere });
}

function raised(
  scope: Scope,
  { name, description, watches, above, of: [periods, datapoints] }: Watch,
  topicArn: Output<string>,
  place: Pick<AlarmSpec, "name" | "region"> = { name: scope.name(name), region: undefined },
) {
  return scope.add(`alarms/${name}`, Alarm, {
    ...place,
    description,
    watches,
    comparison: "GreaterThanThreshold",
    threshold: above,
    periods,
    datapoints,
    // Without requests, errors or messages there are no data (Elastic Load Balancing user guide, "CloudWatch metrics": "reported if there is a
    // nonzero value").
    missingData: "notBreaching",
    actions: [topicArn],
    okActions: [topicArn],
  });
}

/** A number of 5xx as a percentage of all requests. */
const percentage = ({ errors, requests }: Readonly<Record<"errors" | "requests", MetricOf>>) => ({
  expression: "100 * errors / (FILL(requests, 0) + errors)",
  metrics: { errors: errors("Sum"), requests: requests("Sum") },
});

/** The alarms of one service. */
function serviceWatches(
  { service, scope, names, targets }: AlarmedService,
  settings: AlarmSettings,
  containerInsights: boolean,
): Watch[] {
  const { targetErrors, latencySeconds, unhealthyTargets, missingTasksMinutes, cpuPercent, memoryPercent } = settings;
  const watches: Watch[] = [];
  const watch = (threshold: number | false, of: (threshold: number) => Watch) => {
    if (threshold !== false) watches.push(of(threshold));
  };
  const { name } = service;
  const tasks = serviceMetrics(names);
  watch(cpuPercent, (above) => ({
    name: "cpu",
    description: `The tasks of ${name} use more than ${above} % of their CPU.`,
    watches: tasks.cpu("Average"),
    above,
    of: [15, 15],
  }));
  watch(memoryPercent, (above) => ({
    name: "memory",
    description: `The tasks of ${name} use more than ${above} % of their memory.`,
    watches: tasks.memory("Average"),
    above,
    of: [15, 15],
  }));
  watch(containerInsights && missingTasksMinutes, (minutes) => ({
    name: "missing-tasks",
    description: `Fewer tasks of ${name} run than should, for ${minutes} minutes.`,
    watches: {
      // No task at all is no data.
      expression: "desired - FILL(running, 0)",
      metrics: { desired: tasks.desired("Average"), running: tasks.running("Average") },
    },
    above: 0,
    of: [minutes, minutes],
  }));
  if (targets) {
    const { errors, requests, latency, unhealthy } = targetMetrics(targets);
    watch(targetErrors, (above) => ({
      name: "target-errors",
      description: `More than ${above} % of the responses of ${name} are 5xx.`,
      watches: { expression: "100 * errors / requests", metrics: { errors: errors("Sum"), requests: requests("Sum") } },
      above,
      of: [5, 3],
    }));
    watch(latencySeconds, (above) => ({
      name: "latency",
      description: `One response of ${name} in twenty takes more than ${above} s.`,
      watches: latency("p95"),
      above,
      of: [5, 3],
    }));
    watch(unhealthyTargets, (least) => ({
      name: "unhealthy-targets",
      description: `At least ${least} of the targets of ${name} fail their health check.`,
      watches: unhealthy("Maximum"),
      above: least - 1,
      of: [5, 5],
    }));
  }
  if (service.type === "worker" && service.queue) {
    const queue = scope.name("queue");
    watch(settings.messageAgeSeconds, (above) => ({
      name: "message-age",
      description: `The oldest message in the queue of ${name} is more than ${above} s old.`,
      watches: queueMetrics(queue).age("Maximum"),
      above,
      of: [5, 5],
    }));
    watch(settings.deadLetters, (least) => ({
      name: "dead-letters",
      description: `The dead-letter queue of ${name} has ${least} messages or more.`,
      watches: queueMetrics(`${queue}-dead-letters`).messages("Maximum"),
      above: least - 1,
      of: [1, 1],
    }));
  }
  return watches;
}
