import type { Statement } from "../../src/aws/policy.ts";
import type { Input } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";

/** A statement that allows actions on resources. */
export const allow = (
  Sid: string,
  Action: readonly string[],
  Resource: string | readonly string[],
  Condition?: Statement["Condition"],
): Statement => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});

/** A single ARN as a string and several as a list, as IAM returns them. */
export const oneOrAll = (arns: readonly string[]): string | readonly string[] => {
  const all = [...new Set(arns)];
  return all.length === 1 && all[0] !== undefined ? all[0] : all;
};

/** A statement that allows to start ECS tasks with the roles of these names, and to hand these roles to nothing else. */
export const passTaskRoles = (scope: Scope, names: readonly string[]): Statement =>
  allow(
    "PassTaskRoles",
    ["iam:PassRole"],
    [...new Set(names)].map((name) => scope.arn("iam", `role/${name}`, "")),
    { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
  );

/** What CodeBuild does for any action of the pipeline: it reads the action's source, and writes to its log group. */
export const runsAction = (scope: Scope, logGroup: string, artifactBucket: string): Statement[] => [
  allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], scope.arn("logs", `log-group:${logGroup}:*`)),
  // CodeBuild user guide, "Allow CodeBuild to interact with other AWS services": what it reads its source with.
  allow("ArtifactBucket", ["s3:GetBucketAcl", "s3:GetBucketLocation"], scope.bucketArn(artifactBucket)),
  allow("Artifacts", ["s3:GetObject", "s3:GetObjectVersion"], `${scope.bucketArn(artifactBucket)}/*`),
];

/** One inline policy, by name. */
export const policy = <S extends Input<Statement>>(name: string, Statement: readonly S[]) => ({
  [name]: { Version: "2012-10-17", Statement },
});
