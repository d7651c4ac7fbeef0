/*
 * The types of `stack.config.ts`, as an editor shows them. Generated from the schema by `npm run generate`: make changes in
 * schema.ts. They are written out, so that the types of the packed package need no library.
 */

/** The desired state of one stack, as `stack.config.ts` exports it. Every field is optional. */
export interface StackConfig extends EnvironmentConfig {
  /**
   * Name of the application; resource names consist of it and the environment. AWS limits their length: name and
   * environment together can have about 24 characters (a load balancer name can have 32, a bucket name 63). Allowed:
   * lower-case letters, digits and single hyphens, starting with a letter. Default: `"fairlead-app"`.
   */
  name?: string;
  /**
   * Name of the environment when `--env` is not given. Allowed: lower-case letters, digits and single hyphens, starting
   * with a letter. Default: `"dev"`.
   */
  environment?: string;
  /**
   * Overrides by environment name: `{ prod: { container: { memory: 1024 } } }`. The overrides of the selected
   * environment are merged into the other settings: objects field by field; lists and single values are replaced.
   * Default: none.
   */
  environments?: Readonly<Record<string, EnvironmentConfig>>;
}

/** The settings that an environment may override: all except `name` and `environment`. */
export interface EnvironmentConfig {
  /**
   * AWS region of the stack. When omitted, the target `aws` uses the SDK's region (`AWS_REGION`, or the profile's) if
   * there is one. Changing it means another stack: the state of one region is rejected in another. Default:
   * `"ap-northeast-1"`.
   */
  region?: Region;
  /**
   * Run the stack in two regions behind one distribution: `["ap-northeast-1", "us-west-2"]`. The first one, which
   * replaces `region`, has the distribution and the DNS records; each has its own network, load balancer, cluster,
   * services, pipeline and state. See docs/regions.md for what fails over by itself. Allowed: a list of two different
   * regions, the first one primary. Default: one region, that of `region`.
   */
  regions?: readonly Region[];
  /**
   * Replication from the first region of `regions` to the second one. See docs/regions.md. Default:
   * `{"secrets":false}`.
   */
  replicate?: ReplicateConfig;
  /**
   * Tags on every resource that supports tags, in addition to the owner tags. At most 40. Allowed: names of 1 to 127
   * letters, digits, spaces and _ . : / = + - @, not starting with aws: or fairlead:, no space at either end; values:
   * up to 255 letters, digits, spaces and _ . : / = + - @, not starting with aws:, no space at either end. Default:
   * `{}`.
   */
  tags?: Readonly<Record<string, string>>;
  /** The VPC, its subnets and its internet access: created by the stack, or existing. */
  network?: NetworkConfig;
  /** The ECR repository for the application's images. */
  registry?: RegistryConfig;
  /** The main container of each task. */
  container?: ContainerConfig;
  /** The ECS cluster. */
  cluster?: ClusterConfig;
  /** The ECS service that keeps the tasks running. */
  service?: ServiceConfig;
  /** Autoscaling limits and targets of the service. */
  scaling?: ScalingConfig;
  /**
   * Times at which AWS stops all tasks and starts them again, without a command, such as `{ sleep: "cron(0 20 ? *
   * MON-FRI *)", wake: "cron(0 7 ? * MON-FRI *)", timezone: "Asia/Tokyo" }`. NAT gateways, VPC endpoints and jobs stay;
   * `fairlead sleep` also deletes the gateways and endpoints. Default: none: tasks run at all times.
   */
  schedule?: ScheduleConfig;
  /** The application load balancer. */
  balancer?: BalancerConfig;
  /**
   * The services of the stack, by name. `container`, `service`, `scaling`, `balancer.healthCheck` and
   * `balancer.deregistrationDelay` at the top level apply to every service that does not set them itself, field by
   * field. Allowed: names of at most 20 lower-case letters, digits and hyphens, starting with a letter and not ending
   * with a hyphen; values: . Default: one web service called `web`.
   */
  services?: Readonly<Record<string, WebServiceConfig | WorkerServiceConfig | JobConfig>>;
  /**
   * Domain name of the application, or up to ten. Fairlead requests certificates, serves HTTPS from the user to the
   * load balancer, and creates the DNS records if the domain's zone is in Route 53. The first name is that of
   * `application_url`. Allowed: a domain name in lower case, such as shop.example.com or *.example.com, or a list of up
   * to 10. Default: none: the application is reached at the CDN's own domain name.
   */
  domain?: string | readonly string[];
  /** The DNS of the domain names. */
  dns?: DnsConfig;
  /**
   * The CloudFront distribution in front of the load balancer, or `false` for none: users then reach the load balancer
   * directly, by HTTPS if there is a `domain`. Allowed: false, or an object with origin, priceClass, methods,
   * staticPath, apiPath, comment, firewall, enabled. Default: an object with the values below.
   */
  edge?: false | EdgeConfig;
  /** The pipeline: source in S3, build, approval, deploy. */
  delivery?: DeliveryConfig;
  /** The CloudWatch log groups. */
  logs?: LogsConfig;
  /**
   * Log every request: `{}` keeps the CDN's access logs in a bucket for 30 days, without query strings and cookies.
   * `logs --access` reads them. AWS takes up to 12 hours to begin, and to apply a change. Default: no access logs.
   */
  accessLogs?: AccessLogsConfig;
  /**
   * Alarms for every service, the load balancer, the CDN and the workers' queues: `{}` has all of them. Default: no
   * alarms.
   */
  alarms?: AlarmsConfig;
  /**
   * A budget of AWS Budgets for the resources with this stack's tags. It counts nothing until the tags
   * `fairlead:stack`, `fairlead:environment` and `fairlead:region` are activated as cost allocation tags in the AWS
   * Billing console. Default: none.
   */
  budget?: BudgetConfig;
  /**
   * Account-wide security services. The stack never turns one off, neither when the setting is removed nor at a
   * teardown: the plan shows the command that does. Default: the stack turns none on.
   */
  security?: SecurityConfig;
  /** The file system on EFS that the services' volumes are in. */
  storage?: StorageConfig;
  /** Where the state of the stack on AWS is stored; the local simulator stores its own state with its data. */
  state?: StateConfig;
  /**
   * Let other stacks in the same account and region run on this stack's VPC, load balancer, CDN and cluster, with
   * `shared`. The stack may then have no services of its own (`services: {}`). Default: `false`.
   */
  shareable?: boolean;
  /**
   * Run on the VPC, load balancer, CDN and cluster of another stack instead of creating them: its name, or
   * `name/environment`; without an environment, that of this stack. Public services need a `path` or `host` of their
   * own. Allowed: the name of a stack with shareable: true, such as platform, or with its environment: platform/prod.
   * Default: none: the stack creates its own.
   */
  shared?: string;
  /**
   * Overrides for fields of single resources that no other setting exposes, with AWS's field names, by the id shown in
   * a plan. Objects are merged key by key, all other values are replaced. Owner tags are always kept. Default: `{}`.
   */
  patch?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * What a person at a terminal answers before `reconcile` deletes or replaces resources on AWS: yes, or the name of
   * the stack and its environment, as a teardown always asks for. `--yes` answers both. Default: `"yes"`.
   */
  confirm?: "yes" | "name";
  /**
   * Refuse a teardown, and every plan that deletes or replaces a resource that holds data: buckets, image repositories,
   * the EFS file system, log groups. Default: `false`.
   */
  protect?: boolean;
}

/** The commercial AWS regions that Fairlead supports. */
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

/** What the two regions of a stack have in common. */
export interface ReplicateConfig {
  /**
   * The secrets of the stack, `own` and `generate`, have one value in both regions: those of the second region are
   * replicas of those of the first one. Charged like one more secret each. Default: `false`.
   */
  secrets?: boolean;
}

/** The VPC, its subnets and its internet access: created by the stack, or existing. */
export interface NetworkConfig {
  /**
   * Existing VPC to use. Fairlead checks it and never changes, tags or deletes any part of it; `publicSubnets` and
   * `privateSubnets` then name existing subnets, and `cidr`, `zones`, `nat` and `tasks` do not apply. Allowed: a VPC
   * id, such as vpc-0123456789abcdef0. Default: the stack creates its own VPC.
   */
  vpc?: string;
  /**
   * Address range of the VPC, /16 to /28. A change replaces the whole network. Allowed: an IPv4 range, such as
   * 10.0.0.0/16. Default: `"10.0.0.0/16"`.
   */
  cidr?: string;
  /**
   * Availability zones, each with one public and one private subnet. With a single one, tasks, NAT gateway and
   * endpoints are in that zone, which is cheaper and stops with it; a load balancer needs two zones, so a second public
   * subnet for it is created in another one. Allowed: a list of one to three zones. Default: the zones of the deployed
   * network, or else the first two zones of the account that support Fargate.
   */
  zones?: readonly string[];
  /**
   * Address ranges of the public subnets, in the order of `zones`, /16 to /27 (a load balancer requires /27 or larger);
   * two with a single zone and a load balancer. With `vpc`, ids of existing subnets, one in each zone of the load
   * balancer. Allowed: a list of CIDR ranges, one per zone, or of subnet ids of `vpc`. Default: `10.0.1.0/24`,
   * `10.0.2.0/24`, `10.0.3.0/24`, one per zone, or the same pattern inside your own `cidr`.
   */
  publicSubnets?: readonly string[];
  /**
   * Address ranges of the private subnets, where the tasks run, in the order of `zones`, /16 to /28. With `vpc`, ids of
   * existing subnets with a route to the internet or to VPC endpoints. Allowed: a list of CIDR ranges, one per zone, or
   * of subnet ids of `vpc`. Default: `10.0.10.0/24`, `10.0.20.0/24`, `10.0.30.0/24`, one per zone, or the same pattern
   * inside your own `cidr`.
   */
  privateSubnets?: readonly string[];
  /**
   * How tasks reach the internet. `perZone`: one NAT gateway per zone, which survives the loss of a zone; `single`: one
   * shared NAT gateway, which is cheaper; `none`: no NAT gateway, only VPC endpoints for ECR, S3, CloudWatch Logs and
   * Secrets Manager. Default: `"perZone"`.
   */
  nat?: NatMode;
  /**
   * AWS services that get a VPC endpoint, so that tasks reach them inside the VPC, in addition to those that `nat:
   * "none"` needs. Those of `s3` and `dynamodb` are free; each other one is charged by the hour in each zone. Allowed:
   * a list of AWS services, such as ["s3", "sqs"]. Default: `[]`.
   */
  endpoints?: readonly string[];
  /**
   * One network ACL for the public subnets and one for the private ones. Into public subnets they let HTTP, HTTPS and
   * answers, into private ones only the VPC and answers; everything may leave. `{}` for just that. Default: all subnets
   * have the VPC's default network ACL, which allows everything.
   */
  acls?: NetworkAclsConfig;
  /**
   * Give the VPC an IPv6 range of Amazon's beside its IPv4 range (dual stack): tasks get an IPv6 address too and reach
   * the internet with it, through an egress-only internet gateway where they are private. Without a CDN, users reach
   * the load balancer by IPv6 as well. No charge. Default: `false`.
   */
  ipv6?: boolean;
  /**
   * Where tasks run. `private`: in the private subnets; `public`: in the public subnets, each with a public IP address
   * and a security group that lets nobody in but the load balancer, which is the cheapest and needs `nat` to be `none`.
   * Default: `"private"`.
   */
  tasks?: TaskSubnets;
  /**
   * Record the packets of the VPC in CloudWatch Logs: `{}` records those that are rejected. Not with `vpc`, whose flow
   * logs are its owner's. Default: no flow logs.
   */
  flowLogs?: FlowLogsConfig;
}

/** How the private subnets reach the internet. */
export type NatMode = "perZone" | "single" | "none";

/** Network ACLs for the tiers of subnets. */
export interface NetworkAclsConfig {
  /**
   * Address ranges that nothing in the VPC exchanges packets with, before every other rule. The load balancer does not
   * see the addresses of viewers behind CloudFront, so this does not block those. Allowed: a list of ranges, such as
   * ["203.0.113.0/24"]. Default: `[]`.
   */
  deny?: readonly string[];
  /**
   * Rules for the public subnets, in this order, before those that a stack needs. The first rule that matches decides.
   * Allowed: a list of rules, such as { direction: "in", ports: "5432", cidr: "192.0.2.0/24" }. Default: `[]`.
   */
  public?: readonly NetworkAclRule[];
  /**
   * The same for the private subnets. Allowed: a list of rules, such as { direction: "in", ports: "5432", cidr:
   * "192.0.2.0/24" }. Default: `[]`.
   */
  private?: readonly NetworkAclRule[];
}

/** A rule of your own in a network ACL. */
export interface NetworkAclRule {
  /** Whether the rule is for what comes into the subnets or for what leaves them. */
  direction: "in" | "out";
  /** What happens to packets that match. Default: `"allow"`. */
  action?: "allow" | "deny";
  /** Protocol of the packets; `icmp` means all of its types. Default: `"tcp"`. */
  protocol?: "tcp" | "udp" | "icmp" | "all";
  /**
   * Ports that packets are sent to, whatever their direction. Allowed: a port or a range of ports in quotes, such as
   * "443" or "8000-8999". Default: required for `tcp` and `udp`, and not allowed for others.
   */
  ports?: string;
  /**
   * Range of addresses that packets come from, or with `out` that they go to. Allowed: a range of addresses, such as
   * 203.0.113.0/24.
   */
  cidr: string;
}

/** Which subnets the tasks run in. */
export type TaskSubnets = "private" | "public";

/** Flow logs of the VPC: who sent packets to whom, and whether they were let through. */
export interface FlowLogsConfig {
  /**
   * Packets to record: those that a security group or network ACL rejected, or all, which costs many times as much.
   * Default: `"rejected"`.
   */
  traffic?: FlowLogTraffic;
  /** Days to keep the flow logs. Default: `30`. */
  retentionDays?: LogRetentionDays;
}

/** Which packets flow logs record. */
export type FlowLogTraffic = "rejected" | "all";

/** Retention periods, in days, that CloudWatch Logs supports. */
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

/** The ECR repository for the application's images. */
export interface RegistryConfig {
  /**
   * Number of images to keep: this many of the latest builds, and this many of the latest deployed images. Allowed: a
   * whole number of at least 1. Default: `30`.
   */
  keepImages?: number;
  /** Days after which an untagged image expires. Allowed: a whole number of at least 1. Default: `1`. */
  untaggedDays?: number;
  /** Scan each image for known vulnerabilities on push. Default: `true`. */
  scanOnPush?: boolean;
  /**
   * Whether a tag can be moved to another image. Releases do not need it, since they are deployed by digest. Default:
   * `true`.
   */
  mutableTags?: boolean;
}

/** The main container of each task. */
export interface ContainerConfig {
  /**
   * TCP port that the application listens on. Passed to the container as `PORT`. Allowed: a whole number from 1 to
   * 65535. Default: `5000`.
   */
  port?: number;
  /**
   * CPU units of a task; 1024 units are one vCPU. Fargate supports only certain combinations with `memory`. Default:
   * `256`.
   */
  cpu?: FargateCpu;
  /**
   * Memory of a task in MiB, an amount that Fargate supports with `cpu` (256: 512, 1024 or 2048). Allowed: a whole
   * number of at least 1. Default: `512`.
   */
  memory?: number;
  /**
   * Path that the load balancer requests to check health; it must return 200 while the application is healthy. Allowed:
   * a path that starts with /, of at most 1024 letters, digits and - . _ ~ / % ? = & + : @ ,. Default: `"/health"`.
   */
  healthCheckPath?: string;
  /**
   * Image to run until the pipeline deploys its first one. Allowed: an image reference of at most 255 characters, its
   * repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1. Default: tag `latest` in the
   * stack's own repository.
   */
  image?: string;
  /**
   * Environment variables, in addition to `APP_ENV` (the environment's name, unless you set it) and `PORT` (always
   * `port`), which Fairlead sets. Allowed: names of letters, digits and _ . -, not starting with a digit; values: a
   * string (quote numbers). Default: `{}`.
   */
  environment?: Readonly<Record<string, string>>;
  /**
   * Environment variables whose values are in Secrets Manager or SSM Parameter Store. A plan is refused if one does not
   * exist, and the execution role may read exactly these. A new value reaches tasks that start afterwards. Default:
   * `{}`.
   */
  secrets?: Readonly<Record<string, SecretConfig>>;
  /**
   * Command that overrides the image's, one array item per word. Allowed: a list of at least one string, one per word
   * of the command. Default: the image's.
   */
  command?: readonly string[];
  /**
   * Entry point that overrides the image's, one array item per word. Allowed: a list of at least one string, one per
   * word of the command. Default: the image's.
   */
  entryPoint?: readonly string[];
  /**
   * A check that ECS also runs inside the container. ECS ignores the image's own HEALTHCHECK. Default: only the load
   * balancer's check.
   */
  healthCheck?: ContainerHealthCheckConfig;
  /** Mount the container's root file system read-only; `/tmp` is an in-memory file system. Default: `true`. */
  readonlyRootFilesystem?: boolean;
  /**
   * Size of `/tmp` in MiB when the root file system is read-only, less than `memory`. Files in it count towards the
   * task's memory. Allowed: a whole number from 1 to 122880. Default: `64`.
   */
  tmpSize?: number;
  /**
   * Run an init process as process 1, which reaps zombies and forwards signals; recommended for ECS Exec. Default: as
   * `service.enableExec`.
   */
  initProcess?: boolean;
  /**
   * User, or `user:group`, that the process runs as, by name or numeric id. Allowed: a user or user:group, in quotes,
   * by name or numeric id. Default: `"1000"`.
   */
  user?: string;
  /** Seconds between SIGTERM and SIGKILL when a task stops. Allowed: a whole number from 2 to 120. Default: `30`. */
  stopTimeout?: number;
}

/** CPU units that Fargate supports; 1024 units are one vCPU. */
export type FargateCpu = 256 | 512 | 1024 | 2048 | 4096 | 8192 | 16384;

/** Where the value of a variable is stored. ECS reads it when a task starts; Fairlead never reads it. */
export interface SecretConfig {
  /**
   * An existing secret in Secrets Manager: its name or ARN. Allowed: the name or the ARN of a secret: letters, digits
   * and / _ + = . @ -. Default: not used.
   */
  secretsManager?: string;
  /**
   * Key of a secret whose value is a JSON object: the variable gets the value of this key. Allowed: a key of at most
   * 200 characters without colons. Default: the whole value.
   */
  key?: string;
  /**
   * A secret of the stack, `<name>-<environment>/<own>`, whose value `fairlead secret set` stores. Allowed: a name of
   * letters, digits and _ + = . @ -, without a hyphen and six characters at the end. Default: not used.
   */
  own?: string;
  /**
   * An existing parameter in SSM Parameter Store: its name or ARN. Allowed: the name or the ARN of a parameter, such as
   * /shop/db-url. Default: not used.
   */
  ssm?: string;
  /**
   * A secret of the stack, `<name>-<environment>/<variable>`, with a value that is generated once and never read.
   * Services that name the same variable get the same value. Default: not used.
   */
  generate?: GenerateSecretConfig;
}

/** A value that is generated, and replaced only where `rotateDays` is set. */
export interface GenerateSecretConfig {
  /**
   * Number of letters and digits of a value that is generated. Allowed: a whole number from 16 to 128. Default: `40`.
   */
  length?: number;
  /**
   * Age in days from which on a reconcile generates a new value. Tasks that run keep the old one until `fairlead secret
   * restart` or the next release. Nothing happens between reconciles: AWS rotates secrets by itself only with a Lambda
   * function. Allowed: a whole number from 1 to 3650. Default: never.
   */
  rotateDays?: number;
}

/** A health check inside the container, in addition to the load balancer's. */
export interface ContainerHealthCheckConfig {
  /**
   * Command that ECS runs inside the container; exit code 0 means healthy. `CMD-SHELL` runs it in the image's shell.
   * The program must exist in the image: slim images have no curl, distroless images have no shell. Allowed: a list
   * that starts with "CMD" or "CMD-SHELL", such as ["CMD", "node", "check.js"].
   */
  command: readonly string[];
  /** Seconds between checks. Allowed: a whole number from 5 to 300. Default: `30`. */
  interval?: number;
  /** Seconds to wait for a check to finish. Allowed: a whole number from 2 to 60. Default: `5`. */
  timeout?: number;
  /**
   * Consecutive failed checks after which the container is unhealthy. Allowed: a whole number from 1 to 10. Default:
   * `3`.
   */
  retries?: number;
  /**
   * Seconds after the container starts during which failed checks are ignored. Allowed: a whole number from 0 to 300.
   * Default: `60`.
   */
  startPeriod?: number;
}

/** The ECS cluster. */
export interface ClusterConfig {
  /**
   * Collect CloudWatch Container Insights metrics; billed per metric. AWS creates a log group for them,
   * `/aws/ecs/containerinsights/<cluster>/performance`; it is kept, with its events, when the setting is turned off,
   * and deleted by a teardown. Default: `true`.
   */
  containerInsights?: boolean;
}

/** The ECS service that keeps the tasks running. */
export interface ServiceConfig {
  /**
   * Initial number of tasks; autoscaling adjusts it afterwards. If you set it and omit `scaling`, autoscaling keeps the
   * count between this number and three times it. Allowed: a whole number from 0 to 5000. Default: 2, or the nearest
   * number within `scaling`.
   */
  desiredCount?: number;
  /**
   * Minimum percentage of the desired count that must stay healthy during a deployment. Allowed: a whole number from 0
   * to 100. Default: `100`.
   */
  minHealthyPercent?: number;
  /**
   * Maximum percentage of the desired count that may run during a deployment. Allowed: a whole number from 100 to 200.
   * Default: `200`.
   */
  maxPercent?: number;
  /** Roll back a deployment automatically when its tasks do not become healthy. Default: `true`. */
  circuitBreaker?: boolean;
  /**
   * Roll back a deployment automatically when the alarm of the service's 5xx responses or of its latency goes off
   * during it. Requires `alarms`; for public web services. Default: `false`.
   */
  deploymentAlarms?: boolean;
  /**
   * Seconds after a task's start during which failed health checks are ignored. Allowed: a whole number of at least 0.
   * Default: `60`.
   */
  healthCheckGracePeriod?: number;
  /** Allow `fairlead exec` into running tasks; requires `container.readonlyRootFilesystem: false`. Default: `false`. */
  enableExec?: boolean;
  /** IAM statements for the application, added to the task role. Allowed: a list of IAM statements. Default: `[]`. */
  taskPolicy?: readonly PolicyStatement[];
}

/** One statement of an IAM policy, with the field names of IAM's JSON so that it can be pasted. */
export interface PolicyStatement {
  /** A name for the statement, unique in the policy. Allowed: letters and digits. Default: none. */
  Sid?: string;
  /** Whether the statement allows or denies. */
  Effect: "Allow" | "Deny";
  /**
   * Actions that the application may perform; `*` and `?` are wildcards. Allowed: an action such as "s3:GetObject", or
   * a list of them.
   */
  Action: string | readonly string[];
  /** Resources that the actions apply to. Allowed: an ARN or "*", or a list of them. */
  Resource: string | readonly string[];
  /**
   * Conditions: operator -> key -> value or values. Allowed: names of a string of Latin-1 characters; values: names of
   * a string of Latin-1 characters; values: a string or a list of strings. Default: none.
   */
  Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Autoscaling limits and targets of the service. */
export interface ScalingConfig {
  /** Minimum number of tasks. Allowed: a whole number from 0 to 5000. Default: `service.desiredCount`. */
  min?: number;
  /** Maximum number of tasks. Allowed: a whole number from 1 to 5000. Default: three times `service.desiredCount`. */
  max?: number;
  /**
   * Minimum number of tasks while a release is deployed: the pipeline starts as many before, and takes the minimum back
   * afterwards. Allowed: a whole number from 1 to 5000. Default: not raised.
   */
  releaseMin?: number;
  /** Target average CPU utilization, in percent. Allowed: a number from 1 to 100. Default: `70`. */
  cpuTarget?: number;
  /** Target average memory utilization, in percent. Allowed: a number from 1 to 100. Default: `80`. */
  memoryTarget?: number;
  /**
   * Seconds to wait after removing tasks before removing more. Allowed: a whole number of at least 0. Default: `300`.
   */
  scaleInCooldown?: number;
  /** Seconds to wait after adding tasks before adding more. Allowed: a whole number of at least 0. Default: `60`. */
  scaleOutCooldown?: number;
  /**
   * Times with other limits, by name, such as `{ nights: { from: "cron(0 20 ? * MON-FRI *)", until: "cron(0 7 ? *
   * MON-FRI *)", min: 0, max: 1 } }`. Where two overlap, the one that started or ended last applies. Default: `{}`.
   */
  schedule?: Readonly<Record<string, ScalingWindowConfig>>;
}

/** A time with other limits. The usual limits apply again from its end. */
export interface ScalingWindowConfig {
  /**
   * When it starts; the six fields of cron are minute, hour, day of the month, month, day of the week and year.
   * Allowed: cron(0 20 ? * MON-FRI *) with its six fields, or at(2030-01-31T20:00:00).
   */
  from: string;
  /** When it ends. Allowed: cron(0 20 ? * MON-FRI *) with its six fields, or at(2030-01-31T20:00:00). */
  until: string;
  /** Time zone of `from` and `until`. Allowed: an IANA time zone, such as Europe/Berlin. Default: `"UTC"`. */
  timezone?: string;
  /** Minimum number of tasks during the window. Allowed: a whole number from 0 to 5000. Default: the usual one. */
  min?: number;
  /** Maximum number of tasks during the window. Allowed: a whole number from 0 to 5000. Default: the usual one. */
  max?: number;
}

/** When the stack has no tasks, such as at night. */
export interface ScheduleConfig {
  /**
   * When AWS stops the tasks of all web services and workers. Allowed: cron(0 20 ? * MON-FRI *) with its six fields, or
   * at(2030-01-31T20:00:00).
   */
  sleep: string;
  /**
   * When AWS starts them again, as many as `scaling.min`. Allowed: cron(0 20 ? * MON-FRI *) with its six fields, or
   * at(2030-01-31T20:00:00).
   */
  wake: string;
  /** Time zone of `sleep` and `wake`. Allowed: an IANA time zone, such as Europe/Berlin. Default: `"UTC"`. */
  timezone?: string;
}

/** The application load balancer. */
export interface BalancerConfig {
  /**
   * Seconds that a deregistered task has to finish its requests. Allowed: a whole number from 0 to 3600. Default: `30`.
   */
  deregistrationDelay?: number;
  /** Seconds after which an idle connection is closed. Allowed: a whole number from 1 to 4000. Default: `60`. */
  idleTimeout?: number;
  /** The target group's health check; its path is `container.healthCheckPath`. */
  healthCheck?: BalancerHealthCheckConfig;
  /**
   * Protect the load balancer from deletion, by hand or by replacement; teardown turns it off first. Default: `false`.
   */
  deletionProtection?: boolean;
  /**
   * Who may reach the load balancer of a stack without CDN (`edge: false`): IPv4 ranges, such as those of your own CDN,
   * and ids of managed prefix lists. With `network.ipv6` IPv6 ranges too; if omitted, everyone is let in by IPv6 as
   * well. Allowed: a list of 1 to 60 ranges, such as 203.0.113.0/24, or ids of prefix lists, such as
   * pl-0123456789abcdef0. Default: `["0.0.0.0/0"]`.
   */
  allowFrom?: readonly string[];
}

/** The target group's health check; its path is `container.healthCheckPath`. */
export interface BalancerHealthCheckConfig {
  /** Seconds between checks of a task. Allowed: a whole number from 5 to 300. Default: `30`. */
  interval?: number;
  /**
   * Seconds to wait for a response; must be less than `interval`. Allowed: a whole number from 2 to 120. Default: `5`.
   */
  timeout?: number;
  /**
   * Consecutive successful checks after which a task is healthy. Allowed: a whole number from 2 to 10. Default: `2`.
   */
  healthyThreshold?: number;
  /** Consecutive failed checks after which a task is unhealthy. Allowed: a whole number from 2 to 10. Default: `2`. */
  unhealthyThreshold?: number;
  /**
   * HTTP codes that count as healthy. Allowed: HTTP codes from 200 to 499 in quotes, such as "200", "200,204" or
   * "200-299". Default: `"200"`.
   */
  matcher?: string;
}

/** A service that serves requests. */
export interface WebServiceConfig {
  /** Type of the service: `web` serves requests. Default: `"web"`. */
  type?: "web";
  /** The main container of each task. */
  container?: ContainerConfig;
  /** Containers next to the main container, by name. Default: `{}`. */
  sidecars?: Readonly<Record<string, SidecarConfig>>;
  /** Sidecars that must reach a condition before the main container starts. Default: `{}`. */
  dependsOn?: Readonly<Record<string, "START" | "COMPLETE" | "SUCCESS" | "HEALTHY">>;
  /** How the pipeline builds the image. Default: built from `service/` and the service's name. */
  build?: BuildConfig;
  /**
   * Image to run instead of one built by the pipeline. Allowed: an image reference of at most 255 characters, its
   * repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1. Default: the image that the
   * pipeline builds.
   */
  image?: string;
  /**
   * Another service of the stack whose image this service runs. Allowed: at most 20 lower-case letters, digits and
   * hyphens, starting with a letter and not ending with a hyphen. Default: its own image.
   */
  imageOf?: string;
  /**
   * CPU architecture that the image is built for and the tasks run on; `arm64` is Graviton, which costs less. Default:
   * `"x86_64"`.
   */
  architecture?: "x86_64" | "arm64";
  /**
   * Ephemeral storage of a task in GiB, lost when the task stops. Allowed: a whole number from 21 to 200. Default: the
   * 20 GiB included with every task.
   */
  ephemeralStorage?: number;
  /** EFS directories that outlive tasks, by volume name. Default: `{}`. */
  volumes?: Readonly<Record<string, VolumeConfig>>;
  /** IAM statements for this service. Allowed: a list of IAM statements. Default: `service.taskPolicy`. */
  taskPolicy?: readonly PolicyStatement[];
  /** Run tasks on Fargate Spot. Default: regular Fargate only. */
  spot?: SpotConfig;
  /** Steps of a release of this service besides the deployment. Default: only the deployment. */
  release?: ReleaseConfig;
  /**
   * Paths that the load balancer routes to the service; `*` and `?` are wildcards. Allowed: a path pattern that starts
   * with /, of at most 128 letters, digits and _ - . $ / ~ " ' @ : + & * ?, or a list of them. Default: `/*` for the
   * service `web`, for the only web service and when `host` is set.
   */
  path?: string | readonly string[];
  /**
   * Host names that the load balancer routes to the service; `*` and `?` are wildcards. Allowed: a host name of at most
   * 128 letters, digits and - . * ?, with only letters after the last dot, or a list of them. Default: any.
   */
  host?: string | readonly string[];
  /**
   * Priority of the service's listener rule; the matching rule with the lowest number applies. Allowed: a whole number
   * from 1 to 50000. Default: more specific paths first; 100 if `web` is the only one.
   */
  priority?: number;
  /**
   * Make the service reachable only from the stack's other services, by its name, and not through the load balancer.
   * Default: `false`.
   */
  internal?: boolean;
  /** The target group's health check; its path is `container.healthCheckPath`. */
  healthCheck?: BalancerHealthCheckConfig;
  /**
   * Seconds that a deregistered task has to finish its requests. Allowed: a whole number from 0 to 3600. Default: `30`.
   */
  deregistrationDelay?: number;
  /** The ECS service that keeps this service's tasks running. */
  service?: RunningConfig;
  /** Autoscaling limits and targets of a web service. */
  scaling?: WebScalingConfig;
}

/** A container that runs next to the main container in every task. */
export interface SidecarConfig {
  /**
   * Image that the sidecar runs. Allowed: an image reference of at most 255 characters, its repository in lower case,
   * such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1.
   */
  image: string;
  /**
   * Command that overrides the one of the sidecar's image, one array item per word. Allowed: a list of at least one
   * string, one per word of the command. Default: the image's.
   */
  command?: readonly string[];
  /**
   * Entry point that overrides the one of the sidecar's image, one array item per word. Allowed: a list of at least one
   * string, one per word of the command. Default: the image's.
   */
  entryPoint?: readonly string[];
  /**
   * Environment variables of the sidecar. Allowed: names of letters, digits and _ . -, not starting with a digit;
   * values: a string (quote numbers). Default: `{}`.
   */
  environment?: Readonly<Record<string, string>>;
  /**
   * Environment variables whose values are in Secrets Manager or SSM Parameter Store. A plan is refused if one does not
   * exist, and the execution role may read exactly these. A new value reaches tasks that start afterwards. Default:
   * `{}`.
   */
  secrets?: Readonly<Record<string, SecretConfig>>;
  /** TCP port that the sidecar listens on. Allowed: a whole number from 1 to 65535. Default: none. */
  port?: number;
  /** Stop the task when the sidecar stops. Default: `true`. */
  essential?: boolean;
  /**
   * User, or `user:group`, that the sidecar runs as. Allowed: a user or user:group, in quotes, by name or numeric id.
   * Default: the image's.
   */
  user?: string;
  /**
   * CPU units of the task reserved for the sidecar. Allowed: a whole number from 1 to 16384. Default: shared with the
   * other containers of the task.
   */
  cpu?: number;
  /**
   * Maximum memory in MiB of the sidecar, part of the task's memory; the sidecar is killed when it uses more. Allowed:
   * a whole number from 6 to 122880. Default: the task's memory.
   */
  memory?: number;
  /** A check that ECS runs inside the sidecar. Default: none. */
  healthCheck?: ContainerHealthCheckConfig;
  /**
   * Containers that must reach a condition before the sidecar starts: other sidecars, or the main container by the
   * service's name. Default: `{}`.
   */
  dependsOn?: Readonly<Record<string, "START" | "COMPLETE" | "SUCCESS" | "HEALTHY">>;
}

/** How the pipeline builds a service's image. */
export interface BuildConfig {
  /**
   * Directory that the image is built from, the build context. Allowed: the path of a directory in the source. Default:
   * `service/` and the service's name.
   */
  context?: string;
  /**
   * Path of the file with the build instructions, in the context. Allowed: the path of a file in the build context.
   * Default: `"Dockerfile"`.
   */
  dockerfile?: string;
  /** Stage to build. Allowed: the name of a stage. Default: the last stage. */
  target?: string;
  /**
   * Build arguments. They are visible in the image's history, so do not use them for secrets. Allowed: names of
   * letters, digits and _, not starting with a digit; values: a string (quote numbers). Default: `{}`.
   */
  args?: Readonly<Record<string, string>>;
}

/** A directory of the stack's EFS file system that outlives tasks; all tasks of the service share it. */
export interface VolumeConfig {
  /** Where the volume is mounted. Allowed: an absolute path of at most 255 characters. */
  path: string;
  /**
   * Another service whose volume of the same name this service mounts too. Allowed: at most 20 lower-case letters,
   * digits and hyphens, starting with a letter and not ending with a hyphen. Default: the service's own volume.
   */
  of?: string;
  /** Mount the volume read-only, and give the task role no write permission. Default: `false`. */
  readOnly?: boolean;
  /**
   * Numeric id of the user that owns the volume's files and accesses them, whatever user the container runs as.
   * Allowed: a whole number from 0 to 4294967295. Default: `container.user` if it is a number.
   */
  uid?: number;
  /**
   * Numeric id of the group that owns the volume's files. Allowed: a whole number from 0 to 4294967295. Default: the
   * group of `container.user`, or else as `uid`.
   */
  gid?: number;
}

/** How many tasks run on Fargate Spot, which is cheaper and can be interrupted with two minutes' notice. */
export interface SpotConfig {
  /**
   * Number of tasks on regular Fargate before any task runs on Spot. Allowed: a whole number from 0 to 100000. Default:
   * `1`.
   */
  base?: number;
  /** Percentage of the remaining tasks that run on Spot. Allowed: a whole number from 0 to 100. Default: `100`. */
  percent?: number;
}

/** Steps of a release besides the deployment. */
export interface ReleaseConfig {
  /**
   * Command that runs once in the new image before traffic moves to it; a failure stops the release. Allowed: a list of
   * at least one string, one per word of the command.
   */
  before: readonly string[];
}

/** The ECS service that keeps this service's tasks running. */
export interface RunningConfig {
  /**
   * Initial number of tasks; autoscaling adjusts it afterwards. If you set it and omit `scaling`, autoscaling keeps the
   * count between this number and three times it. Allowed: a whole number from 0 to 5000. Default: 2, or the nearest
   * number within `scaling`.
   */
  desiredCount?: number;
  /**
   * Minimum percentage of the desired count that must stay healthy during a deployment. Allowed: a whole number from 0
   * to 100. Default: `100`.
   */
  minHealthyPercent?: number;
  /**
   * Maximum percentage of the desired count that may run during a deployment. Allowed: a whole number from 100 to 200.
   * Default: `200`.
   */
  maxPercent?: number;
  /** Roll back a deployment automatically when its tasks do not become healthy. Default: `true`. */
  circuitBreaker?: boolean;
  /**
   * Roll back a deployment automatically when the alarm of the service's 5xx responses or of its latency goes off
   * during it. Requires `alarms`; for public web services. Default: `false`.
   */
  deploymentAlarms?: boolean;
  /**
   * Seconds after a task's start during which failed health checks are ignored. Allowed: a whole number of at least 0.
   * Default: `60`.
   */
  healthCheckGracePeriod?: number;
  /** Allow `fairlead exec` into running tasks; requires `container.readonlyRootFilesystem: false`. Default: `false`. */
  enableExec?: boolean;
}

/** Autoscaling limits and targets of a web service. */
export interface WebScalingConfig {
  /** Minimum number of tasks. Allowed: a whole number from 0 to 5000. Default: `service.desiredCount`. */
  min?: number;
  /** Maximum number of tasks. Allowed: a whole number from 1 to 5000. Default: three times `service.desiredCount`. */
  max?: number;
  /**
   * Minimum number of tasks while a release is deployed: the pipeline starts as many before, and takes the minimum back
   * afterwards. Allowed: a whole number from 1 to 5000. Default: not raised.
   */
  releaseMin?: number;
  /** Target average CPU utilization, in percent. Allowed: a number from 1 to 100. Default: `70`. */
  cpuTarget?: number;
  /** Target average memory utilization, in percent. Allowed: a number from 1 to 100. Default: `80`. */
  memoryTarget?: number;
  /**
   * Seconds to wait after removing tasks before removing more. Allowed: a whole number of at least 0. Default: `300`.
   */
  scaleInCooldown?: number;
  /** Seconds to wait after adding tasks before adding more. Allowed: a whole number of at least 0. Default: `60`. */
  scaleOutCooldown?: number;
  /**
   * Times with other limits, by name, such as `{ nights: { from: "cron(0 20 ? * MON-FRI *)", until: "cron(0 7 ? *
   * MON-FRI *)", min: 0, max: 1 } }`. Where two overlap, the one that started or ended last applies. Default: `{}`.
   */
  schedule?: Readonly<Record<string, ScalingWindowConfig>>;
  /** Target number of requests per task and minute. Allowed: a whole number from 1 to 1000000. Default: not used. */
  requestsPerTarget?: number;
}

/** A service without a load balancer. */
export interface WorkerServiceConfig {
  /** Type of the service: `worker` has no load balancer. */
  type: "worker";
  /** The main container of each task. */
  container?: ContainerConfig;
  /** Containers next to the main container, by name. Default: `{}`. */
  sidecars?: Readonly<Record<string, SidecarConfig>>;
  /** Sidecars that must reach a condition before the main container starts. Default: `{}`. */
  dependsOn?: Readonly<Record<string, "START" | "COMPLETE" | "SUCCESS" | "HEALTHY">>;
  /** How the pipeline builds the image. Default: built from `service/` and the service's name. */
  build?: BuildConfig;
  /**
   * Image to run instead of one built by the pipeline. Allowed: an image reference of at most 255 characters, its
   * repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1. Default: the image that the
   * pipeline builds.
   */
  image?: string;
  /**
   * Another service of the stack whose image this service runs. Allowed: at most 20 lower-case letters, digits and
   * hyphens, starting with a letter and not ending with a hyphen. Default: its own image.
   */
  imageOf?: string;
  /**
   * CPU architecture that the image is built for and the tasks run on; `arm64` is Graviton, which costs less. Default:
   * `"x86_64"`.
   */
  architecture?: "x86_64" | "arm64";
  /**
   * Ephemeral storage of a task in GiB, lost when the task stops. Allowed: a whole number from 21 to 200. Default: the
   * 20 GiB included with every task.
   */
  ephemeralStorage?: number;
  /** EFS directories that outlive tasks, by volume name. Default: `{}`. */
  volumes?: Readonly<Record<string, VolumeConfig>>;
  /** IAM statements for this service. Allowed: a list of IAM statements. Default: `service.taskPolicy`. */
  taskPolicy?: readonly PolicyStatement[];
  /** Run tasks on Fargate Spot. Default: regular Fargate only. */
  spot?: SpotConfig;
  /** Steps of a release of this service besides the deployment. Default: only the deployment. */
  release?: ReleaseConfig;
  /** The ECS service that keeps this service's tasks running. */
  service?: RunningConfig;
  /** Autoscaling limits and targets of a worker. */
  scaling?: WorkerScalingConfig;
  /**
   * The worker's own queue, with a dead-letter queue. Allowed: true, or an object with visibilityTimeout,
   * retentionDays, maxReceives as whole numbers. Default: none.
   */
  queue?: true | QueueConfig;
}

/** Autoscaling limits and targets of a worker. */
export interface WorkerScalingConfig {
  /** Minimum number of tasks. Allowed: a whole number from 0 to 5000. Default: `service.desiredCount`. */
  min?: number;
  /** Maximum number of tasks. Allowed: a whole number from 1 to 5000. Default: three times `service.desiredCount`. */
  max?: number;
  /**
   * Minimum number of tasks while a release is deployed: the pipeline starts as many before, and takes the minimum back
   * afterwards. Allowed: a whole number from 1 to 5000. Default: not raised.
   */
  releaseMin?: number;
  /** Target average CPU utilization, in percent. Allowed: a number from 1 to 100. Default: `70`. */
  cpuTarget?: number;
  /** Target average memory utilization, in percent. Allowed: a number from 1 to 100. Default: `80`. */
  memoryTarget?: number;
  /**
   * Seconds to wait after removing tasks before removing more. Allowed: a whole number of at least 0. Default: `300`.
   */
  scaleInCooldown?: number;
  /** Seconds to wait after adding tasks before adding more. Allowed: a whole number of at least 0. Default: `60`. */
  scaleOutCooldown?: number;
  /**
   * Times with other limits, by name, such as `{ nights: { from: "cron(0 20 ? * MON-FRI *)", until: "cron(0 7 ? *
   * MON-FRI *)", min: 0, max: 1 } }`. Where two overlap, the one that started or ended last applies. Default: `{}`.
   */
  schedule?: Readonly<Record<string, ScalingWindowConfig>>;
  /**
   * Target number of messages waiting in the queue per task; requires `queue`. With `min: 0` there is no task while the
   * queue is empty. Allowed: a whole number from 1 to 1000000. Default: not used.
   */
  backlogPerTask?: number;
}

/** An SQS queue with a dead-letter queue. */
export interface QueueConfig {
  /**
   * Seconds that a worker has to process a message before it is delivered again. Allowed: a whole number from 0 to
   * 43200. Default: `60`.
   */
  visibilityTimeout?: number;
  /** Days that an unprocessed message is kept. Allowed: a whole number from 1 to 14. Default: `4`. */
  retentionDays?: number;
  /**
   * Times that a message is delivered before it is moved to the dead-letter queue. Allowed: a whole number from 1 to
   * 1000. Default: `5`.
   */
  maxReceives?: number;
}

/** A task that runs on a schedule and exits. */
export interface JobConfig {
  /** Type of the service: `job` runs on a schedule and exits. */
  type: "job";
  /** The main container of each task. */
  container?: ContainerConfig;
  /** Containers next to the main container, by name. Default: `{}`. */
  sidecars?: Readonly<Record<string, SidecarConfig>>;
  /** Sidecars that must reach a condition before the main container starts. Default: `{}`. */
  dependsOn?: Readonly<Record<string, "START" | "COMPLETE" | "SUCCESS" | "HEALTHY">>;
  /** How the pipeline builds the image. Default: built from `service/` and the service's name. */
  build?: BuildConfig;
  /**
   * Image to run instead of one built by the pipeline. Allowed: an image reference of at most 255 characters, its
   * repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1. Default: the image that the
   * pipeline builds.
   */
  image?: string;
  /**
   * Another service of the stack whose image this service runs. Allowed: at most 20 lower-case letters, digits and
   * hyphens, starting with a letter and not ending with a hyphen. Default: its own image.
   */
  imageOf?: string;
  /**
   * CPU architecture that the image is built for and the tasks run on; `arm64` is Graviton, which costs less. Default:
   * `"x86_64"`.
   */
  architecture?: "x86_64" | "arm64";
  /**
   * Ephemeral storage of a task in GiB, lost when the task stops. Allowed: a whole number from 21 to 200. Default: the
   * 20 GiB included with every task.
   */
  ephemeralStorage?: number;
  /** EFS directories that outlive tasks, by volume name. Default: `{}`. */
  volumes?: Readonly<Record<string, VolumeConfig>>;
  /** IAM statements for this service. Allowed: a list of IAM statements. Default: `service.taskPolicy`. */
  taskPolicy?: readonly PolicyStatement[];
  /** Run tasks on Fargate Spot. Default: regular Fargate only. */
  spot?: SpotConfig;
  /**
   * When the job runs; the six fields of cron are minute, hour, day of the month, month, day of the week and year.
   * Allowed: an EventBridge Scheduler expression: cron(0 3 * * ? *), rate(1 hour) or at(2030-01-31T03:00:00).
   */
  schedule: string;
  /** Time zone of `schedule`. Allowed: an IANA time zone, such as Europe/Berlin. Default: `"UTC"`. */
  timezone?: string;
  /** Number of retries if the task cannot be started. Allowed: a whole number from 0 to 185. Default: `2`. */
  retries?: number;
  /**
   * Minutes after which retrying to start a task is given up. Allowed: a whole number from 1 to 1440. Default: `60`.
   */
  maxAgeMinutes?: number;
}

/** The DNS of the domain names. */
export interface DnsConfig {
  /**
   * Route 53 hosted zone for the records of `domain`: its name, or its id. Allowed: the name of a hosted zone, such as
   * example.com, or its id, such as Z0123456789ABCDEFGHIJ. Default: the hosted zone of the account with the longest
   * name that the domain name ends in; if there is none, the records to create elsewhere are shown.
   */
  zone?: string;
}

/** The CloudFront distribution. */
export interface EdgeConfig {
  /**
   * How CloudFront reaches the load balancer. `public`: over the internet; `vpc`: inside AWS, through a VPC origin, so
   * that the load balancer is internal, in the private subnets, and has no public address. Default: `"public"`.
   */
  origin?: EdgeOrigin;
  /**
   * Edge locations to serve from; `PriceClass_100` is the cheapest: North America, Europe and Israel. Default:
   * `"PriceClass_100"`.
   */
  priceClass?: PriceClass;
  /**
   * HTTP methods of requests that match neither `staticPath` nor `apiPath`. `read`: only GET and HEAD; with `regions`,
   * CloudFront then sends such requests to the second region by itself when the first one fails. Default: `"all"`.
   */
  methods?: EdgeMethods;
  /**
   * Path pattern cached for a day; `*` and `?` are wildcards. Allowed: a path pattern that starts with /, of at most
   * 255 letters, digits and _ - . * $ / ~ " ' @ : + ? &. Default: `"/static/*"`.
   */
  staticPath?: string;
  /**
   * Path pattern never cached; `*` and `?` are wildcards. Allowed: a path pattern that starts with /, of at most 255
   * letters, digits and _ - . * $ / ~ " ' @ : + ? &. Default: `"/api/*"`.
   */
  apiPath?: string;
  /**
   * Comment on the distribution. Allowed: a single line of 1 to 128 characters without control characters. Default: the
   * stack's name and its region.
   */
  comment?: string;
  /**
   * AWS WAF in front of the CDN: `{}` has rules of AWS, a rate limit and a log. A web ACL that was attached by other
   * means stays until this is set. Default: no firewall.
   */
  firewall?: FirewallConfig;
  /**
   * Whether the distribution serves requests. A disabled distribution is kept, and the application cannot be reached in
   * any other way. Default: `true`.
   */
  enabled?: boolean;
}

/** How CloudFront reaches the load balancer. */
export type EdgeOrigin = "public" | "vpc";

/** CloudFront price class: which edge locations serve the application. */
export type PriceClass = "PriceClass_100" | "PriceClass_200" | "PriceClass_All";

/** Which requests the default behavior takes. */
export type EdgeMethods = "all" | "read";

/** The web ACL of AWS WAF that filters requests to the CDN. */
export interface FirewallConfig {
  /**
   * Rule groups of AWS, in the order in which they look at a request. `AWSManagedRulesCommonRuleSet` blocks bodies over
   * 8 KB, such as uploads, unless `count` names its rule `SizeRestrictions_BODY`. Allowed: a list of rule groups of
   * AWS. Default:
   * `["AWSManagedRulesAmazonIpReputationList","AWSManagedRulesCommonRuleSet","AWSManagedRulesKnownBadInputsRuleSet"]`.
   */
  managedRules?: readonly ManagedRules[];
  /**
   * Rules of these groups that only count the requests that they match, by group. AWS ignores names that a group does
   * not have. Allowed: names of a rule group of managedRules; values: a list of rule names. Default: `{}`.
   */
  count?: Readonly<Record<string, readonly string[]>>;
  /**
   * Requests that one address may make in five minutes; those above are blocked until it makes fewer. `false`: any
   * number. Allowed: a whole number from 10 to 2000000000, or false. Default: `2000`.
   */
  rateLimit?: number | false;
  /**
   * `block` rejects requests that a rule matches with 403. `count` lets all of them through and counts them, to see in
   * the log and the metrics what would be blocked. Default: `"block"`.
   */
  mode?: FirewallMode;
  /**
   * Log every request that the firewall looks at, in a log group in us-east-1, without the values of the headers
   * `authorization` and `cookie`. Kept for `logs.retentionDays`. Default: `true`.
   */
  log?: boolean;
}

/** Rule groups of AWS WAF that cost nothing extra. */
export type ManagedRules = 
  | "AWSManagedRulesAdminProtectionRuleSet"
  | "AWSManagedRulesAmazonIpReputationList"
  | "AWSManagedRulesAnonymousIpList"
  | "AWSManagedRulesCommonRuleSet"
  | "AWSManagedRulesKnownBadInputsRuleSet"
  | "AWSManagedRulesLinuxRuleSet"
  | "AWSManagedRulesPHPRuleSet"
  | "AWSManagedRulesSQLiRuleSet"
  | "AWSManagedRulesUnixRuleSet"
  | "AWSManagedRulesWindowsRuleSet"
  | "AWSManagedRulesWordPressRuleSet";

/** What happens to a request that a rule matches. */
export type FirewallMode = "block" | "count";

/** The pipeline: source in S3, build, approval, deploy. */
export interface DeliveryConfig {
  /**
   * Key of the object in the source bucket; uploading it starts the pipeline. Allowed: an S3 key of 1 to 1000 letters,
   * digits and ! - _ . * ' ( ) /. Default: `"source.zip"`.
   */
  sourceKey?: string;
  /** Compute type of the build. Default: `"BUILD_GENERAL1_MEDIUM"`. */
  computeType?: BuildComputeType;
  /**
   * Image that the build runs in: one of CodeBuild's, or one that it can pull. Allowed: an image name of 1 to 255
   * letters, digits and - _ . : / @. Default: `"aws/codebuild/amazonlinux-x86_64-standard:5.0"`.
   */
  buildImage?: string;
  /** Minutes after which a build times out. Allowed: a whole number from 5 to 2160. Default: `30`. */
  buildTimeoutMinutes?: number;
  /** Path of the buildspec inside the source. Allowed: the path of a file in the source. Default: `"buildspec.yml"`. */
  buildspec?: string;
  /** The manual approval between build and deployment. */
  approval?: ApprovalConfig;
  /**
   * Stop a release before its approval if the scan of an image that it deploys has findings of this severity or above,
   * or has no result. Every image is checked by a step of the pipeline after the build. Needs `registry.scanOnPush` or
   * `security.enhancedScanning`. Default: releases are not stopped by findings.
   */
  failOn?: FindingSeverity;
  /** Days to keep the pipeline's artifacts in S3. Allowed: a whole number of at least 1. Default: `30`. */
  artifactRetentionDays?: number;
  /**
   * Days to keep earlier uploads of the source in S3; the latest is always kept. Allowed: a whole number of at least 1.
   * Default: `30`.
   */
  sourceRetentionDays?: number;
  /**
   * Number of the newest task definition revisions of each service to keep. `deploy`, `rollback` and `reconcile` delete
   * at most 20 older ones each, never one that is in use or that `rollback` would go back to. At least
   * `registry.keepImages`: a rollback finds its image by its revision. Allowed: a whole number of at least 1. Default:
   * `50`, or `registry.keepImages` where that is more.
   */
  keepRevisions?: number;
}

/** CodeBuild compute types that can build containers. */
export type BuildComputeType = 
  | "BUILD_GENERAL1_SMALL"
  | "BUILD_GENERAL1_MEDIUM"
  | "BUILD_GENERAL1_LARGE"
  | "BUILD_GENERAL1_XLARGE"
  | "BUILD_GENERAL1_2XLARGE";

/** The manual approval between build and deployment. */
export interface ApprovalConfig {
  /** Require a manual approval between build and deployment. Default: `true`. */
  enabled?: boolean;
  /**
   * Message shown to the approver. Allowed: a single line of 1 to 1000 characters without control characters. Default:
   * `"Please review the build output and approve deployment to ECS"`.
   */
  message?: string;
}

/** Severities of the findings of an image scan. */
export type FindingSeverity = "CRITICAL" | "HIGH" | "MEDIUM" | "LOW";

/** The CloudWatch log groups. */
export interface LogsConfig {
  /** Days to keep the application's logs. Default: `30`. */
  retentionDays?: LogRetentionDays;
  /** Days to keep the builds' logs. Default: `30`. */
  buildRetentionDays?: LogRetentionDays;
}

/** Logs of all requests to the CDN, and to the load balancer behind it. */
export interface AccessLogsConfig {
  /**
   * Where to keep the CDN's access logs: in a bucket, which only costs its storage, or in CloudWatch Logs in us-east-1,
   * which costs by the gigabyte and can be queried there. Default: `"s3"`.
   */
  to?: AccessLogsDestination;
  /**
   * Days to keep access logs; in CloudWatch Logs, one of the periods of `logs.retentionDays`. Allowed: a whole number
   * of at least 1. Default: `30`.
   */
  retentionDays?: number;
  /**
   * Log the query strings of requests, and the referring pages, whose addresses contain query strings as well. They
   * often contain personal data. Default: `false`.
   */
  queryStrings?: boolean;
  /** Log the cookies of requests. They often contain session keys. Default: `false`. */
  cookies?: boolean;
  /**
   * Log the requests to the load balancer too, with the task that answered each. Elastic Load Balancing writes these
   * logs only to a bucket, whatever `to` says, and always with query strings, whatever `queryStrings` says. Default:
   * `false`.
   */
  balancer?: boolean;
}

/** Where access logs are kept. */
export type AccessLogsDestination = "s3" | "cloudwatch";

/** CloudWatch alarms on the whole request path, and who hears of them. */
export interface AlarmsConfig {
  /**
   * E-mail addresses that are told when an alarm begins and ends. AWS sends each a confirmation first, which has to be
   * accepted within days; outside us-east-1 a second one for the CDN's alarm, whose topic is there. Allowed: a list of
   * e-mail addresses. Default: `[]`.
   */
  emails?: readonly string[];
  /**
   * HTTPS endpoints that are told, such as those of PagerDuty or Opsgenie. An endpoint has to confirm the subscription
   * by itself. Allowed: a list of URLs. Default: `[]`.
   */
  urls?: readonly string[];
  /**
   * Percentage of a web service's responses that are 5xx, in three of five minutes. Allowed: a number from 0 to 100, or
   * false. Default: `5`.
   */
  targetErrors?: number | false;
  /**
   * Percentage of all requests that the load balancer answers with a 5xx of its own, in three of five minutes. Allowed:
   * a number from 0 to 100, or false. Default: `5`.
   */
  balancerErrors?: number | false;
  /**
   * 95th percentile of a web service's response time, in seconds, in three of five minutes. Allowed: a number from
   * 0.001 to 3600, or false. Default: `2`.
   */
  latencySeconds?: number | false;
  /**
   * Number of a web service's targets that fail their health check for five minutes. Allowed: a whole number from 1 to
   * 10000, or false. Default: `1`.
   */
  unhealthyTargets?: number | false;
  /**
   * Minutes for which a service runs fewer tasks than it should. Requires `cluster.containerInsights`; without it there
   * is no such alarm. Allowed: a whole number from 1 to 1440, or false. Default: `15`.
   */
  missingTasksMinutes?: number | false;
  /**
   * Average CPU utilization of a service's tasks, for 15 minutes. Allowed: a number from 0 to 100, or false. Default:
   * `90`.
   */
  cpuPercent?: number | false;
  /**
   * Average memory utilization of a service's tasks, for 15 minutes. Allowed: a number from 0 to 100, or false.
   * Default: `90`.
   */
  memoryPercent?: number | false;
  /**
   * Percentage of the CDN's responses that are 5xx, in three of five minutes. Allowed: a number from 0 to 100, or
   * false. Default: `5`.
   */
  cdnErrors?: number | false;
  /**
   * Age of the oldest message in a worker's queue, in seconds, for five minutes. Allowed: a whole number from 60 to
   * 1209600, or false. Default: `900`.
   */
  messageAgeSeconds?: number | false;
  /** A CloudWatch dashboard of the whole request path. Default: `true`. */
  dashboard?: boolean;
  /** Tell when a release fails. Default: `true`. */
  failedPipelines?: boolean;
  /** Tell when a release waits for its approval, with the command and the link to answer it. Default: `true`. */
  approvals?: boolean;
  /** Tell when a job ends with an exit code other than 0, or cannot be started. Default: `true`. */
  failedJobs?: boolean;
  /**
   * Number of messages in a worker's dead-letter queue. Allowed: a whole number from 1 to 1000000, or false. Default:
   * `1`.
   */
  deadLetters?: number | false;
}

/** A monthly budget for what the stack costs, and who is told. */
export interface BudgetConfig {
  /** Limit in US dollars a month. Allowed: an amount of US dollars from 1 to 1000000. */
  monthly: number;
  /**
   * E-mail addresses that are told when 80 % of it are spent, and when the forecast for the month is above it. No
   * confirmation is needed. Allowed: a list of 1 to 10 e-mail addresses.
   */
  emails: readonly string[];
}

/** Security services of the account in the stack's region, which the stack turns on where they are off. */
export interface SecurityConfig {
  /**
   * Turn on Amazon GuardDuty, which looks for attacks in the logs of the account, without its optional protection
   * plans. Where it is on already, it stays as it is configured. Default: `false`.
   */
  guardDuty?: boolean;
  /**
   * Turn on enhanced scanning in the image registry: Amazon Inspector scans the stack's images on push and again for
   * each new vulnerability, their operating system and the packages of programming languages, and charges each scan.
   * The registry is the account's: repositories that scan on push keep doing so, by the enhanced scan. What the stack
   * adds is a filter of its name, which also matches other repositories whose name begins with it. Default: `false`.
   */
  enhancedScanning?: boolean;
  /**
   * Turn on AWS Security Hub, which collects findings, without standards: their checks cost extra and need AWS Config.
   * Where it is on already, it stays as it is configured. Default: `false`.
   */
  securityHub?: boolean;
}

/** The file system on EFS that the services' volumes are in. */
export interface StorageConfig {
  /**
   * Back the file system up daily with AWS Backup, which keeps each backup for 35 days, also after the file system is
   * gone. Default: `true`.
   */
  backups?: boolean;
}

/** Where the state of the stack on AWS is stored; the local simulator stores its own state with its data. */
export interface StateConfig {
  /** Store the state in S3, where a team and its pipelines share it. Default: a file in the folder `.fairlead`. */
  s3?: S3StateConfig;
}

/** The S3 bucket that stores the state. */
export interface S3StateConfig {
  /**
   * Name of the bucket that stores the state of the stack on AWS, in the account and region of the stack. `fairlead
   * state init` creates it and keeps the lifecycle rule of a bucket that it created up to date; `fairlead state
   * migrate` moves a state there. Allowed: a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens,
   * starting and ending with a letter or digit, without two adjacent dots, not an IP address, and without a prefix or
   * suffix that S3 reserves. Default: `fairlead-state-<account>-<region>`, once `state.s3` is set.
   */
  bucket?: string;
  /**
   * Prefix of all keys in that bucket. Allowed: names of letters, digits, dots, hyphens and underscores, separated by
   * slashes. Default: `"fairlead"`.
   */
  prefix?: string;
}
