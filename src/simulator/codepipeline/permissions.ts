import { refusalOf, type RoleCall } from "../iam/permissions.ts";
import type { Sim } from "../sim.ts";
import { ActionFailure } from "./failure.ts";
import type { SimExecution } from "./records.ts";

/** Ends the action where the pipeline's role may not make one of these calls. */
export function demand(sim: Sim, { declaration }: SimExecution, calls: readonly RoleCall[]): void {
  const refused = refusalOf(sim, declaration.roleArn, calls);
  if (refused !== undefined) throw new ActionFailure("PermissionError", refused);
}

const on = (resource: string, ...actions: readonly string[]): RoleCall[] =>
  actions.map((action) => ({ action, resource }));

/** CodePipeline user guide, "Amazon S3 source action reference": service role permissions. */
export const sourceCalls = (bucket: string, key: string): RoleCall[] => [
  ...on(`arn:aws:s3:::${bucket}`, "s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"),
  ...on(
    `arn:aws:s3:::${bucket}/${key}`,
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectTagging",
    "s3:GetObjectVersionTagging",
  ),
];

/** CodePipeline user guide, "Manage the CodePipeline service role": what it does in the artifact bucket. */
export const artifactCalls = ({ declaration, pipeline }: SimExecution): RoleCall[] => {
  const bucket = `arn:aws:s3:::${declaration.artifactStore?.location}`;
  return [
    ...on(bucket, "s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"),
    ...on(
      `${bucket}/${pipeline.slice(0, 20)}/artifact`,
      "s3:PutObject",
      "s3:PutObjectAcl",
      "s3:GetObject",
      "s3:GetObjectVersion",
    ),
  ];
};

/** CodePipeline user guide, "AWS CodeBuild build and test action reference": service role permissions. */
export const buildCalls = (sim: Sim, project: string): RoleCall[] =>
  on(sim.arn("codebuild", `project/${project}`), "codebuild:StartBuild", "codebuild:BatchGetBuilds");

/** CodePipeline user guide, "Amazon Elastic Container Service deploy action reference": service role permissions. */
export function deployCalls(
  sim: Sim,
  { cluster, service }: { readonly cluster: string; readonly service: string },
  revision: { family?: string | undefined; roles: readonly (string | undefined)[]; isTagged: boolean },
): RoleCall[] {
  // iam-data, ecs:RegisterTaskDefinition: its resource is the revision that is made, whose number no one knows yet.
  const definition = sim.arn("ecs", `task-definition/${revision.family}:*`);
  const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
  return [
    ...on(sim.arn("ecs", `service/${cluster}/${service}`), "ecs:DescribeServices", "ecs:UpdateService"),
    ...on("*", "ecs:DescribeTaskDefinition"),
    ...on(definition, "ecs:RegisterTaskDefinition"),
    ...(revision.isTagged
      ? [{ action: "ecs:TagResource", resource: definition, context: { "ecs:CreateAction": "RegisterTaskDefinition" } }]
      : []),
    ...revision.roles.flatMap((resource) =>
      resource === undefined ? [] : [{ action: "iam:PassRole", resource, context: passed }],
    ),
  ];
}
