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
  readonly container: Pick<Stack["container"], "port">;
  readonly edge: Pick<Stack["edge"], "comment">;
};

/**
 * Names every resource of a stack on one account. `account` is the twelve-digit account id: bucket names are shared by all
 * of AWS, so they carry account and region.
 */
export function namesOf(stack: Named, account: string): Names {
  const prefix = `${stack.name}-${stack.environment}`;
  return {
    prefix,
    loadBalancer: prefix,
    // The port is a part of the name because it cannot be changed: a new port needs a second group beside the first.
    targetGroup: `${prefix}-${stack.container.port}`,
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
    headersPolicy: `${prefix}-security-headers`,
    roles: {
      execution: `${prefix}-task-execution`,
      task: `${prefix}-task`,
      build: `${prefix}-codebuild`,
      pipeline: `${prefix}-codepipeline`,
      events: `${prefix}-events`,
    },
    securityGroups: { balancer: `${prefix}-alb`, tasks: `${prefix}-tasks` },
    scalingPolicies: { cpu: `${prefix}-cpu-scaling`, memory: `${prefix}-memory-scaling` },
    distributionComment: stack.edge.comment ?? prefix,
  };
}

/** The bucket that keeps the state where the file names none: one for all stacks of an account in a region. */
export const stateBucketOf = ({ state, region }: Pick<Stack, "state" | "region">, account: string): string =>
  state.s3?.bucket ?? `fairlead-state-${account}-${region}`;
