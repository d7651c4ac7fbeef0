import type {
  AttachRolePolicyCommandInput,
  DeleteRolePolicyCommandInput,
  DetachRolePolicyCommandInput,
  GetRolePolicyCommandInput,
  GetRolePolicyCommandOutput,
  ListAttachedRolePoliciesCommandInput,
  ListAttachedRolePoliciesCommandOutput,
  ListRolePoliciesCommandInput,
  ListRolePoliciesCommandOutput,
  PutRolePolicyCommandInput,
} from "@aws-sdk/client-iam";
import { refuse } from "../errors.ts";
import type { Answer, Operations } from "../sim.ts";
import { checkPolicy } from "./documents.ts";
import { encoded, policyOff, roleOf, roleToChange } from "./roles.ts";

/** The bytes that all inline policies of a role may have together, white space not counted. */
const INLINE_QUOTA = 10_240;
const ATTACHED_QUOTA = 10;

export const policyOperations = {
  PutRolePolicy(input: PutRolePolicyCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    const name = input.PolicyName ?? "";
    if (!/^[\w+=,.@-]{1,128}$/.test(name))
      refuse("ValidationError", "1 validation error detected: Value at 'policyName' failed to satisfy constraint");
    checkPolicy(input.PolicyDocument);
    const policies = { ...role.policies, [name]: input.PolicyDocument ?? "" };
    if (Object.values(policies).join("").replaceAll(/\s/g, "").length > INLINE_QUOTA)
      refuse(
        "LimitExceededException",
        `Maximum policy size of ${INLINE_QUOTA} bytes exceeded for role ${role.name}`,
        409,
      );
    role.policies = policies;
    return {};
  },

  GetRolePolicy(input: GetRolePolicyCommandInput, sim): Answer<GetRolePolicyCommandOutput> {
    const role = roleOf(sim, input.RoleName);
    const text =
      role.policies[input.PolicyName ?? ""] ??
      refuse("NoSuchEntityException", `The role policy with name ${input.PolicyName} cannot be found.`, 404);
    return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encoded(text) };
  },

  ListRolePolicies: (input: ListRolePoliciesCommandInput, sim): Answer<ListRolePoliciesCommandOutput> => ({
    PolicyNames: Object.keys(roleOf(sim, input.RoleName).policies).toSorted(),
    IsTruncated: false,
  }),

  DeleteRolePolicy(input: DeleteRolePolicyCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    const name = input.PolicyName ?? "";
    if (!(name in role.policies))
      refuse("NoSuchEntityException", `The role policy with name ${name} cannot be found.`, 404);
    delete role.policies[name];
    policyOff(sim, role);
    return {};
  },

  AttachRolePolicy(input: AttachRolePolicyCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    const arn = input.PolicyArn ?? "";
    // All AWS managed policies exist here; the account has no customer managed ones.
    if (!/^arn:[^:]+:iam::aws:policy\/.+/.test(arn))
      refuse("NoSuchEntityException", `Policy ${arn} does not exist or is not attachable.`, 404);
    if (role.managedPolicyArns.includes(arn)) return {};
    if (role.managedPolicyArns.length >= ATTACHED_QUOTA)
      refuse("LimitExceededException", `Cannot exceed quota for PoliciesPerRole: ${ATTACHED_QUOTA}`, 409);
    role.managedPolicyArns.push(arn);
    return {};
  },

  ListAttachedRolePolicies: (
    input: ListAttachedRolePoliciesCommandInput,
    sim,
  ): Answer<ListAttachedRolePoliciesCommandOutput> => ({
    AttachedPolicies: roleOf(sim, input.RoleName).managedPolicyArns.map((arn) => ({
      PolicyName: arn.slice(arn.lastIndexOf("/") + 1),
      PolicyArn: arn,
    })),
    IsTruncated: false,
  }),

  DetachRolePolicy(input: DetachRolePolicyCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    if (!role.managedPolicyArns.includes(input.PolicyArn ?? ""))
      refuse("NoSuchEntityException", `Policy ${input.PolicyArn} was not found.`, 404);
    role.managedPolicyArns = role.managedPolicyArns.filter((arn) => arn !== input.PolicyArn);
    policyOff(sim, role);
    return {};
  },
} satisfies Operations;
