import type { Tags } from "../tags.ts";
import type { TaskCount } from "./count.ts";
import type { DeploymentSpec } from "./service-answer.ts";
import type { ServiceConnect } from "./service-connect.ts";
import type { CapacityProvider } from "./strategy.ts";

export interface ServiceSpec {
  name: string;
  /** The cluster's name. */
  cluster: string;
  /** The ARN of the revision that runs. */
  taskDefinition: string;
  subnetIds: readonly string[];
  groupIds: readonly string[];
  /** Assign public IP addresses to tasks. */
  assignPublicIp: boolean;
  /** Where tasks are registered: a target group, and the container port that it targets. */
  loadBalancers: readonly { targetGroupArn: string; containerName: string; containerPort: number }[];
  count: TaskCount;
  deployment: DeploymentSpec;
  /** A subset of the cluster's; empty: plain Fargate. */
  capacityProviders: readonly CapacityProvider[];
  platformVersion: string;
  /** Rebalance unevenly spread tasks between zones: needs headroom above the desired count. */
  zoneRebalancing: boolean;
  /** Seconds; ignored without a load balancer. */
  healthCheckGracePeriod: number;
  enableExec: boolean;
  /** If omitted: the service does not use Service Connect. */
  serviceConnect?: ServiceConnect | undefined;
  /** Add ECS's managed tags and the service's tags to tasks. */
  taskTags: boolean;
  tags: Tags;
}
