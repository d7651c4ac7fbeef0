/*
 * The types of `stack.config.ts`, as an editor shows them. Generated from the schema by `npm run generate`: a change belongs into
 * schema.ts. They are written out, so that the types of the packed package need no library.
 */

/** The desired state of one stack, as `stack.config.ts` exports it. Every field can be left out. */
export interface StackConfig extends EnvironmentConfig {
  /**
   * Name of the application; with the environment it names every resource. AWS limits the names made of it: name and
   * environment together may have about 24 characters (a load balancer's name has 32, a bucket's 63). Allowed:
   * lower-case letters, digits and single hyphens, beginning with a letter. Default: `"fairlead-app"`.
   */
  name?: string;
  /**
   * Name of the environment when `--env` does not pick one. Allowed: lower-case letters, digits and single hyphens,
   * beginning with a letter. Default: `"dev"`.
   */
  environment?: string;
  /**
   * What differs in an environment, by its name: `{ prod: { container: { memory: 1024 } } }`. The overrides of the
   * picked environment are merged into the rest: groups and records field by field, lists and single values as a whole.
   * Default: none.
   */
  environments?: Readonly<Record<string, EnvironmentConfig>>;
}

/** The settings that an environment may override: all but the name and the choice of environment. */
export interface EnvironmentConfig {
  /**
   * AWS region that the stack lives in. When it is left out, the target `aws` uses the SDK's (`AWS_REGION`, or the
   * profile's) where there is one. A change means another stack: the state of one region is refused in another.
   * Default: `"ap-northeast-1"`.
   */
  region?: Region;
  /**
   * Tags on every resource that takes tags, beside the owner tags. At most 40. Allowed: names of 1 to 127 letters,
   * digits, spaces and _ . : / = + - @, not beginning with aws: or fairlead:, no space at either end; values: up to 255
   * letters, digits, spaces and _ . : / = + - @, not beginning with aws:, no space at either end. Default: `{}`.
   */
  tags?: Readonly<Record<string, string>>;
  /** The VPC, its subnets and its way out: created, or existing ones. */
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
  /**
   * The services of the stack, by their names. `container`, `service`, `scaling`, `balancer.healthCheck` and
   * `balancer.deregistrationDelay` beside them are where each service begins, group by group and field by field.
   * Allowed: names of at most 20 lower-case letters, digits and hyphens, beginning with a letter and not ending with a
   * hyphen; values: . Default: one web service called `web`.
   */
  services?: Readonly<Record<string, WebServiceConfig | WorkerServiceConfig | JobConfig>>;
  /** The CloudFront distribution in front of the load balancer. */
  edge?: EdgeConfig;
  /** The pipeline: source in S3, build, approval, deploy. */
  delivery?: DeliveryConfig;
  /** The CloudWatch log groups. */
  logs?: LogsConfig;
  /** Where the state of the stack on AWS is kept; the simulated AWS keeps its own beside itself. */
  state?: StateConfig;
  /**
   * Fields of single resources that no other setting exposes, in AWS's own spelling, by the id that a plan shows.
   * Records are merged key by key, everything else is replaced. Owner tags stay. Default: `{}`.
   */
  patch?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * Refuse a teardown, and every plan that deletes or replaces what holds data: buckets, the repository of the images,
   * log groups. Default: `false`.
   */
  protect?: boolean;
}

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

/** The VPC, its subnets and its way out: created, or existing ones. */
export interface NetworkConfig {
  /**
   * Existing VPC to use. Fairlead checks it and never changes, tags or deletes anything of it; `publicSubnets` and
   * `privateSubnets` then name existing subnets, and `cidr`, `zones` and `nat` do not apply. Allowed: the id of a VPC,
   * such as vpc-0123456789abcdef0. Default: the stack creates a VPC of its own.
   */
  vpc?: string;
  /**
   * Address range of the VPC, /16 to /28. A change replaces the whole network. Allowed: an IPv4 range, such as
   * 10.0.0.0/16. Default: `"10.0.0.0/16"`.
   */
  cidr?: string;
  /**
   * Availability zones, each with one public and one private subnet. Allowed: a list of two or three zones. Default:
   * the zones that the network stands in, or else the first two of the account that have Fargate.
   */
  zones?: readonly string[];
  /**
   * Address ranges of the public subnets, in the order of `zones`, /16 to /27 (a load balancer needs /27). With `vpc`,
   * ids of existing subnets, one in each zone of the load balancer. Allowed: a list of two or more ranges, one for each
   * zone, or of the ids of subnets of `vpc`. Default: `10.0.1.0/24`, `10.0.2.0/24`, `10.0.3.0/24`, as many as there are
   * zones, or the same pattern inside your own `cidr`.
   */
  publicSubnets?: readonly string[];
  /**
   * Address ranges of the private subnets, where the tasks run, in the order of `zones`, /16 to /28. With `vpc`, ids of
   * existing subnets that lead to the internet or to VPC endpoints. Allowed: a list of two or more ranges, one for each
   * zone, or of the ids of subnets of `vpc`. Default: `10.0.10.0/24`, `10.0.20.0/24`, `10.0.30.0/24`, as many as there
   * are zones, or the same pattern inside your own `cidr`.
   */
  privateSubnets?: readonly string[];
  /**
   * How tasks reach the internet. `perZone`: one NAT gateway in each zone, survives the loss of a zone; `single`: one
   * shared NAT gateway, cheaper; `none`: no NAT gateway, VPC endpoints to ECR, S3, CloudWatch Logs and Secrets Manager
   * only. Default: `"perZone"`.
   */
  nat?: NatMode;
}

/** How the private subnets reach the internet. */
export type NatMode = "perZone" | "single" | "none";

/** The ECR repository for the application's images. */
export interface RegistryConfig {
  /**
   * How many images to keep: the newest builds, and besides them the newest that were deployed. Allowed: a whole number
   * of at least 1. Default: `30`.
   */
  keepImages?: number;
  /** Days after which an untagged image expires. Allowed: a whole number of at least 1. Default: `1`. */
  untaggedDays?: number;
  /** Scan each image for known vulnerabilities when it is pushed. Default: `true`. */
  scanOnPush?: boolean;
  /**
   * Whether a tag may be moved to another image; releases need no such tag, since they are deployed by digest. Default:
   * `true`.
   */
  mutableTags?: boolean;
}

/** The one container that each task runs. */
export interface ContainerConfig {
  /**
   * TCP port that the application listens on. It reaches the container as `PORT`. Allowed: a whole number from 1 to
   * 65535. Default: `5000`.
   */
  port?: number;
  /**
   * CPU units of a task, 1024 being one vCPU. Fargate sells it only with certain amounts of `memory`. Default: `256`.
   */
  cpu?: FargateCpu;
  /**
   * Memory of a task in MiB, an amount that Fargate sells with `cpu` (256: 512, 1024 or 2048). Allowed: a whole number
   * of at least 1. Default: `512`.
   */
  memory?: number;
  /**
   * Path that answers 200 while the application is healthy. The load balancer asks it. Allowed: a path that begins with
   * /, of at most 1024 letters, digits and - . _ ~ / % ? = & + : @ ,. Default: `"/health"`.
   */
  healthCheckPath?: string;
  /**
   * Image to run at first, until the pipeline deploys its own. Allowed: an image reference of at most 255 characters,
   * its repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1. Default: `latest` of the
   * stack's own repository.
   */
  image?: string;
  /**
   * Environment variables, beside `APP_ENV` (the environment's name, unless you set it) and `PORT` (always `port`),
   * which Fairlead sets. Allowed: names of letters, digits and _ . -, not beginning with a digit; values: a text,
   * numbers in quotes. Default: `{}`.
   */
  environment?: Readonly<Record<string, string>>;
  /**
   * Command that replaces the image's own, one array item a word. Allowed: a list of at least one text, each a word of
   * the command. Default: the image's.
   */
  command?: readonly string[];
  /**
   * Entry point that replaces the image's own, one array item a word. Allowed: a list of at least one text, each a word
   * of the command. Default: the image's.
   */
  entryPoint?: readonly string[];
  /**
   * A check that ECS runs inside the container too. ECS ignores an image's own HEALTHCHECK. Default: the load
   * balancer's check alone decides.
   */
  healthCheck?: ContainerHealthCheckConfig;
  /** Mount the container's root file system read-only; `/tmp` is a file system in memory. Default: `true`. */
  readonlyRootFilesystem?: boolean;
  /**
   * Size of `/tmp` in MiB where the root file system is read-only, below `memory`. What is written there counts as the
   * task's memory. Allowed: a whole number from 1 to 122880. Default: `64`.
   */
  tmpSize?: number;
  /**
   * Run an init process as process 1, which reaps zombies and forwards signals; ECS Exec wants it. Default: as
   * `service.enableExec`.
   */
  initProcess?: boolean;
  /**
   * User, or `user:group`, that the process runs as, by name or number. Allowed: a user or user:group, in quotes, by
   * name or number. Default: `"1000"`.
   */
  user?: string;
  /** Seconds between SIGTERM and SIGKILL when a task stops. Allowed: a whole number from 2 to 120. Default: `30`. */
  stopTimeout?: number;
}

/** CPU units that Fargate sells; 1024 units are one vCPU. */
export type FargateCpu = 256 | 512 | 1024 | 2048 | 4096 | 8192 | 16384;

/** A health check inside the container, beside the load balancer's. */
export interface ContainerHealthCheckConfig {
  /**
   * What ECS runs inside the container, exit code 0 meaning healthy; with `CMD-SHELL`, in the image's shell. The
   * program has to be in the image: slim images have no curl, distroless ones no shell. Allowed: a list that begins
   * with "CMD" or "CMD-SHELL", such as ["CMD", "node", "check.js"].
   */
  command: readonly string[];
  /** Seconds between two checks. Allowed: a whole number from 5 to 300. Default: `30`. */
  interval?: number;
  /** Seconds to wait for a check to end. Allowed: a whole number from 2 to 60. Default: `5`. */
  timeout?: number;
  /** Failed checks in a row that make the container unhealthy. Allowed: a whole number from 1 to 10. Default: `3`. */
  retries?: number;
  /**
   * Seconds after the start during which failed checks do not count. Allowed: a whole number from 0 to 300. Default:
   * `60`.
   */
  startPeriod?: number;
}

/** The ECS cluster. */
export interface ClusterConfig {
  /**
   * Collect CloudWatch Container Insights metrics; billed per metric. AWS makes a log group for them by itself,
   * `/aws/ecs/containerinsights/<cluster>/performance`: it stays, with what it holds, when the setting is switched off,
   * and a teardown deletes it. Default: `true`.
   */
  containerInsights?: boolean;
}

/** The ECS service that keeps the tasks running. */
export interface ServiceConfig {
  /**
   * Tasks to start with; the autoscaler moves the number afterwards. When you set it and leave `scaling` out, the
   * bounds are it and three times it. Allowed: a whole number from 0 to 5000. Default: 2, or the nearest number within
   * `scaling`.
   */
  desiredCount?: number;
  /**
   * Percent of the desired count that must stay healthy during a deployment. Allowed: a whole number from 0 to 100.
   * Default: `100`.
   */
  minHealthyPercent?: number;
  /**
   * Percent of the desired count that may run during a deployment. Allowed: a whole number from 100 to 200. Default:
   * `200`.
   */
  maxPercent?: number;
  /** Roll a deployment back by itself when its tasks do not become healthy. Default: `true`. */
  circuitBreaker?: boolean;
  /**
   * Seconds after a task's start during which failed health checks are ignored. Allowed: a whole number of at least 0.
   * Default: `60`.
   */
  healthCheckGracePeriod?: number;
  /** Permit `fairlead exec` into running tasks; needs `container.readonlyRootFilesystem: false`. Default: `false`. */
  enableExec?: boolean;
  /**
   * Statements that the application itself needs on AWS; they go on the task role. Allowed: a list of IAM statements.
   * Default: `[]`.
   */
  taskPolicy?: readonly PolicyStatement[];
}

/** One statement of an IAM policy, spelt as in IAM's own JSON so that it can be pasted. */
export interface PolicyStatement {
  /** A name for the statement, unique in the policy. Allowed: letters and digits. Default: none. */
  Sid?: string;
  /** Whether the statement permits or forbids. */
  Effect: "Allow" | "Deny";
  /**
   * What the application may do; `*` and `?` are wildcards. Allowed: an action such as "s3:GetObject", or a list of
   * them.
   */
  Action: string | readonly string[];
  /** What the actions may touch. Allowed: an ARN or "*", or a list of them. */
  Resource: string | readonly string[];
  /**
   * Conditions: operator -> key -> value or values. Allowed: names of a text of Latin letters; values: names of a text
   * of Latin letters; values: a text or a list of texts. Default: none.
   */
  Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Bounds and targets of the service's autoscaling. */
export interface ScalingConfig {
  /** Fewest tasks. Allowed: a whole number from 0 to 5000. Default: `service.desiredCount`. */
  min?: number;
  /** Most tasks. Allowed: a whole number from 1 to 5000. Default: three times `service.desiredCount`. */
  max?: number;
  /** Average CPU use that scaling aims at, in percent. Allowed: a number from 1 to 100. Default: `70`. */
  cpuTarget?: number;
  /** Average memory use that scaling aims at, in percent. Allowed: a number from 1 to 100. Default: `80`. */
  memoryTarget?: number;
  /**
   * Seconds to wait after tasks were removed before removing more. Allowed: a whole number of at least 0. Default:
   * `300`.
   */
  scaleInCooldown?: number;
  /**
   * Seconds to wait after tasks were added before adding more. Allowed: a whole number of at least 0. Default: `60`.
   */
  scaleOutCooldown?: number;
}

/** The application load balancer. */
export interface BalancerConfig {
  /**
   * Seconds that a task may finish its requests in after it was taken out of the load balancer. Allowed: a whole number
   * from 0 to 3600. Default: `30`.
   */
  deregistrationDelay?: number;
  /** Seconds after which an idle connection is closed. Allowed: a whole number from 1 to 4000. Default: `60`. */
  idleTimeout?: number;
  /** The target group's health check; its path is `container.healthCheckPath`. */
  healthCheck?: BalancerHealthCheckConfig;
  /** Refuse to delete the load balancer, by hand and by replacement; teardown lifts it first. Default: `false`. */
  deletionProtection?: boolean;
}

/** The target group's health check; its path is `container.healthCheckPath`. */
export interface BalancerHealthCheckConfig {
  /** Seconds between two checks of a task. Allowed: a whole number from 5 to 300. Default: `30`. */
  interval?: number;
  /** Seconds to wait for an answer, less than `interval`. Allowed: a whole number from 2 to 120. Default: `5`. */
  timeout?: number;
  /** Checks in a row that make a task healthy. Allowed: a whole number from 2 to 10. Default: `2`. */
  healthyThreshold?: number;
  /** Checks in a row that make a task unhealthy. Allowed: a whole number from 2 to 10. Default: `2`. */
  unhealthyThreshold?: number;
  /**
   * HTTP codes that count as healthy. Allowed: HTTP codes from 200 to 499 in quotes, such as "200", "200,204" or
   * "200-299". Default: `"200"`.
   */
  matcher?: string;
}

/** A service that answers requests. */
export interface WebServiceConfig {
  /** What kind of service it is: `web` answers requests. Default: `"web"`. */
  type?: "web";
  /** The one container that each task runs. */
  container?: ContainerConfig;
  /** Containers beside the main one, by their names. Default: `{}`. */
  sidecars?: Readonly<Record<string, SidecarConfig>>;
  /** Sidecars that have to be in a state before the main container starts. Default: `{}`. */
  dependsOn?: Readonly<Record<string, "START" | "COMPLETE" | "SUCCESS" | "HEALTHY">>;
  /** How the pipeline builds the image. Default: built from `service/` and the service's name. */
  build?: BuildConfig;
  /**
   * Image to run instead of one that the pipeline builds. Allowed: an image reference of at most 255 characters, its
   * repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1. Default: the image that is
   * built.
   */
  image?: string;
  /**
   * Service of the stack whose image this one runs too. Allowed: at most 20 lower-case letters, digits and hyphens,
   * beginning with a letter and not ending with a hyphen. Default: an image of its own.
   */
  imageOf?: string;
  /**
   * Processor that the image is built for and the tasks run on; `arm64` is Graviton, which costs less. Default:
   * `"x86_64"`.
   */
  architecture?: "x86_64" | "arm64";
  /**
   * Disk space of a task in GiB, lost when the task stops. Allowed: a whole number from 21 to 200. Default: the 20 GiB
   * that every task has.
   */
  ephemeralStorage?: number;
  /** File systems that outlive tasks, by their names. Default: `{}`. */
  volumes?: Readonly<Record<string, VolumeConfig>>;
  /**
   * Statements that this service itself needs on AWS. Allowed: a list of IAM statements. Default: `service.taskPolicy`.
   */
  taskPolicy?: readonly PolicyStatement[];
  /** Run tasks on Fargate Spot. Default: regular capacity only. */
  spot?: SpotConfig;
  /** What a release of this service does besides the deployment. Default: nothing besides the deployment. */
  release?: ReleaseConfig;
  /**
   * Paths that the load balancer sends to the service; `*` and `?` are wildcards. Allowed: a path pattern that begins
   * with /, of at most 128 letters, digits and _ - . $ / ~ " ' @ : + & * ?, or a list of them. Default: `/*` for the
   * service `web`, for the only web service and where a `host` is given.
   */
  path?: string | readonly string[];
  /**
   * Host names that the load balancer sends to the service; `*` and `?` are wildcards. Allowed: a host name of at most
   * 128 letters, digits and - . * ?, with letters alone after the last dot, or a list of them. Default: any.
   */
  host?: string | readonly string[];
  /**
   * Place of the service's rule among those of the load balancer; the lowest that matches a request counts. Allowed: a
   * whole number from 1 to 50000. Default: the more specific the path, the sooner; 100 where `web` is the only one.
   */
  priority?: number;
  /**
   * Reachable from the stack's other services alone, by the service's name, and not through the load balancer. Default:
   * `false`.
   */
  internal?: boolean;
  /** The target group's health check; its path is `container.healthCheckPath`. */
  healthCheck?: BalancerHealthCheckConfig;
  /**
   * Seconds that a task may finish its requests in after it was taken out of the load balancer. Allowed: a whole number
   * from 0 to 3600. Default: `30`.
   */
  deregistrationDelay?: number;
  /** The ECS service that keeps this service's tasks running. */
  service?: RunningConfig;
  /** Bounds and targets of a web service's autoscaling. */
  scaling?: WebScalingConfig;
}

/** A container that runs beside the main one in every task. */
export interface SidecarConfig {
  /**
   * Image that the sidecar runs. Allowed: an image reference of at most 255 characters, its repository in lower case,
   * such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1.
   */
  image: string;
  /**
   * Command that replaces that of the sidecar's image, one array item a word. Allowed: a list of at least one text,
   * each a word of the command. Default: the image's.
   */
  command?: readonly string[];
  /**
   * Entry point that replaces that of the sidecar's image, one array item a word. Allowed: a list of at least one text,
   * each a word of the command. Default: the image's.
   */
  entryPoint?: readonly string[];
  /**
   * Environment variables of the sidecar. Allowed: names of letters, digits and _ . -, not beginning with a digit;
   * values: a text, numbers in quotes. Default: `{}`.
   */
  environment?: Readonly<Record<string, string>>;
  /** TCP port that the sidecar listens on. Allowed: a whole number from 1 to 65535. Default: none. */
  port?: number;
  /** Stop the task when the sidecar stops. Default: `true`. */
  essential?: boolean;
  /**
   * User, or `user:group`, that the sidecar runs as. Allowed: a user or user:group, in quotes, by name or number.
   * Default: the image's.
   */
  user?: string;
  /**
   * CPU units reserved for the sidecar, out of the task's. Allowed: a whole number from 1 to 16384. Default: a share of
   * what the task has.
   */
  cpu?: number;
  /**
   * Memory in MiB that the sidecar may use, out of the task's; it is killed when it uses more. Allowed: a whole number
   * from 6 to 122880. Default: as much as the task has.
   */
  memory?: number;
  /** A check that ECS runs inside the sidecar. Default: none. */
  healthCheck?: ContainerHealthCheckConfig;
  /**
   * Containers that have to be in a state before the sidecar starts: other sidecars, or the main container by the
   * service's name. Default: `{}`.
   */
  dependsOn?: Readonly<Record<string, "START" | "COMPLETE" | "SUCCESS" | "HEALTHY">>;
}

/** How the pipeline builds a service's image. */
export interface BuildConfig {
  /**
   * Folder that the image is built from. Allowed: the path of a folder inside the source. Default: `service/` and the
   * service's name.
   */
  context?: string;
  /**
   * Path of the file with the build's steps, inside the context. Allowed: the path of a file inside the build's
   * context. Default: `"Dockerfile"`.
   */
  dockerfile?: string;
  /** Stage to build. Allowed: the name of a stage. Default: the last stage. */
  target?: string;
  /**
   * Build arguments. They can be read in the image's history: no place for secrets. Allowed: names of letters, digits
   * and _, not beginning with a digit; values: a text, numbers in quotes. Default: `{}`.
   */
  args?: Readonly<Record<string, string>>;
}

/** A file system on EFS that all tasks of a service share. */
export interface VolumeConfig {
  /** Where the volume is mounted. Allowed: an absolute path of at most 255 characters. */
  path: string;
  /** Mount the volume read-only. Default: `false`. */
  readOnly?: boolean;
  /**
   * User that owns the volume's files. Allowed: a whole number from 0 to 4294967295. Default: `container.user`, where
   * that is a number.
   */
  uid?: number;
  /** Group that owns the volume's files. Allowed: a whole number from 0 to 4294967295. Default: as `uid`. */
  gid?: number;
}

/** How many tasks run on spare capacity, which is cheaper and may be taken away with two minutes' notice. */
export interface SpotConfig {
  /**
   * Tasks that run on regular capacity before any runs on spare capacity. Allowed: a whole number from 0 to 100000.
   * Default: `1`.
   */
  base?: number;
  /** Percent of the other tasks that run on spare capacity. Allowed: a whole number from 0 to 100. Default: `100`. */
  percent?: number;
}

/** What a release does besides the deployment. */
export interface ReleaseConfig {
  /**
   * Command that runs once in the new image before traffic moves; a failure stops the release. Allowed: a list of at
   * least one text, each a word of the command.
   */
  before: readonly string[];
}

/** The ECS service that keeps this service's tasks running. */
export interface RunningConfig {
  /**
   * Tasks to start with; the autoscaler moves the number afterwards. When you set it and leave `scaling` out, the
   * bounds are it and three times it. Allowed: a whole number from 0 to 5000. Default: 2, or the nearest number within
   * `scaling`.
   */
  desiredCount?: number;
  /**
   * Percent of the desired count that must stay healthy during a deployment. Allowed: a whole number from 0 to 100.
   * Default: `100`.
   */
  minHealthyPercent?: number;
  /**
   * Percent of the desired count that may run during a deployment. Allowed: a whole number from 100 to 200. Default:
   * `200`.
   */
  maxPercent?: number;
  /** Roll a deployment back by itself when its tasks do not become healthy. Default: `true`. */
  circuitBreaker?: boolean;
  /**
   * Seconds after a task's start during which failed health checks are ignored. Allowed: a whole number of at least 0.
   * Default: `60`.
   */
  healthCheckGracePeriod?: number;
  /** Permit `fairlead exec` into running tasks; needs `container.readonlyRootFilesystem: false`. Default: `false`. */
  enableExec?: boolean;
}

/** Bounds and targets of a web service's autoscaling. */
export interface WebScalingConfig {
  /** Fewest tasks. Allowed: a whole number from 0 to 5000. Default: `service.desiredCount`. */
  min?: number;
  /** Most tasks. Allowed: a whole number from 1 to 5000. Default: three times `service.desiredCount`. */
  max?: number;
  /** Average CPU use that scaling aims at, in percent. Allowed: a number from 1 to 100. Default: `70`. */
  cpuTarget?: number;
  /** Average memory use that scaling aims at, in percent. Allowed: a number from 1 to 100. Default: `80`. */
  memoryTarget?: number;
  /**
   * Seconds to wait after tasks were removed before removing more. Allowed: a whole number of at least 0. Default:
   * `300`.
   */
  scaleInCooldown?: number;
  /**
   * Seconds to wait after tasks were added before adding more. Allowed: a whole number of at least 0. Default: `60`.
   */
  scaleOutCooldown?: number;
  /**
   * Requests per task and minute that scaling aims at. Allowed: a whole number from 1 to 1000000. Default: not looked
   * at.
   */
  requestsPerTarget?: number;
}

/** A service that works without being asked by the load balancer. */
export interface WorkerServiceConfig {
  /** What kind of service it is: `worker` has no load balancer. */
  type: "worker";
  /** The one container that each task runs. */
  container?: ContainerConfig;
  /** Containers beside the main one, by their names. Default: `{}`. */
  sidecars?: Readonly<Record<string, SidecarConfig>>;
  /** Sidecars that have to be in a state before the main container starts. Default: `{}`. */
  dependsOn?: Readonly<Record<string, "START" | "COMPLETE" | "SUCCESS" | "HEALTHY">>;
  /** How the pipeline builds the image. Default: built from `service/` and the service's name. */
  build?: BuildConfig;
  /**
   * Image to run instead of one that the pipeline builds. Allowed: an image reference of at most 255 characters, its
   * repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1. Default: the image that is
   * built.
   */
  image?: string;
  /**
   * Service of the stack whose image this one runs too. Allowed: at most 20 lower-case letters, digits and hyphens,
   * beginning with a letter and not ending with a hyphen. Default: an image of its own.
   */
  imageOf?: string;
  /**
   * Processor that the image is built for and the tasks run on; `arm64` is Graviton, which costs less. Default:
   * `"x86_64"`.
   */
  architecture?: "x86_64" | "arm64";
  /**
   * Disk space of a task in GiB, lost when the task stops. Allowed: a whole number from 21 to 200. Default: the 20 GiB
   * that every task has.
   */
  ephemeralStorage?: number;
  /** File systems that outlive tasks, by their names. Default: `{}`. */
  volumes?: Readonly<Record<string, VolumeConfig>>;
  /**
   * Statements that this service itself needs on AWS. Allowed: a list of IAM statements. Default: `service.taskPolicy`.
   */
  taskPolicy?: readonly PolicyStatement[];
  /** Run tasks on Fargate Spot. Default: regular capacity only. */
  spot?: SpotConfig;
  /** What a release of this service does besides the deployment. Default: nothing besides the deployment. */
  release?: ReleaseConfig;
  /** The ECS service that keeps this service's tasks running. */
  service?: RunningConfig;
  /** Bounds and targets of a worker's autoscaling. */
  scaling?: WorkerScalingConfig;
  /**
   * A queue of the worker's own, with a dead-letter queue. Allowed: true, or an object with visibilityTimeout,
   * retentionDays, maxReceives as whole numbers. Default: none.
   */
  queue?: true | QueueConfig;
}

/** Bounds and targets of a worker's autoscaling. */
export interface WorkerScalingConfig {
  /** Fewest tasks. Allowed: a whole number from 0 to 5000. Default: `service.desiredCount`. */
  min?: number;
  /** Most tasks. Allowed: a whole number from 1 to 5000. Default: three times `service.desiredCount`. */
  max?: number;
  /** Average CPU use that scaling aims at, in percent. Allowed: a number from 1 to 100. Default: `70`. */
  cpuTarget?: number;
  /** Average memory use that scaling aims at, in percent. Allowed: a number from 1 to 100. Default: `80`. */
  memoryTarget?: number;
  /**
   * Seconds to wait after tasks were removed before removing more. Allowed: a whole number of at least 0. Default:
   * `300`.
   */
  scaleInCooldown?: number;
  /**
   * Seconds to wait after tasks were added before adding more. Allowed: a whole number of at least 0. Default: `60`.
   */
  scaleOutCooldown?: number;
  /**
   * Messages waiting in the queue per task that scaling aims at; needs `queue`. Allowed: a whole number from 1 to
   * 1000000. Default: not looked at.
   */
  backlogPerTask?: number;
}

/** A queue on SQS, with another one for messages that could not be worked on. */
export interface QueueConfig {
  /**
   * Seconds that a worker has for a message before another one is given it. Allowed: a whole number from 0 to 43200.
   * Default: `60`.
   */
  visibilityTimeout?: number;
  /** Days that a message waits before it is dropped. Allowed: a whole number from 1 to 14. Default: `4`. */
  retentionDays?: number;
  /**
   * Times that a message is given to a worker before it is moved to the dead-letter queue. Allowed: a whole number from
   * 1 to 1000. Default: `5`.
   */
  maxReceives?: number;
}

/** A task that runs at times and ends. */
export interface JobConfig {
  /** What kind of service it is: `job` runs at times and ends. */
  type: "job";
  /** The one container that each task runs. */
  container?: ContainerConfig;
  /** Containers beside the main one, by their names. Default: `{}`. */
  sidecars?: Readonly<Record<string, SidecarConfig>>;
  /** Sidecars that have to be in a state before the main container starts. Default: `{}`. */
  dependsOn?: Readonly<Record<string, "START" | "COMPLETE" | "SUCCESS" | "HEALTHY">>;
  /** How the pipeline builds the image. Default: built from `service/` and the service's name. */
  build?: BuildConfig;
  /**
   * Image to run instead of one that the pipeline builds. Allowed: an image reference of at most 255 characters, its
   * repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1. Default: the image that is
   * built.
   */
  image?: string;
  /**
   * Service of the stack whose image this one runs too. Allowed: at most 20 lower-case letters, digits and hyphens,
   * beginning with a letter and not ending with a hyphen. Default: an image of its own.
   */
  imageOf?: string;
  /**
   * Processor that the image is built for and the tasks run on; `arm64` is Graviton, which costs less. Default:
   * `"x86_64"`.
   */
  architecture?: "x86_64" | "arm64";
  /**
   * Disk space of a task in GiB, lost when the task stops. Allowed: a whole number from 21 to 200. Default: the 20 GiB
   * that every task has.
   */
  ephemeralStorage?: number;
  /** File systems that outlive tasks, by their names. Default: `{}`. */
  volumes?: Readonly<Record<string, VolumeConfig>>;
  /**
   * Statements that this service itself needs on AWS. Allowed: a list of IAM statements. Default: `service.taskPolicy`.
   */
  taskPolicy?: readonly PolicyStatement[];
  /** Run tasks on Fargate Spot. Default: regular capacity only. */
  spot?: SpotConfig;
  /**
   * When the job runs; the six fields of cron are minute, hour, day of the month, month, day of the week and year.
   * Allowed: a schedule of EventBridge Scheduler: cron(0 3 * * ? *), rate(1 hour) or at(2030-01-31T03:00:00).
   */
  schedule: string;
  /** Time zone that `schedule` is meant in. Allowed: an IANA time zone, such as Europe/Berlin. Default: `"UTC"`. */
  timezone?: string;
  /**
   * Times that a task which could not be started is tried again. Allowed: a whole number from 0 to 185. Default: `2`.
   */
  retries?: number;
  /**
   * Minutes after which a task that could not be started is given up. Allowed: a whole number from 1 to 1440. Default:
   * `60`.
   */
  maxAgeMinutes?: number;
}

/** The CloudFront distribution in front of the load balancer. */
export interface EdgeConfig {
  /**
   * Edge locations to serve from; `PriceClass_100` is the cheapest: North America, Europe and Israel. Default:
   * `"PriceClass_100"`.
   */
  priceClass?: PriceClass;
  /**
   * Path pattern that is cached for a day; `*` and `?` are wildcards. Allowed: a path pattern that begins with /, of at
   * most 255 letters, digits and _ - . * $ / ~ " ' @ : + ? &. Default: `"/static/*"`.
   */
  staticPath?: string;
  /**
   * Path pattern that is never cached; `*` and `?` are wildcards. Allowed: a path pattern that begins with /, of at
   * most 255 letters, digits and _ - . * $ / ~ " ' @ : + ? &. Default: `"/api/*"`.
   */
  apiPath?: string;
  /**
   * Comment on the distribution. Allowed: a line of 1 to 128 characters, none of them a control character. Default: the
   * stack's name and its region.
   */
  comment?: string;
  /**
   * Whether the distribution answers; a disabled one is kept, and nothing else reaches the application. Default:
   * `true`.
   */
  enabled?: boolean;
}

/** Which of CloudFront's edge locations serve the application. */
export type PriceClass = "PriceClass_100" | "PriceClass_200" | "PriceClass_All";

/** The pipeline: source in S3, build, approval, deploy. */
export interface DeliveryConfig {
  /**
   * Key of the object in the source bucket whose upload starts the pipeline. Allowed: an S3 key of 1 to 1000 letters,
   * digits and ! - _ . * ' ( ) /. Default: `"source.zip"`.
   */
  sourceKey?: string;
  /** Size of the build machine. Default: `"BUILD_GENERAL1_MEDIUM"`. */
  computeType?: BuildComputeType;
  /**
   * CodeBuild image, its own or one that it can pull. Allowed: an image name of 1 to 255 letters, digits and - _ . : /
   * @. Default: `"aws/codebuild/amazonlinux-x86_64-standard:5.0"`.
   */
  buildImage?: string;
  /** Minutes after which a build is stopped. Allowed: a whole number from 5 to 2160. Default: `30`. */
  buildTimeoutMinutes?: number;
  /**
   * Path of the buildspec inside the source. Allowed: the path of a file inside the source. Default: `"buildspec.yml"`.
   */
  buildspec?: string;
  /** The human approval between build and deploy. */
  approval?: ApprovalConfig;
  /** Days to keep the pipeline's artifacts in S3. Allowed: a whole number of at least 1. Default: `30`. */
  artifactRetentionDays?: number;
  /**
   * Days to keep earlier uploads of the source in S3; the newest stays. Allowed: a whole number of at least 1. Default:
   * `30`.
   */
  sourceRetentionDays?: number;
}

/** Sizes of a CodeBuild machine that can build containers. */
export type BuildComputeType = 
  | "BUILD_GENERAL1_SMALL"
  | "BUILD_GENERAL1_MEDIUM"
  | "BUILD_GENERAL1_LARGE"
  | "BUILD_GENERAL1_XLARGE"
  | "BUILD_GENERAL1_2XLARGE";

/** The human approval between build and deploy. */
export interface ApprovalConfig {
  /** Wait for a person between build and deploy. Default: `true`. */
  enabled?: boolean;
  /**
   * What the approver is asked. Allowed: a line of 1 to 1000 characters, none of them a control character. Default:
   * `"Please review the build output and approve deployment to ECS"`.
   */
  message?: string;
}

/** The CloudWatch log groups. */
export interface LogsConfig {
  /** Days to keep the application's logs. Default: `30`. */
  retentionDays?: LogRetentionDays;
  /** Days to keep the builds' logs. Default: `30`. */
  buildRetentionDays?: LogRetentionDays;
}

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

/** Where the state of the stack on AWS is kept; the simulated AWS keeps its own beside itself. */
export interface StateConfig {
  /** Keep the state in S3, where a team and its pipelines share it. Default: a file in the folder `state`. */
  s3?: S3StateConfig;
}

/** A bucket that keeps the state. */
export interface S3StateConfig {
  /**
   * Name of the bucket that keeps the state of the stack on AWS, in the account and the region of the stack. `fairlead
   * state init` makes it and keeps the lifecycle rule of one that it made up to date, `fairlead state migrate` moves a
   * state there. Allowed: a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending
   * with a letter or digit, no two dots together, no IP address, and no beginning or end that S3 keeps for itself.
   * Default: `fairlead-state-<account>-<region>`, once `state.s3` is there.
   */
  bucket?: string;
  /**
   * What the keys of all that is kept in that bucket begin with. Allowed: names of letters, digits, dots, hyphens and
   * underscores with slashes between them. Default: `"fairlead"`.
   */
  prefix?: string;
}
