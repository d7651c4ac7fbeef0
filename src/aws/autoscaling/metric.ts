import type {
  CustomizedMetricSpecification,
  TargetTrackingMetricDataQuery,
  TargetTrackingScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";
import { equal } from "../../engine/equal.ts";
import type { Aws } from "../aws.ts";

const AVERAGES = ["ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"] as const;

/** Requests per minute and target of a target group. */
export interface RequestsPerTarget {
  readonly type: "requests-per-target";
  readonly loadBalancerArn: string;
  /** The service has to be attached to it. */
  readonly targetGroupArn: string;
}

/** Visible messages in a queue per running task: requires Container Insights on the cluster, which counts the tasks. */
export interface BacklogPerTask {
  readonly type: "backlog-per-task";
  /** The queue's name. */
  readonly queue: string;
}

/** The metric that a policy keeps at its target value; the first two are percentages. */
export type ScalingMetric = (typeof AVERAGES)[number] | RequestsPerTarget | BacklogPerTask;

/** The service that is scaled. */
interface Scaled {
  readonly cluster: string;
  readonly service: string;
}

type Specification = Pick<
  TargetTrackingScalingPolicyConfiguration,
  "PredefinedMetricSpecification" | "CustomizedMetricSpecification"
>;

/** The metric in AWS's spelling. */
export function specificationOf(metric: ScalingMetric, scaled: Scaled): Specification {
  if (typeof metric === "string") return { PredefinedMetricSpecification: { PredefinedMetricType: metric } };
  return metric.type === "requests-per-target"
    ? {
        PredefinedMetricSpecification: {
          PredefinedMetricType: "ALBRequestCountPerTarget",
          ResourceLabel: labelOf(metric),
        },
      }
    : { CustomizedMetricSpecification: { Metrics: backlogOf(metric.queue, scaled) } };
}

/** `undefined` for a metric that Fairlead does not set, which is a difference. */
export function metricIn(aws: Aws, tracking: Specification | undefined, scaled: Scaled): ScalingMetric | undefined {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } = tracking ?? {};
  if (customized) return backlogIn(customized, scaled);
  if (predefined?.PredefinedMetricType !== "ALBRequestCountPerTarget")
    return AVERAGES.find((metric) => metric === predefined?.PredefinedMetricType);
  const [, balancer, group] = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/.+)$/.exec(predefined.ResourceLabel ?? "") ?? [];
  if (balancer === undefined || group === undefined) return undefined;
  const arn = `arn:${aws.partition}:elasticloadbalancing:${aws.region}:${aws.account}:`;
  return {
    type: "requests-per-target",
    loadBalancerArn: `${arn}loadbalancer/${balancer}`,
    targetGroupArn: arn + group,
  };
}

/** The final portions of both ARNs (botocore application-autoscaling, PredefinedMetricSpecification: `ResourceLabel`). */
const labelOf = ({ loadBalancerArn, targetGroupArn }: RequestsPerTarget): string =>
  `${loadBalancerArn.replace(/^.*:loadbalancer\//, "")}/${targetGroupArn.slice(targetGroupArn.lastIndexOf(":") + 1)}`;

/**
 * Application Auto Scaling user guide, "Create a target tracking scaling policy using metric math": the queue's visible messages divided by
 * the running tasks. A service at zero tasks has no data point, or zero, so the quotient would be undefined and no task would ever start: it
 * counts as one task. A queue that has not been used for some hours has no data point either, and counts as empty.
 */
function backlogOf(queue: string, { cluster, service }: Scaled): TargetTrackingMetricDataQuery[] {
  const raw = (
    Id: string,
    Namespace: string,
    MetricName: string,
    Stat: string,
    dimensions: Record<string, string>,
  ) => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace,
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Stat,
    },
    ReturnData: false,
  });
  return [
    raw("visible", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Sum", { QueueName: queue }),
    raw("running", "ECS/ContainerInsights", "RunningTaskCount", "Average", {
      ClusterName: cluster,
      ServiceName: service,
    }),
    { Id: "backlog", Expression: "FILL(visible, 0) / IF(FILL(running, 0) > 0, FILL(running, 0), 1)", ReturnData: true },
  ];
}

function backlogIn({ Metrics = [] }: CustomizedMetricSpecification, scaled: Scaled): BacklogPerTask | undefined {
  const visible = Metrics.find(({ MetricStat }) => MetricStat?.Metric?.Namespace === "AWS/SQS");
  const queue = visible?.MetricStat?.Metric?.Dimensions?.find(({ Name }) => Name === "QueueName")?.Value;
  if (queue === undefined) return undefined;
  const own = backlogOf(queue, scaled);
  return equal(Metrics.map(comparable).toSorted(byId), own.map(comparable).toSorted(byId))
    ? { type: "backlog-per-task", queue }
    : undefined;
}

/** Data are returned where nothing is said (botocore application-autoscaling, TargetTrackingMetricDataQuery); dimensions have no order. */
function comparable({ ReturnData = true, MetricStat: stat, ...rest }: TargetTrackingMetricDataQuery) {
  const dimensions = (stat?.Metric?.Dimensions ?? []).map(({ Name = "", Value = "" }) => `${Name}=${Value}`);
  const metric = stat && { ...stat, Metric: { ...stat.Metric, Dimensions: dimensions.toSorted() } };
  return { ...rest, ReturnData, ...(metric ? { MetricStat: metric } : {}) };
}

const byId = ({ Id: one = "" }: { Id?: string | undefined }, { Id: other = "" }: { Id?: string | undefined }) =>
  one < other ? -1 : 1;
