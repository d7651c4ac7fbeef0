/*
 * The groups of settings of `stack.config.ts`, one a layer. They are written by hand, not inferred from the schema, so that
 * an editor shows a sentence for every field and the packed package's types need no library.
 */

export type { ContainerConfig, ContainerHealthCheckConfig, FargateCpu } from "./config-container.ts";

/** The commercial AWS regions that Fairlead knows. */
export type Region =
  | "af-south-1"
  | "ap-east-1"
  | "ap-east-2"
  | "ap-northeast-1"
  | "ap-northeast-2"
  | "ap-northeast-3"
  | "ap-south-1"
  | "ap-south-2"
  | "ap-southeast-1"
  | "ap-southeast-2"
  | "ap-southeast-3"
  | "ap-southeast-4"
  | "ap-southeast-5"
  | "ap-southeast-6"
  | "ap-southeast-7"
  | "ca-central-1"
  | "ca-west-1"
  | "eu-central-1"
  | "eu-central-2"
  | "eu-north-1"
  | "eu-south-1"
  | "eu-south-2"
  | "eu-west-1"
  | "eu-west-2"
  | "eu-west-3"
  | "il-central-1"
  | "me-central-1"
  | "me-south-1"
  | "mx-central-1"
  | "sa-east-1"
  | "us-east-1"
  | "us-east-2"
  | "us-west-1"
  | "us-west-2";

/** Days that CloudWatch Logs can keep events for; it takes no other number. */
export type LogRetentionDays =
  | 1
  | 3
  | 5
  | 7
  | 14
  | 30
  | 60
  | 90
  | 120
  | 150
  | 180
  | 365
  | 400
  | 545
  | 731
  | 1096
  | 1827
  | 2192
  | 2557
  | 2922
  | 3288
  | 3653;

/** How the private subnets reach the internet. */
export type NatMode = "perZone" | "single" | "none";

/** Which of CloudFront's edge locations serve the application. */
export type PriceClass = "PriceClass_100" | "PriceClass_200" | "PriceClass_All";

/** Sizes of a CodeBuild machine that can build containers. */
export type BuildComputeType =
  | "BUILD_GENERAL1_SMALL"
  | "BUILD_GENERAL1_MEDIUM"
  | "BUILD_GENERAL1_LARGE"
  | "BUILD_GENERAL1_XLARGE"
  | "BUILD_GENERAL1_2XLARGE";

/** One statement of an IAM policy, spelt as in IAM's own JSON so that it can be pasted. */
export interface PolicyStatement {
  /** A name for the statement: letters and digits, unique in the policy. */
  Sid?: string;
  /** Whether the statement permits or forbids. */
  Effect: "Allow" | "Deny";
  /** Actions, such as `s3:GetObject`; `*` and `?` are wildcards. */
  Action: string | readonly string[];
  /** ARNs that the actions may touch, or `*`. */
  Resource: string | readonly string[];
  /** Conditions: operator -> key -> value or values, such as `{ StringEquals: { "aws:SourceAccount": "123456789012" } }`. */
  Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The VPC, its subnets and its way out. */
export interface NetworkConfig {
  /** Address range of the VPC, /16 to /28. Default `10.0.0.0/16`. A change replaces the whole network. */
  cidr?: string;
  /**
   * Availability zones, two or three, each with one public and one private subnet. Default: the first two usual zones of
   * the region (`a` and `c` in ap-northeast-1, `a` and `b` elsewhere).
   */
  zones?: readonly string[];
  /**
   * Address ranges of the public subnets, one a zone, in the order of `zones`, /16 to /27 (a load balancer needs /27).
   * Default: `10.0.1.0/24`, `10.0.2.0/24` (and `10.0.3.0/24`), or the same pattern inside your own `cidr`.
   */
  publicSubnets?: readonly string[];
  /**
   * Address ranges of the private subnets, where the tasks run, one a zone, in the order of `zones`, /16 to /28.
   * Default: `10.0.10.0/24`, `10.0.20.0/24` (and `10.0.30.0/24`), or the same pattern inside your own `cidr`.
   */
  privateSubnets?: readonly string[];
  /**
   * How tasks reach the internet. `perZone` (default): one NAT gateway in each zone, survives the loss of a zone;
   * `single`: one shared NAT gateway, cheaper; `none`: no NAT gateway, VPC endpoints to ECR, S3, CloudWatch Logs and
   * Secrets Manager only.
   */
  nat?: NatMode;
}

/** The ECR repository for the application's images. */
export interface RegistryConfig {
  /** How many images to keep: the newest builds, and besides them the newest that were deployed; at least 1. Default 30. */
  keepImages?: number;
  /** Days after which an untagged image expires; at least 1. Default 1. */
  untaggedDays?: number;
  /** Scan each image for known vulnerabilities when it is pushed. Default true. */
  scanOnPush?: boolean;
  /** Whether a tag may be moved to another image; releases need no such tag, since they are deployed by digest. Default true. */
  mutableTags?: boolean;
}

/** The ECS cluster. */
export interface ClusterConfig {
  /** Collect CloudWatch Container Insights metrics; billed per metric. Default true. */
  containerInsights?: boolean;
}

/** The ECS service that keeps the tasks running. */
export interface ServiceConfig {
  /**
   * Tasks to start with, 0 to 5000; the autoscaler moves the number afterwards. Default 2 (or the nearest number within
   * `scaling`). When you set it and leave `scaling` out, the bounds are it and three times it.
   */
  desiredCount?: number;
  /** Percent of the desired count that must stay healthy during a deployment, 0 to 100. Default 100. */
  minHealthyPercent?: number;
  /** Percent of the desired count that may run during a deployment, 100 to 200. Default 200. */
  maxPercent?: number;
  /** Roll a deployment back by itself when its tasks do not become healthy. Default true. */
  circuitBreaker?: boolean;
  /** Seconds after a task's start during which failed health checks are ignored, 0 to 2147483647. Default 60. */
  healthCheckGracePeriod?: number;
  /** Permit `fairlead exec` into running tasks; needs `container.readonlyRootFilesystem: false`. Default false. */
  enableExec?: boolean;
  /** Statements that the application itself needs on AWS; they go on the task role. Default none. */
  taskPolicy?: readonly PolicyStatement[];
}

/** Bounds and targets of the service's autoscaling. */
export interface ScalingConfig {
  /** Fewest tasks, at least 0. Default: `service.desiredCount` (2). */
  min?: number;
  /** Most tasks, at least 1. Default: three times `service.desiredCount` (6). */
  max?: number;
  /** Average CPU use that scaling aims at, in percent, 1 to 100. Default 70. */
  cpuTarget?: number;
  /** Average memory use that scaling aims at, in percent, 1 to 100. Default 80. */
  memoryTarget?: number;
  /** Seconds to wait after tasks were removed before removing more. Default 300. */
  scaleInCooldown?: number;
  /** Seconds to wait after tasks were added before adding more. Default 60. */
  scaleOutCooldown?: number;
}

/** How the load balancer asks a task whether it is healthy. */
export interface BalancerHealthCheckConfig {
  /** Seconds between two checks of a task, 5 to 300. Default 30. */
  interval?: number;
  /** Seconds to wait for an answer, 2 to 120, less than `interval`. Default 5. */
  timeout?: number;
  /** Checks in a row that make a task healthy, 2 to 10. Default 2. */
  healthyThreshold?: number;
  /** Checks in a row that make a task unhealthy, 2 to 10. Default 2. */
  unhealthyThreshold?: number;
  /** HTTP codes that count as healthy, 200 to 499: `200`, `200,204` or `200-299`. Default `200`. */
  matcher?: string;
}

/** The application load balancer. */
export interface BalancerConfig {
  /** Seconds that a leaving task may finish its requests in, 0 to 3600. Default 30. */
  deregistrationDelay?: number;
  /** Seconds after which an idle connection is closed, 1 to 4000. Default 60. */
  idleTimeout?: number;
  /** The target group's health check; its path is `container.healthCheckPath`. */
  healthCheck?: BalancerHealthCheckConfig;
  /** Refuse to delete the load balancer, by hand and by replacement; teardown lifts it first. Default false. */
  deletionProtection?: boolean;
}

/** The CloudFront distribution in front of the load balancer. */
export interface EdgeConfig {
  /** Edge locations to serve from. Default `PriceClass_100`, the cheapest: North America, Europe and Israel. */
  priceClass?: PriceClass;
  /** Path pattern that is cached for a day; `*` and `?` are wildcards, at most 255 characters. Default `/static/*`. */
  staticPath?: string;
  /** Path pattern that is never cached; `*` and `?` are wildcards, at most 255 characters. Default `/api/*`. */
  apiPath?: string;
  /** Comment on the distribution, a line of at most 128 characters. Default: the stack's name. */
  comment?: string;
  /** Whether the distribution answers; a disabled one is kept, and nothing else reaches the application. Default true. */
  enabled?: boolean;
}

/** A bucket that keeps the state. */
export interface S3StateConfig {
  /** Name of the bucket, in the account and the region of the stack. Default `fairlead-state-<account>-<region>`. */
  bucket?: string;
  /** What the keys of all that is kept there begin with. Default `fairlead`. */
  prefix?: string;
}

/** Where the state of the stack on AWS is kept; the simulated AWS keeps its own beside itself. */
export interface StateConfig {
  /**
   * In S3, where a team and its pipelines share it: `fairlead state init` makes the bucket, `fairlead state migrate` moves a state
   * there. Default: a file in the folder `state`.
   */
  s3?: S3StateConfig;
}

/** The CloudWatch log groups. */
export interface LogsConfig {
  /** Days to keep the application's logs. Default 30. */
  retentionDays?: LogRetentionDays;
  /** Days to keep the builds' logs. Default 30. */
  buildRetentionDays?: LogRetentionDays;
}
