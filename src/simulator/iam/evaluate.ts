import { refuse } from "../errors.ts";
import { conditionsHold } from "./conditions.ts";
import type { Context } from "./matching.ts";
import { glob, listOf, resourceMatches, withVariables } from "./matching.ts";

/** One statement of a policy, as it was parsed. */
export type PolicyStatement = Readonly<Record<string, unknown>>;

/** A call by a principal: the action, the resource, and the condition keys. */
export interface AccessRequest {
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** The ARN of what it is about; `*` where the action knows no resource. Left out for a trust policy, which has none. */
  readonly resource?: string;
  /** The service that asks, where a trust policy or a policy of a resource is evaluated: `codebuild.amazonaws.com`. */
  readonly service?: string;
  readonly context?: Context;
}

export type Verdict = "allowed" | "implicitly denied" | "explicitly denied";

const ELEMENTS = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
]);

/**
 * What IAM answers to a call under these statements (IAM user guide, "Policy evaluation logic"): denied where any statement denies it, allowed
 * where one allows it, denied otherwise. What it does not know it refuses loudly.
 */
export function evaluate(statements: readonly PolicyStatement[], request: AccessRequest): Verdict {
  const applying = statements.filter((statement) => applies(statement, request));
  if (applying.some(({ Effect }) => Effect === "Deny")) return "explicitly denied";
  return applying.some(({ Effect }) => Effect === "Allow") ? "allowed" : "implicitly denied";
}

function applies(statement: PolicyStatement, request: AccessRequest): boolean {
  for (const element of Object.keys(statement))
    if (!ELEMENTS.has(element))
      refuse("SimulatorUnknownOption", `The simulated AWS does not know ${element} of a policy statement.`, 501);
  // Every element is evaluated, so that unsupported ones are reported whatever the others say.
  const conditions = conditionsHold(statement["Condition"], request.context ?? {});
  return isMeant(statement, request) && isAbout(statement, request) && isBy(statement, request) && conditions;
}

/** Names of actions are compared without regard to case (IAM JSON policy elements: Action). */
function isMeant(statement: PolicyStatement, { action }: AccessRequest): boolean {
  const named = (element: string) =>
    listOf(statement[element]).some((pattern) => glob(pattern.toLowerCase(), action.toLowerCase()));
  return statement["NotAction"] === undefined ? named("Action") : !named("NotAction");
}

function isAbout(statement: PolicyStatement, { resource, context = {} }: AccessRequest): boolean {
  if (resource === undefined) return true;
  const named = (element: string) =>
    listOf(statement[element]).some((text) => {
      const pattern = withVariables(text, context);
      return pattern !== undefined && resourceMatches(pattern, resource);
    });
  return statement["NotResource"] === undefined ? named("Resource") : !named("NotResource");
}

/** An identity policy names no principal: it applies to the identity that has it. */
function isBy(statement: PolicyStatement, { service }: AccessRequest): boolean {
  if (statement["NotPrincipal"] !== undefined)
    refuse("SimulatorUnknownOption", "The simulated AWS does not know NotPrincipal of a policy statement.", 501);
  const principal = statement["Principal"];
  if (service === undefined) return principal === undefined;
  if (principal === "*") return true;
  return listOf((principal as PolicyStatement | undefined)?.["Service"]).includes(service);
}
