import type { Metric } from "../../src/aws/cloudwatch/metric.ts";
import type { Names } from "../../src/config/naming.ts";
import type { Input, Output } from "../../src/engine/output.ts";

/** A metric with one of its statistics, by the minute. */
export type MetricOf = (statistic: string) => MetricInput;

/** A metric whose dimensions may be known only after apply. */
export interface MetricInput extends Omit<Metric, "dimensions"> {
  readonly dimensions: Readonly<Record<string, Input<string>>>;
}

/** The targets of a service, by the names that CloudWatch has for them: `app/NAME/ID` and `targetgroup/NAME/ID`. */
export interface Targets {
  readonly balancer: Input<string>;
  readonly group: Input<string>;
}

const PERIOD = 60;

const metric =
  (namespace: string, name: string, dimensions: MetricInput["dimensions"]): MetricOf =>
  (statistic) => ({ namespace, name, dimensions, statistic, period: PERIOD });

/** Amazon ECS developer guide, "Amazon ECS CloudWatch metrics"; CloudWatch user guide, "Amazon ECS Container Insights metrics". */
export function serviceMetrics({ cluster, service }: Pick<Names, "cluster" | "service">) {
  const dimensions = { ClusterName: cluster, ServiceName: service };
  return {
    cpu: metric("AWS/ECS", "CPUUtilization", dimensions),
    memory: metric("AWS/ECS", "MemoryUtilization", dimensions),
    desired: metric("ECS/ContainerInsights", "DesiredTaskCount", dimensions),
    running: metric("ECS/ContainerInsights", "RunningTaskCount", dimensions),
  };
}

const BALANCER = "AWS/ApplicationELB";

/** Elastic Load Balancing user guide, "CloudWatch metrics for your Application Load Balancer". */
export function targetMetrics({ balancer, group }: Targets) {
  const dimensions = { LoadBalancer: balancer, TargetGroup: group };
  return {
    errors: metric(BALANCER, "HTTPCode_Target_5XX_Count", dimensions),
    requests: metric(BALANCER, "RequestCount", dimensions),
    latency: metric(BALANCER, "TargetResponseTime", dimensions),
    unhealthy: metric(BALANCER, "UnHealthyHostCount", dimensions),
  };
}

/** The same page. RequestCount has only those "where the load balancer node was able to choose a target": its own 5xx come on top. */
export function balancerMetrics(balancer: Output<string>) {
  const dimensions = { LoadBalancer: balancer };
  return {
    errors: metric(BALANCER, "HTTPCode_ELB_5XX_Count", dimensions),
    requests: metric(BALANCER, "RequestCount", dimensions),
  };
}

/** CloudFront developer guide, "Types of metrics for CloudFront": in us-east-1, with the region `Global`. */
export function cdnMetrics(distribution: Output<string>) {
  const dimensions = { DistributionId: distribution, Region: "Global" };
  return {
    errorRate: metric("AWS/CloudFront", "5xxErrorRate", dimensions),
    requests: metric("AWS/CloudFront", "Requests", dimensions),
  };
}

/** SQS developer guide, "Available CloudWatch metrics for Amazon SQS". */
export function queueMetrics(queue: Input<string>) {
  const dimensions = { QueueName: queue };
  return {
    age: metric("AWS/SQS", "ApproximateAgeOfOldestMessage", dimensions),
    messages: metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions),
    inFlight: metric("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", dimensions),
    delayed: metric("AWS/SQS", "ApproximateNumberOfMessagesDelayed", dimensions),
  };
}
