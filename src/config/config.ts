import type { DeliveryConfig } from "./config-delivery.ts";
import type {
  BalancerConfig,
  ClusterConfig,
  ContainerConfig,
  EdgeConfig,
  LogsConfig,
  NetworkConfig,
  Region,
  RegistryConfig,
  ScalingConfig,
  ServiceConfig,
  StateConfig,
} from "./config-layers.ts";

/** Every setting that an environment may override: all but the name and the choice of environment. */
export interface EnvironmentConfig {
  /**
   * AWS region that the stack lives in. Default `ap-northeast-1`. A change means another stack: the state of one region is
   * refused in another.
   */
  region?: Region;
  /**
   * Tags on every resource that takes tags, beside the owner tags. At most 40; keys of 1 to 127 and values of up to 255
   * letters, digits, spaces and `_ . : / = + - @`; a key may not begin with `aws:` or `fairlead:`. Default none.
   */
  tags?: Readonly<Record<string, string>>;
  /** The VPC, its subnets and its way out. */
  network?: NetworkConfig;
  /** The ECR repository for the application's images. */
  registry?: RegistryConfig;
  /** The one container that each task runs. */
  container?: ContainerConfig;
  /** The ECS cluster. */
  cluster?: ClusterConfig;
  /** The ECS service that keeps the tasks running. */
  service?: ServiceConfig;
  /** Bounds and targets of the service's autoscaling. */
  scaling?: ScalingConfig;
  /** The application load balancer. */
  balancer?: BalancerConfig;
  /** The CloudFront distribution in front of the load balancer. */
  edge?: EdgeConfig;
  /** The pipeline: source in S3, build, approval, deploy. */
  delivery?: DeliveryConfig;
  /** The CloudWatch log groups. */
  logs?: LogsConfig;
  /** Where Fairlead keeps what it remembers of the stack. */
  state?: StateConfig;
  /**
   * Refuse a teardown, and every plan that deletes or replaces what holds data: buckets, the repository of the images, log groups.
   * Default false.
   */
  protect?: boolean;
}

/** The desired state of one stack, as `stack.config.ts` exports it. Every field is optional. */
export interface StackConfig extends EnvironmentConfig {
  /**
   * Name of the application; with the environment it names every resource. Lower-case letters, digits and single hyphens,
   * beginning with a letter. AWS limits the names made of it: name and environment together may have about 24 characters
   * (a load balancer's name has 32, a bucket's 63). Default `fairlead-app`.
   */
  name?: string;
  /** Name of the environment when `--env` does not pick one; spelt like `name`. Default `dev`. */
  environment?: string;
  /**
   * What differs in an environment, by its name: `{ prod: { container: { memory: 1024 } } }`. The overrides of the picked
   * environment are merged into the rest: groups and records field by field, lists and single values as a whole.
   */
  environments?: Readonly<Record<string, EnvironmentConfig>>;
}

/** Describes a stack. It returns what it is given; its use is that an editor knows every field. */
export function defineStack(config: StackConfig): StackConfig {
  return config;
}
