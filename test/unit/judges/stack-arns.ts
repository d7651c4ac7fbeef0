import { ACCOUNT, REGION } from "./stack-roles.ts";

/** The ARNs of the stack of `rolesOf`, and of what lies beside it. */
export const arn = (service: string, resource: string, region = REGION): string =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;

export const roleArn = (name: string): string => arn("iam", `role/shop-prod-${REGION}-${name}`, "");

export const SOURCE = `arn:aws:s3:::shop-prod-source-${ACCOUNT}-${REGION}`;
export const ARTIFACTS = `arn:aws:s3:::shop-prod-artifacts-${ACCOUNT}-${REGION}`;
export const CLUSTER = { "ecs:cluster": arn("ecs", "cluster/shop-prod-cluster") };
export const TO_TASKS = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
