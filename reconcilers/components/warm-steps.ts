import { Project } from "../../src/aws/codebuild/project.ts";
import type { Names, StackNames } from "../../src/config/naming.ts";
import type { Input } from "../../src/engine/output.ts";
import { warmPolicy } from "../policies/warm.ts";
import type { Scope } from "../scope.ts";
import { ACTION_MACHINE } from "./action-machine.ts";
import { role } from "./role.ts";
import { WARM_MINUTES, warmBuildspec, type WarmStep } from "./warm-buildspec.ts";

export interface WarmStepsProps {
  readonly names: StackNames & Pick<Names, "roles">;
  /** The log of the builds, which it writes to as well. */
  readonly log: Input<string>;
  readonly steps: readonly WarmStep[];
}

/** What raises the minimum of services before the pipeline deploys them, and takes it back. A role of its own moves bounds, and deploys nothing. */
export function warmSteps(scope: Scope, { names, log, steps }: WarmStepsProps) {
  const scaler = role(scope, "warm-role", {
    name: names.roles.warm,
    description: "Raises the minimum number of tasks during a release",
    assumedBy: { service: "codebuild.amazonaws.com", source: scope.arn("codebuild", `project/${names.warmProject}`) },
    policies: warmPolicy(scope, { ...names, ecsServices: steps.map(({ ecsService }) => ecsService) }),
  });
  return scope.add("delivery/warm-project", Project, {
    name: names.warmProject,
    description: `Raises the minimum number of tasks of ${names.prefix} during a release`,
    roleArn: scaler.arn,
    ...ACTION_MACHINE,
    environment: { CLUSTER: names.cluster },
    buildspec: warmBuildspec(),
    // In addition to the wait for the tasks: to provision the machine.
    timeoutMinutes: WARM_MINUTES + 10,
    logGroup: log,
  });
}
