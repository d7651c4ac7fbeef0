import { scalingPoliciesOf, warmNamesOf, type WarmNames } from "./scaling-names.ts";
import { fingerprint } from "./fingerprint.ts";
import type { EdgeSettings, Stack } from "./stack.ts";

/**
 * The names of resources that a stack has once, whatever its services. No name has a random part: if the state file is lost, the same
 * config in the same account finds the same resources.
 */
export interface StackNames extends Pick<WarmNames, "warmProject"> {
  /** `<name>-<environment>`, which every other name starts with or contains. */
  readonly prefix: string;
  readonly loadBalancer: string;
  readonly cluster: string;
  readonly sourceBucket: string;
  readonly artifactBucket: string;
  readonly accessLogBucket: string;
  /** In us-east-1, where groups of several regions meet. */
  readonly accessLogGroup: string;
  /** The beginning of a name that ends with the distribution's id. */
  readonly accessLogSource: string;
  readonly accessLogDestinations: Readonly<Record<"s3" | "cloudwatch", string>>;
  readonly buildLogGroup: string;
  readonly flowLogGroup: string;
  readonly buildProject: string;
  /** What runs commands before, and changes jobs after, a release deploys. No other stack's build can be called so. */
  readonly releaseProject: string;
  readonly releaseLogGroup: string;
  /** What reads the findings of image scans, with `delivery.failOn`. */
  readonly scanProject: string;
  readonly pipeline: string;
  readonly sourceRule: string;
  /** The rules that tell of releases. */
  readonly failedRule: string;
  readonly approvalRule: string;
  readonly headersPolicy: string;
  /** What the names of VPC origins begin with. */
  readonly vpcOrigin: string;
  readonly distributionComment: string;
  /** The web ACL of the distribution, and its log, whose name AWS wants to begin so. Both are in us-east-1, whatever the region. */
  readonly firewall: string;
  readonly firewallLogGroup: string;
}

/** The names of the resources of each service of a stack. */
export interface ServiceNames extends WarmNames {
  readonly targetGroup: string;
  readonly service: string;
  readonly taskFamily: string;
  readonly container: string;
  readonly repository: string;
  readonly applicationLogGroup: string;
  /** The last two start the first task of a service at zero, and stop its last ones. */
  readonly scalingPolicies: Readonly<Record<"cpu" | "memory" | "load" | "fromZero" | "toZero", string>>;
  /** The prefix of the names of scheduled actions. */
  readonly scalingWindows: string;
  /** The action of the pipeline's last stage that deploys it, and the file in which the build tells that action what to deploy. */
  readonly deployAction: string;
  readonly imageDefinitions: string;
  /** The family of the tasks that a release runs before it deploys the service, and the action that does. No service can be called so. */
  readonly beforeFamily: string;
  readonly beforeAction: string;
  /** The action of the pipeline that checks the findings of the image that is built for it. */
  readonly scanAction: string;
  /** The schedule that starts a job, and the action of the pipeline that gives it the released image. */
  readonly schedule: string;
  readonly updateAction: string;
  /** The rules that tell of failed runs of a job. */
  readonly jobFailedRule: string;
  readonly jobNotStartedRule: string;
}

/** The names of a stack from the perspective of one of its services: its own in addition to the shared ones. */
export interface Names extends StackNames, ServiceNames {
  readonly roles: {
    readonly execution: string;
    readonly task: string;
    readonly build: string;
    readonly pipeline: string;
    readonly events: string;
    readonly release: string;
    readonly scan: string;
    readonly warm: string;
    readonly schedule: string;
    readonly flowLogs: string;
  };
  readonly securityGroups: {
    readonly balancer: string;
    readonly https: string;
    readonly open: string;
    readonly sharing: string;
    readonly tasks: string;
  };
}

/** The service of a stack without `services`. Its resource names and ids do not contain its own name. */
export const MAIN_SERVICE = "web";

/** A service's name as the prefix of a variable: `daily-mail` is `DAILY_MAIL`. */
const variable = (service: string): string => service.toUpperCase().replaceAll("-", "_");

/** The variable that contains a worker's own queue. */
export const QUEUE_VARIABLE = "QUEUE_URL";
/** The variable that contains the queue of a worker in other services. */
export const queueVariable = (worker: string): string => `${variable(worker)}_QUEUE_URL`;
/** The variable that contains the address of an internal service in other services. */
export const addressVariable = (service: string): string => `${variable(service)}_URL`;

/** A secret of a stack: `shop-prod/SESSION_KEY`. No other stack's prefix ends with a slash before the same name. */
export const ownSecret = (prefix: string, name: string): string => `${prefix}/${name}`;

/** The parts of a stack that names consist of. */
type Named = Pick<Stack, "name" | "environment" | "region"> & {
  readonly edge: Pick<EdgeSettings, "comment" | "origin"> | undefined;
  readonly network: Pick<Stack["network"], "vpc" | "cidr">;
  readonly shared?: Stack["shared"];
};

/**
 * Names all resources of a stack in an account, from the perspective of the service called `service`. `account` is the twelve-digit account
 * id: bucket names are global, so they contain account and region.
 */
export function namesOf(stack: Named, account: string, service: string = MAIN_SERVICE): Names {
  const prefix = `${stack.name}-${stack.environment}`;
  // The names of what a stack shares are those of the stack that owns it.
  const base = stack.shared ? `${stack.shared.name}-${stack.shared.environment}` : prefix;
  const isMain = service === MAIN_SERVICE;
  const inside = internalPart(stack);
  const own = isMain ? prefix : `${prefix}-${service}`;
  const owned = (what: string) => (isMain ? what : `${service}-${what}`);
  // Global names contain the region: the same stack in a second region is another stack.
  const global = (what: string, limit: number) => fitting(`${prefix}-${stack.region}`, what, limit);
  return {
    prefix,
    loadBalancer: inside === undefined ? base : fitting(base, inside, 32),
    // Without the port: targets are registered with their own ports, so the group is kept if the port changes.
    targetGroup: inside !== undefined ? fitting(own, inside, 32) : isMain ? prefix : fitting(prefix, service, 32),
    cluster: `${base}-cluster`,
    service: `${own}-service`,
    taskFamily: own,
    container: isMain ? stack.name : service,
    repository: own,
    sourceBucket: `${prefix}-source-${account}-${stack.region}`,
    artifactBucket: `${prefix}-artifacts-${account}-${stack.region}`,
    // No longer than those of the other buckets.
    accessLogBucket: `${prefix}-access-${account}-${stack.region}`,
    // "Only use the regex pattern [\\w-]" (CloudFront developer guide, "Configure standard logging (v2)").
    accessLogGroup: global("cdn-access", 512),
    accessLogSource: `${prefix}-cdn-`,
    // botocore logs, DeliveryDestinationName.
    accessLogDestinations: { s3: global("cdn-s3", 60), cloudwatch: global("cdn-logs", 60) },
    applicationLogGroup: `/ecs/${own}`,
    flowLogGroup: `/aws/vpc/${prefix}`,
    buildLogGroup: `/aws/codebuild/${prefix}`,
    buildProject: `${prefix}-build`,
    releaseProject: `${prefix}-release`,
    releaseLogGroup: `/aws/codebuild/${prefix}/release`,
    scanProject: `${prefix}-scan`,
    pipeline: `${prefix}-pipeline`,
    sourceRule: `${prefix}-s3-change`,
    failedRule: fitting(prefix, "pipeline-failed", 64),
    approvalRule: fitting(prefix, "approval", 64),
    headersPolicy: global("security-headers", 128),
    firewall: global("firewall", 128),
    firewallLogGroup: `aws-waf-logs-${prefix}-${stack.region}`,
    vpcOrigin: `${prefix}-${stack.region}`,
    roles: {
      execution: global(owned("task-execution"), 64),
      task: global(owned("task"), 64),
      build: global("codebuild", 64),
      pipeline: global("codepipeline", 64),
      events: global("events", 64),
      release: global("codebuild-release", 64),
      scan: global("codebuild-scan", 64),
      warm: global("codebuild-warm", 64),
      schedule: global(owned("schedule"), 64),
      flowLogs: global("flow-logs", 64),
    },
    securityGroups: {
      balancer: `${base}-alb`,
      https: `${base}-alb-https`,
      open: `${base}-alb-open`,
      sharing: `${base}-sharing`,
      tasks: `${own}-tasks`,
    },
    scalingPolicies: scalingPoliciesOf(own),
    ...warmNamesOf(prefix, service),
    scalingWindows: own,
    distributionComment: (stack.shared ? undefined : stack.edge?.comment) ?? `${base} ${stack.region}`,
    deployAction: isMain ? "Deploy" : `Deploy-${service}`,
    imageDefinitions: isMain ? "imagedefinitions.json" : `imagedefinitions-${service}.json`,
    beforeFamily: `${own}-before_release`,
    beforeAction: `Before-${service}`,
    scanAction: `Scan-${service}`,
    schedule: own,
    updateAction: `Update-${service}`,
    jobFailedRule: fitting(own, "job-failed", 64),
    jobNotStartedRule: fitting(own, "job-not-started", 64),
  };
}

/**
 * What the names of an internal load balancer and its target groups end with. Neither can become another one in place: one of another scheme, or in
 * another VPC, stands beside the old one until CloudFront uses it, and a VPC origin keeps the old one as long. No stack's name has two
 * hyphens in a row, so none of its other names is the same.
 */
const internalPart = ({ edge, network, shared }: Named): string | undefined =>
  edge?.origin === "vpc" && !shared ? `${INTERNAL}${fingerprint(network.vpc ?? network.cidr ?? "", 4)}` : undefined;
const INTERNAL = "-internal-";

/**
 * `<start>-<what>` in at most `limit` characters: if it is longer, the start is shortened and a hash of the whole is added, so that two
 * long names with the same beginning stay different.
 */
function fitting(start: string, what: string, limit: number): string {
  const whole = `${start}-${what}`;
  if (whole.length <= limit) return whole;
  const hash = fingerprint(whole, 8);
  return `${start.slice(0, limit - what.length - hash.length - 2)}-${hash}-${what}`;
}

/** The longest name of a service. */
const LONGEST_SERVICE = "x".repeat(20);

/** Where the names of a stack's resources begin, for resources whose names AWS's limits may shorten: one pattern or two, `*` at the end. */
export interface NamePatterns {
  readonly roles: readonly string[];
  readonly rules: readonly string[];
  readonly targetGroups: readonly string[];
}

/** Patterns that cover the names of all services that a stack may have. */
export function namePatternsOf({
  name,
  environment,
  region,
}: Pick<Stack, "name" | "environment" | "region">): NamePatterns {
  const prefix = `${name}-${environment}`;
  const longest = `${prefix}-${LONGEST_SERVICE}`;
  return {
    roles: [startOf(`${prefix}-${region}`, `${LONGEST_SERVICE}-task-execution`, 64)],
    rules: [startOf(prefix, `${longest}-job-not-started`.slice(prefix.length + 1), 64)],
    targetGroups: [prefix, startOf(prefix, LONGEST_SERVICE, 32)],
  };
}

/** The pattern of names that `fitting` makes of a start and anything up to `longest`. */
function startOf(start: string, longest: string, limit: number): string {
  // As `fitting` does: what is shortened ends with a hash of eight digits and what it names.
  const kept = limit - longest.length - 10;
  return `${start}-${longest}`.length <= limit || kept >= start.length
    ? `${start}-*`
    : `${start.slice(0, Math.max(0, kept))}*`;
}

/** The record of a resource in the state, as far as names are concerned. */
interface Recorded {
  readonly id?: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The names, except that names of deployed resources are kept as recorded in the state: Fairlead 0.1 named global resources without the
 * region and the target group after its port, a name cannot be changed, and replacing a role would break revisions that a rollback needs.
 * 0.1 knew only one service, so names of other services are never older.
 */
export function keptNames(
  names: Names,
  recorded: Readonly<Record<string, Recorded>> = {},
  service: string = MAIN_SERVICE,
): Names {
  const kept = (id: string, name: string) => {
    const { id: made, spec } = recorded[id] ?? {};
    return made !== undefined && typeof spec?.["name"] === "string" ? spec["name"] : name;
  };
  const own = (id: string, name: string) => (service === MAIN_SERVICE ? kept(id, name) : name);
  const { execution, task, build, pipeline, events } = names.roles;
  const keptGroup = own("balancer/target-group", names.targetGroup);
  return {
    ...names,
    targetGroup: areAlike(names.targetGroup, keptGroup) ? keptGroup : names.targetGroup,
    headersPolicy: kept("edge/headers-policy", names.headersPolicy),
    roles: {
      ...names.roles,
      execution: own("security/task-execution-role", execution),
      task: own("security/task-role", task),
      build: kept("security/build-role", build),
      pipeline: kept("security/pipeline-role", pipeline),
      events: kept("security/events-role", events),
    },
  };
}

/** Whether neither of two target groups is that of an internal load balancer: those have names of their own. */
const areAlike = (...groups: readonly string[]): boolean => groups.every((name) => !name.includes(`-${INTERNAL}`));

/** The bucket that stores the state if the config names none: one for all stacks of an account in a region. */
export const stateBucketOf = ({ state, region }: Pick<Stack, "state" | "region">, account: string): string =>
  state.s3?.bucket ?? `fairlead-state-${account}-${region}`;
