import type { Sim } from "../sim.ts";
import type { Context } from "./matching.ts";
import { parsedStatements } from "./documents.ts";
import { evaluate, type PolicyStatement } from "./evaluate.ts";
import { roleByArn } from "./roles.ts";
import type { SimRole } from "./records.ts";

const allow = (Action: string | string[]): PolicyStatement[] => [{ Effect: "Allow", Action, Resource: "*" }];

/**
 * Policies of AWS that are evaluated (AWS managed policy reference); one that is not listed exists, can be attached, and allows nothing here.
 */
const MANAGED: Readonly<Record<string, readonly PolicyStatement[]>> = {
  AdministratorAccess: allow("*"),
  "service-role/AmazonECSTaskExecutionRolePolicy": allow([
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ]),
};

const managed = (arn: string) => MANAGED[arn.slice(arn.indexOf(":policy/") + ":policy/".length)] ?? [];

const statementsOfRole = (role: SimRole): PolicyStatement[] => [
  ...Object.values(role.policies).flatMap((text) => parsedStatements(text)),
  ...role.managedPolicyArns.flatMap(managed),
];

/** The statements of a resource's policy that are about everybody, as those of an identity are written. */
export const statementsIn = (text: string): PolicyStatement[] =>
  parsedStatements(text).flatMap(({ Principal, ...statement }) =>
    Principal === "*" || (Principal as { AWS?: unknown } | undefined)?.AWS === "*" ? [statement] : [],
  );

/** What a role does: an action on a resource, `*` for an action that knows none. */
export interface RoleCall {
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
}

/** Whether the role with `arn` may do this: its policies allow it, and so does its permissions boundary where it has one. */
export function permits(sim: Sim, arn: string | undefined, { action, resource, context = {} }: RoleCall): boolean {
  const role = roleByArn(sim, arn);
  if (!role) return false;
  const known = {
    // IAM user guide, "AWS global condition context keys": these are in the context of every call that a role makes.
    "aws:PrincipalArn": role.arn,
    "aws:PrincipalAccount": sim.account,
    "aws:PrincipalType": "AssumedRole",
    "aws:RequestedRegion": sim.region,
    "aws:SecureTransport": "true",
    "aws:ResourceAccount": sim.account,
    ...context,
  };
  const asked = { action, resource, context: known };
  if (evaluate(statementsOfRole(role), asked) !== "allowed") return false;
  return role.boundary === undefined || evaluate(managed(role.boundary), asked) === "allowed";
}

/** The first of these calls that the role may not make, in the words with which AWS refuses it. */
export function refusalOf(sim: Sim, arn: string | undefined, calls: readonly RoleCall[]): string | undefined {
  const refused = calls.find((call) => !permits(sim, arn, call));
  if (!refused) return undefined;
  const name = arn?.split("/").at(-1);
  return (
    `User: arn:${sim.partition}:sts::${sim.account}:assumed-role/${name}/session is not authorized to perform: ${refused.action} ` +
    `on resource: ${refused.resource} because no identity-based policy allows the ${refused.action} action`
  );
}
