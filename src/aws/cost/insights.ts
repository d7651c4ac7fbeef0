// "When you use Container Insights to collect the following metrics, the metrics are charged as custom metrics" (Amazon CloudWatch user guide,
// "Amazon ECS Container Insights metrics"): each metric once for each set of dimensions. The least is that table's, the most is with the two metrics
// of ephemeral storage that the guide of today has beside it, and with the count of container instances, which Fargate has none of.
import type { Charge, Range } from "./charge.ts";

/** CPU, memory, network and storage, two metrics each: for the cluster, each service, and each family of task definitions. */
const USED = 8;
const EPHEMERAL = 2;
/** Of a service alone: deployments, task sets, and the tasks that are desired, pending and running. */
const OF_SERVICE = 5;
/** Of the cluster alone: its services and its tasks. */
const OF_CLUSTER = 2;

/** The metrics of a cluster itself. */
const CLUSTER_METRICS: Range = { from: OF_CLUSTER + USED, to: OF_CLUSTER + USED + EPHEMERAL + 1 };
/** Those of a service and of its family. */
const SERVICE_METRICS: Range = { from: OF_SERVICE + 2 * USED, to: OF_SERVICE + 2 * (USED + EPHEMERAL) };

export const clusterMetrics: Charge = { price: "metricMonth", quantity: CLUSTER_METRICS };
export const serviceMetrics: Charge = { price: "metricMonth", quantity: SERVICE_METRICS };
