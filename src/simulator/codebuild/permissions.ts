import { refusalOf, type RoleCall } from "../iam/permissions.ts";
import { assumable } from "../iam/trust.ts";
import type { Sim } from "../sim.ts";
import type { SimProject } from "./projects.ts";

/** Why the build's role does not allow something, in AWS's words; `undefined` where it does. */
export type Refused = string | undefined;

/** What the role of a build is asked for on the build's way (CodeBuild user guide, "Allow CodeBuild to interact with other AWS services"). */
export function buildRole(sim: Sim, project: SimProject) {
  const ask = (...calls: readonly RoleCall[]): Refused => refusalOf(sim, project.serviceRole, calls);
  const log = project.logsConfig.cloudWatchLogs;
  return {
    ask,
    assume(): Refused {
      const isTrusting = assumable(sim, project.serviceRole, "codebuild.amazonaws.com", project.arn);
      return isTrusting
        ? undefined
        : `CodeBuild is not authorized to perform: sts:AssumeRole on ${project.serviceRole}`;
    },
    log(): Refused {
      if (log?.status === "DISABLED") return undefined;
      const group = log?.groupName ?? `/aws/codebuild/${project.name}`;
      const resource = sim.arn("logs", `log-group:${group}:log-stream:build`);
      const refused = ask({ action: "logs:CreateLogStream", resource }, { action: "logs:PutLogEvents", resource });
      return (
        refused &&
        `ACCESS_DENIED: Service role ${project.serviceRole} does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams. ${refused}`
      );
    },
    /** `source`: the ARN of the artifact. */
    download: (source: string): Refused =>
      ask({ action: "s3:GetObject", resource: source }, { action: "s3:GetObjectVersion", resource: source }),
    upload: (source: string): Refused => ask({ action: "s3:PutObject", resource: source }),
    login: (): Refused => ask({ action: "ecr:GetAuthorizationToken", resource: "*" }),
    /** Service Authorization Reference, "Actions, resources, and condition keys for Amazon ECR": DescribeImages is judged on the repository. */
    describe: (repository: string): Refused =>
      ask({ action: "ecr:DescribeImages", resource: sim.arn("ecr", `repository/${repository}`) }),
    /** ECR user guide, "IAM permissions for pushing an image". */
    push(repository: string): Refused {
      const resource = sim.arn("ecr", `repository/${repository}`);
      const actions = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        "ecr:PutImage",
        "ecr:BatchGetImage",
      ];
      return ask(...actions.map((action) => ({ action, resource })));
    },
  };
}

export type BuildRole = ReturnType<typeof buildRole>;
