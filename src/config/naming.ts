import { fingerprint } from "./fingerprint.ts";
import type { Stack } from "./stack.ts";

/**
 * The names of what a stack has once, whatever its services. No name has a random part: with the state file lost, the same file on the
 * same account finds the same resources.
 */
export interface StackNames {
  /** `<name>-<environment>`, which every other name begins with or contains. */
  readonly prefix: string;
  readonly loadBalancer: string;
  readonly cluster: string;
  readonly sourceBucket: string;
  readonly artifactBucket: string;
  readonly buildLogGroup: string;
  readonly buildProject: string;
  /** What runs commands before, and changes jobs after, a release deploys. No other stack's build can be called so. */
  readonly releaseProject: string;
  readonly releaseLogGroup: string;
  readonly pipeline: string;
  readonly sourceRule: string;
  readonly headersPolicy: string;
  readonly distributionComment: string;
}

/** The names of what each service of a stack has. */
export interface ServiceNames {
  readonly targetGroup: string;
  readonly service: string;
  readonly taskFamily: string;
  readonly container: string;
  readonly repository: string;
  readonly applicationLogGroup: string;
  readonly scalingPolicies: { readonly cpu: string; readonly memory: string; readonly load: string };
  /** The action of the pipeline's last stage that deploys it, and the file in which the build tells that action what to deploy. */
  readonly deployAction: string;
  readonly imageDefinitions: string;
  /** The family of the tasks that a release runs before it deploys the service, and the action that does. No service can be called so. */
  readonly beforeFamily: string;
  readonly beforeAction: string;
  /** The schedule that starts a job, and the action of the pipeline that gives it the released image. */
  readonly schedule: string;
  readonly updateAction: string;
}

/** The names of a stack as one of its services sees them: its own beside those that all of them share. */
export interface Names extends StackNames, ServiceNames {
  readonly roles: {
    readonly execution: string;
    readonly task: string;
    readonly build: string;
    readonly pipeline: string;
    readonly events: string;
    readonly release: string;
    readonly schedule: string;
  };
  readonly securityGroups: { readonly balancer: string; readonly tasks: string };
}

/** The service that a stack without `services` consists of. Its names, and the ids of its resources, do not say its own. */
export const MAIN_SERVICE = "web";

/** A service's name as a variable begins with it: `daily-mail` is `DAILY_MAIL`. */
const variable = (service: string): string => service.toUpperCase().replaceAll("-", "_");

/** The variable that tells a worker its own queue. */
export const QUEUE_VARIABLE = "QUEUE_URL";
/** The variable that tells the other services the queue of a worker. */
export const queueVariable = (worker: string): string => `${variable(worker)}_QUEUE_URL`;
/** The variable that tells the other services where an internal one is. */
export const addressVariable = (service: string): string => `${variable(service)}_URL`;

/** The parts of a stack that names are made of. */
type Named = Pick<Stack, "name" | "environment" | "region"> & {
  readonly edge: Pick<Stack["edge"], "comment">;
};

/**
 * Names every resource of a stack on one account, as the service called `service` sees them. `account` is the twelve-digit account id:
 * bucket names are shared by all of AWS, so they carry account and region.
 */
export function namesOf(stack: Named, account: string, service: string = MAIN_SERVICE): Names {
  const prefix = `${stack.name}-${stack.environment}`;
  const isMain = service === MAIN_SERVICE;
  const own = isMain ? prefix : `${prefix}-${service}`;
  const owned = (what: string) => (isMain ? what : `${service}-${what}`);
  // What is global says the region: the same stack in a second region is another one.
  const global = (what: string, limit: number) => fitting(`${prefix}-${stack.region}`, what, limit);
  return {
    prefix,
    loadBalancer: prefix,
    // Without the port: targets are registered with ports of their own, so the group stays where that changes.
    targetGroup: isMain ? prefix : fitting(prefix, service, 32),
    cluster: `${prefix}-cluster`,
    service: `${own}-service`,
    taskFamily: own,
    container: isMain ? stack.name : service,
    repository: own,
    sourceBucket: `${prefix}-source-${account}-${stack.region}`,
    artifactBucket: `${prefix}-artifacts-${account}-${stack.region}`,
    applicationLogGroup: `/ecs/${own}`,
    buildLogGroup: `/aws/codebuild/${prefix}`,
    buildProject: `${prefix}-build`,
    releaseProject: `${prefix}-release`,
    releaseLogGroup: `/aws/codebuild/${prefix}/release`,
    pipeline: `${prefix}-pipeline`,
    sourceRule: `${prefix}-s3-change`,
    headersPolicy: global("security-headers", 128),
    roles: {
      execution: global(owned("task-execution"), 64),
      task: global(owned("task"), 64),
      build: global("codebuild", 64),
      pipeline: global("codepipeline", 64),
      events: global("events", 64),
      release: global("codebuild-release", 64),
      schedule: global(owned("schedule"), 64),
    },
    securityGroups: { balancer: `${prefix}-alb`, tasks: `${own}-tasks` },
    scalingPolicies: { cpu: `${own}-cpu-scaling`, memory: `${own}-memory-scaling`, load: `${own}-load-scaling` },
    distributionComment: stack.edge.comment ?? `${prefix} ${stack.region}`,
    deployAction: isMain ? "Deploy" : `Deploy-${service}`,
    imageDefinitions: isMain ? "imagedefinitions.json" : `imagedefinitions-${service}.json`,
    beforeFamily: `${own}-before_release`,
    beforeAction: `Before-${service}`,
    schedule: own,
    updateAction: `Update-${service}`,
  };
}

/**
 * `<start>-<what>` in at most `limit` characters: where it is longer, a piece of the start gives way to a hash of all of it, so that two
 * long names that begin alike stay two.
 */
function fitting(start: string, what: string, limit: number): string {
  const whole = `${start}-${what}`;
  if (whole.length <= limit) return whole;
  const hash = fingerprint(whole, 8);
  return `${start.slice(0, limit - what.length - hash.length - 2)}-${hash}-${what}`;
}

/** What a state records of one resource, as far as names go. */
interface Recorded {
  readonly id?: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The names with those kept under which resources stand already by word of the state: Fairlead 0.1 named what is global without the
 * region and the target group after its port, a name cannot be changed, and to replace a role would take it away from revisions that a
 * rollback needs. 0.1 knew one service only, so another one's own names are never older.
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
  const { execution, task, build, pipeline, events, release, schedule } = names.roles;
  return {
    ...names,
    targetGroup: own("balancer/target-group", names.targetGroup),
    headersPolicy: kept("edge/headers-policy", names.headersPolicy),
    roles: {
      execution: own("security/task-execution-role", execution),
      task: own("security/task-role", task),
      build: kept("security/build-role", build),
      pipeline: kept("security/pipeline-role", pipeline),
      events: kept("security/events-role", events),
      release,
      schedule,
    },
  };
}

/** The bucket that keeps the state where the file names none: one for all stacks of an account in a region. */
export const stateBucketOf = ({ state, region }: Pick<Stack, "state" | "region">, account: string): string =>
  state.s3?.bucket ?? `fairlead-state-${account}-${region}`;
