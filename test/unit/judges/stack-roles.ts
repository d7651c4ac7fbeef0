import type { SecretsFound } from "../../../reconcilers/components/secrets.ts";
import { topology } from "../../../reconcilers/topology.ts";
import type { RoleSpec } from "../../../src/aws/iam/role.ts";
import { fillDefaults } from "../../../src/config/fill.ts";
import { resolve } from "../../../src/engine/output.ts";
import type { StackConfig } from "../../../src/index.ts";
import {
  evaluate,
  type AccessRequest,
  type PolicyStatement,
  type Verdict,
} from "../../../src/simulator/iam/evaluate.ts";

export const ACCOUNT = "123456789012";
export const REGION = "eu-west-1";

/** Stands for the ARN of a resource that contains what AWS makes. */
export const madeArn = (resource: string): string => `arn:aws:made:${REGION}:${ACCOUNT}:${resource}`;

/** The roles of a stack as its layers declare them, by their resource's name. */
export function rolesOf(config: Partial<StackConfig> = {}, secrets: SecretsFound = {}): Record<string, RoleSpec> {
  const stack = fillDefaults({ name: "shop", region: REGION, ...config }, "prod");
  const facts = {
    account: ACCOUNT,
    partition: "aws",
    originFacingPrefixList: "pl-1",
    released: { web: true },
    secrets,
  };
  const { graph } = topology(stack, facts);
  return Object.fromEntries(
    [...graph.nodes.values()]
      .filter(({ kind }) => kind.type === "iam/role")
      // Names are known beforehand. What AWS has yet to make, such as the id in the ARN of a file system, is called by its resource.
      .map(({ id, spec }) => [
        id.replace("security/", ""),
        resolve(spec, (of, attr) => madeArn(`${of}.${attr}`)) as RoleSpec,
      ]),
  );
}

const statementsOf = (documents: readonly { Statement: readonly object[] }[]) =>
  documents.flatMap(({ Statement }) => Statement as PolicyStatement[]);

/** What the role's own policies say to a call. */
export const verdictOf = (role: RoleSpec | undefined, request: AccessRequest): Verdict =>
  evaluate(statementsOf(Object.values(role?.policies ?? {})), request);

/** What the role's trust policy says to a service that assumes it with these context keys. */
export const trustOf = (role: RoleSpec | undefined, service: string, context: AccessRequest["context"] = {}): Verdict =>
  evaluate(statementsOf(role ? [role.trust] : []), { action: "sts:AssumeRole", service, context });
