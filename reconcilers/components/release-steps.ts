import { Project } from "../../src/aws/codebuild/project.ts";
import { LogGroup } from "../../src/aws/logs/log-group.ts";
import type { Names, StackNames } from "../../src/config/naming.ts";
import type { LogsSettings } from "../../src/config/stack.ts";
import { releasePolicy, type StepReach } from "../policies/release.ts";
import type { Scope } from "../scope.ts";
import { releaseBuildspec, type ReleaseStep } from "./release-buildspec.ts";
import { ACTION_MACHINE } from "./action-machine.ts";
import { role } from "./role.ts";

/** A step, the pipeline action that runs it, and what it needs. */
export interface ReleaseAction extends ReleaseStep, Pick<StepReach, "roles"> {
  readonly action: string;
}

export interface ReleaseStepsProps {
  readonly names: StackNames & Pick<Names, "roles">;
  readonly logs: Pick<LogsSettings, "buildRetentionDays">;
  readonly actions: readonly ReleaseAction[];
}

/** Minutes: the longest that CodePipeline waits for a build ("Quotas in AWS CodePipeline": CodeBuild build and test action, 8 hours). */
const LONGEST = 480;

/** What the pipeline runs before and after it deploys: commands in the new image, and new revisions of jobs. */
export function releaseSteps(scope: Scope, { names, logs, actions }: ReleaseStepsProps) {
  const log = scope.add("observability/release-log", LogGroup, {
    name: names.releaseLogGroup,
    retentionDays: logs.buildRetentionDays,
  });
  const releaser = role(scope, "release-role", {
    name: names.roles.release,
    description: "Runs commands before a release is deployed, and gives jobs its images",
    assumedBy: {
      service: "codebuild.amazonaws.com",
      source: scope.arn("codebuild", `project/${names.releaseProject}`),
    },
    policies: releasePolicy(scope, {
      ...names,
      steps: actions.map(({ family, run, roles }) => ({ family, roles, run })),
    }),
  });
  return scope.add("delivery/release-project", Project, {
    name: names.releaseProject,
    description: `Runs commands before, and changes jobs after, ${names.prefix} is deployed`,
    roleArn: releaser.arn,
    ...ACTION_MACHINE,
    environment: { CLUSTER: names.cluster },
    buildspec: releaseBuildspec(),
    timeoutMinutes: LONGEST,
    logGroup: log.name,
  });
}
