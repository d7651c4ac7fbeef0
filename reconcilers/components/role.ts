import { Role, SESSION } from "../../src/aws/iam/role.ts";
import type { PolicyDocument } from "../../src/aws/policy.ts";
import type { Input } from "../../src/engine/output.ts";
import { trust, type Assumes } from "../policies/trust.ts";
import type { Scope } from "../scope.ts";

export interface RoleProps {
  readonly name: string;
  readonly description: string;
  readonly assumedBy: Assumes;
  /** Inline policies by name. */
  readonly policies: Readonly<Record<string, Input<PolicyDocument>>>;
}

/** The resource `security/<id>`: a role for a single purpose, which one AWS service assumes on behalf of this account. */
export const role = (scope: Scope, id: string, { name, description, assumedBy, policies }: RoleProps) =>
  scope.add(`security/${id}`, Role, {
    name,
    description,
    trust: trust(scope, assumedBy),
    policies,
    managedPolicyArns: [],
    permissionsBoundary: "",
    maxSessionSeconds: SESSION,
  });
