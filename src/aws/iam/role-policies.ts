// Inline policies and managed ones are listed apart, and an inline one is read by a call of its own.
import {
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { equal } from "../../engine/equal.ts";
import type { Seen } from "../../engine/resource-kind.ts";
import { ahead } from "../ahead.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { parsePolicy, policyText, type PolicyDocument } from "../policy.ts";

const GONE = "NoSuchEntityException";

/** The managed policies of a role, sorted; `undefined` where the role is gone. */
async function attached(aws: Aws, RoleName: string): Promise<string[] | undefined> {
  const listing = everyPage(async (Marker) => {
    const page = await aws.iam(new ListAttachedRolePoliciesCommand({ RoleName, Marker }));
    return { items: page.AttachedPolicies, next: page.Marker };
  });
  return (await absent(listing, GONE))?.map(({ PolicyArn = "" }) => PolicyArn).toSorted();
}

/** All policies of a role. */
export interface RolePolicies {
  /** Inline policies by name. */
  policies: Record<string, PolicyDocument>;
  /** Attached managed policies, sorted. */
  managedPolicyArns: string[];
}

/** All policies of a role; `undefined` if it does not exist. `likely` as in `inlinePolicies`. */
export async function policiesOf(
  aws: Aws,
  RoleName: string,
  likely?: readonly string[],
): Promise<RolePolicies | undefined> {
  const [policies, managedPolicyArns] = await Promise.all([
    inlinePolicies(aws, RoleName, likely),
    attached(aws, RoleName),
  ]);
  return policies && managedPolicyArns && { policies, managedPolicyArns };
}

/** The names of a role's inline policies; `undefined` if it does not exist. */
const inlineNames = (aws: Aws, RoleName: string): Promise<string[] | undefined> =>
  absent(
    everyPage(async (Marker) => {
      const page = await aws.iam(new ListRolePoliciesCommand({ RoleName, Marker }));
      return { items: page.PolicyNames, next: page.Marker };
    }),
    GONE,
  );

/**
 * The inline policies of a role, `undefined` if it does not exist: IAM lists their names and returns one document per call. Those that it
 * `likely` has are asked for beside the list, which decides.
 */
async function inlinePolicies(
  aws: Aws,
  RoleName: string,
  likely: readonly string[] = [],
): Promise<Record<string, PolicyDocument> | undefined> {
  const textOf = async (PolicyName: string) =>
    (await absent(aws.iam(new GetRolePolicyCommand({ RoleName, PolicyName })), GONE))?.PolicyDocument;
  const begun = new Map(likely.map((name) => [name, ahead({ expected: true }, name, textOf)]));
  const names = await inlineNames(aws, RoleName);
  if (!names) return undefined;
  const policies = await Promise.all(
    names.map(async (name) => [name, await (begun.get(name) ?? textOf)(name)] as const),
  );
  return Object.fromEntries(
    policies.flatMap(([name, text]) => (text === undefined ? [] : [[name, parsePolicy(text)]])),
  );
}

/** Adds missing policies, then removes excess ones, so that permissions that stay are never interrupted. Sequential calls, since IAM
 * rejects concurrent changes to one role. */
export async function setPolicies(
  aws: Aws,
  RoleName: string,
  { policies: inline = {}, managedPolicyArns: managed = [] }: Seen<RolePolicies>,
  wanted: RolePolicies,
  notYet: readonly NotYet[],
) {
  for (const [PolicyName, policy] of Object.entries(wanted.policies))
    if (!equal(inline[PolicyName], policy))
      await aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: policyText(policy) }), { notYet });
  for (const PolicyArn of wanted.managedPolicyArns)
    if (!managed.includes(PolicyArn)) await aws.iam(new AttachRolePolicyCommand({ RoleName, PolicyArn }), { notYet });
  for (const PolicyName of Object.keys(inline))
    if (!(PolicyName in wanted.policies))
      await absent(aws.iam(new DeleteRolePolicyCommand({ RoleName, PolicyName }), { notYet }), GONE);
  for (const PolicyArn of managed)
    if (!wanted.managedPolicyArns.includes(PolicyArn))
      await absent(aws.iam(new DetachRolePolicyCommand({ RoleName, PolicyArn }), { notYet }), GONE);
}
