import { Project } from "../../src/aws/codebuild/project.ts";
import type { Severity } from "../../src/aws/ecr/severities.ts";
import type { Names, StackNames } from "../../src/config/naming.ts";
import type { Input } from "../../src/engine/output.ts";
import { scanPolicy } from "../policies/scan.ts";
import type { Scope } from "../scope.ts";
import { ACTION_MACHINE } from "./action-machine.ts";
import { role } from "./role.ts";
import { SCAN_MINUTES, scanBuildspec } from "./scan-buildspec.ts";

export interface ScanStepsProps {
  readonly names: StackNames & Pick<Names, "roles">;
  /** The log of the builds, which it writes to as well. */
  readonly log: Input<string>;
  readonly repositories: readonly string[];
  readonly failOn: Severity;
}

/**
 * What the pipeline checks between the build and the approval. It has a project and a role of its own, and a buildspec that is no part of the
 * source: so a release cannot leave the check out, and what it checks with cannot push images.
 */
export function scanSteps(scope: Scope, { names, log, repositories, failOn }: ScanStepsProps) {
  const reader = role(scope, "scan-role", {
    name: names.roles.scan,
    description: "Reads the findings of image scans",
    assumedBy: { service: "codebuild.amazonaws.com", source: scope.arn("codebuild", `project/${names.scanProject}`) },
    policies: scanPolicy(scope, { ...names, repositories }),
  });
  return scope.add("delivery/scan-project", Project, {
    name: names.scanProject,
    description: `Stops releases of ${names.prefix} whose images have findings of severity ${failOn} or above`,
    roleArn: reader.arn,
    ...ACTION_MACHINE,
    environment: { REGISTRY: `${scope.account}.dkr.ecr.${scope.region}.amazonaws.com` },
    buildspec: scanBuildspec(failOn),
    // In addition to the wait for the scan: to provision the machine, and to install jq where it is missing.
    timeoutMinutes: SCAN_MINUTES + 10,
    logGroup: log,
  });
}
