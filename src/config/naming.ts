import { createHash } from "node:crypto";
import type { Stack } from "./stack.ts";

/**
 * The names of everything in a stack. No name has a random part: with the state file lost, the same file on the same account
 * finds the same resources.
 */
export interface Names {
  /** `<name>-<environment>`, which every other name begins with or contains. */
  readonly prefix: string;
  readonly loadBalancer: string;
  readonly targetGroup: string;
  readonly cluster: string;
  readonly service: string;
  readonly taskFamily: string;
  readonly container: string;
  readonly repository: string;
  readonly sourceBucket: string;
  readonly artifactBucket: string;
  readonly applicationLogGroup: string;
  readonly buildLogGroup: string;
  readonly buildProject: string;
  readonly pipeline: string;
  readonly sourceRule: string;
  readonly headersPolicy: string;
  readonly roles: {
    readonly execution: string;
    readonly task: string;
    readonly build: string;
    readonly pipeline: string;
    readonly events: string;
  };
  readonly securityGroups: { readonly balancer: string; readonly tasks: string };
  readonly scalingPolicies: { readonly cpu: string; readonly memory: string };
  readonly distributionComment: string;
}

/** The parts of a stack that names are made of. */
type Named = Pick<Stack, "name" | "environment" | "region"> & {
  readonly edge: Pick<Stack["edge"], "comment">;
};

/**
 * Names every resource of a stack on one account. `account` is the twelve-digit account id: bucket names are shared by all
 * of AWS, so they carry account and region.
 */
export function namesOf(stack: Named, account: string): Names {
  const prefix = `${stack.name}-${stack.environment}`;
  // What is global says the region: the same stack in a second region is another one.
  const global = (what: string, limit: number) => fitting(`${prefix}-${stack.region}`, what, limit);
  return {
    prefix,
    loadBalancer: prefix,
    // Without the port: targets are registered with ports of their own, so the group stays where that changes.
    targetGroup: prefix,
    cluster: `${prefix}-cluster`,
    service: `${prefix}-service`,
    taskFamily: prefix,
    container: stack.name,
    repository: prefix,
    sourceBucket: `${prefix}-source-${account}-${stack.region}`,
    artifactBucket: `${prefix}-artifacts-${account}-${stack.region}`,
    applicationLogGroup: `/ecs/${prefix}`,
    buildLogGroup: `/aws/codebuild/${prefix}`,
    buildProject: `${prefix}-build`,
    pipeline: `${prefix}-pipeline`,
    sourceRule: `${prefix}-s3-change`,
    headersPolicy: global("security-headers", 128),
    roles: {
      execution: global("task-execution", 64),
      task: global("task", 64),
      build: global("codebuild", 64),
      pipeline: global("codepipeline", 64),
      events: global("events", 64),
    },
    securityGroups: { balancer: `${prefix}-alb`, tasks: `${prefix}-tasks` },
    scalingPolicies: { cpu: `${prefix}-cpu-scaling`, memory: `${prefix}-memory-scaling` },
    distributionComment: stack.edge.comment ?? `${prefix} ${stack.region}`,
  };
}

/**
 * `<start>-<what>` in at most `limit` characters: where it is longer, a piece of the start gives way to a hash of all of it, so that two
 * long names that begin alike stay two.
 */
function fitting(start: string, what: string, limit: number): string {
  const whole = `${start}-${what}`;
  if (whole.length <= limit) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return `${start.slice(0, limit - what.length - hash.length - 2)}-${hash}-${what}`;
}

/** What a state remembers of one resource, as far as names go. */
interface Recorded {
  readonly id?: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The names with those kept under which resources stand already by word of the state: Fairlead 0.1 named what is global without the
 * region and the target group after its port, a name cannot be changed, and to replace a role would take it away from revisions that a rollback needs.
 */
export function keptNames(names: Names, recorded: Readonly<Record<string, Recorded>> = {}): Names {
  const kept = (id: string, name: string) => {
    const { id: made, spec } = recorded[id] ?? {};
    return made !== undefined && typeof spec?.["name"] === "string" ? spec["name"] : name;
  };
  const { execution, task, build, pipeline, events } = names.roles;
  return {
    ...names,
    targetGroup: kept("balancer/target-group", names.targetGroup),
    headersPolicy: kept("edge/headers-policy", names.headersPolicy),
    roles: {
      execution: kept("security/task-execution-role", execution),
      task: kept("security/task-role", task),
      build: kept("security/build-role", build),
      pipeline: kept("security/pipeline-role", pipeline),
      events: kept("security/events-role", events),
    },
  };
}

/** The bucket that keeps the state where the file names none: one for all stacks of an account in a region. */
export const stateBucketOf = ({ state, region }: Pick<Stack, "state" | "region">, account: string): string =>
  state.s3?.bucket ?? `fairlead-state-${account}-${region}`;
