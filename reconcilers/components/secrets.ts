import { Secret } from "../../src/aws/secretsmanager/secret.ts";
import type { Sought } from "../../src/aws/stored-secrets.ts";
import type { Statement } from "../../src/aws/policy.ts";
import { ownSecret, type Names } from "../../src/config/naming.ts";
import type { CommonService } from "../../src/config/stack.ts";
import { generatedIn, secretId, secretResource, secretsOf } from "../../src/config/secrets.ts";
import type { Input, Output } from "../../src/engine/output.ts";
import { readSecretsPolicy, type ReadSecret } from "../policies/secrets.ts";
import type { Scope } from "../scope.ts";

/** Where ECS reads the value of each variable of a container. */
export type SecretVariables = Readonly<Record<string, Input<string>>>;

/** The secrets of a service's tasks. */
export interface TaskSecrets {
  readonly main: SecretVariables;
  readonly sidecars: Readonly<Record<string, SecretVariables>>;
  /** What the execution role needs to read them. */
  readonly permissions: readonly Input<Statement>[];
}

/** What is known of the secrets that the config names, by `secretId`. */
export type SecretsFound = Readonly<Record<string, Sought>>;

/** The ARNs of the stack's own secrets, by variable. */
type Generated = Readonly<Record<string, Output<string>>>;

/** The stack's own secrets: one for each variable, whatever services name it. `replicaOf` says of each whether it is a replica, and of what region. */
export const generatedSecrets = (
  scope: Scope,
  services: readonly Placed[],
  replicaOf: (name: string) => string | undefined,
): Generated =>
  Object.fromEntries(
    generatedIn(services.map(({ service }) => service)).map(({ variable, length, rotateDays }) => {
      const name = ownSecret(services[0]?.names.prefix ?? "", variable);
      const from = replicaOf(name);
      // What replaces the primary's value replaces that of its replica.
      const maxAgeDays = from === undefined ? rotateDays : undefined;
      const spec = { name, length, maxAgeDays, replicaOf: from };
      return [variable, scope.add(`secrets/${secretResource(variable)}`, Secret, spec).arn];
    }),
  );

interface Placed {
  readonly service: CommonService;
  readonly names: Pick<Names, "prefix">;
}

/** The secrets of a service's tasks, in ECS's format. One that was not found is named as far as it is known: a plan with it is refused. */
export function taskSecrets(
  scope: Scope,
  { service, names: { prefix } }: Placed,
  generated: Generated,
  found: SecretsFound = {},
): TaskSecrets {
  const all = secretsOf(service).map(({ variable, sidecar, source }) => {
    const own = source.generate ? generated[variable] : undefined;
    if (own)
      return {
        variable,
        sidecar,
        read: { service: "secretsmanager", arn: own, kmsKey: undefined } as const,
        valueFrom: own,
      };
    const known = found[secretId(source)];
    const stored = typeof known === "object" ? known : undefined;
    const { ssm = "", key } = source;
    const secretsManager = source.own === undefined ? source.secretsManager : ownSecret(prefix, source.own);
    const read: ReadSecret & { readonly arn: string } =
      secretsManager === undefined
        ? { service: "ssm", arn: stored?.arn ?? arnFor(scope, "ssm", "parameter/", ssm), kmsKey: stored?.kmsKey }
        : {
            service: "secretsmanager",
            arn: stored?.arn ?? arnFor(scope, "secretsmanager", "secret:", secretsManager),
            kmsKey: stored?.kmsKey,
          };
    // The last two parts are the version's stage and id, AWSCURRENT if empty (Amazon ECS developer guide, "Pass Secrets Manager secrets").
    return { variable, sidecar, read, valueFrom: key === undefined ? read.arn : `${read.arn}:${key}::` };
  });
  const variablesOf = (name: string | undefined): SecretVariables =>
    Object.fromEntries(
      all.filter(({ sidecar }) => sidecar === name).map(({ variable, valueFrom }) => [variable, valueFrom]),
    );
  return {
    main: variablesOf(undefined),
    sidecars: Object.fromEntries(Object.keys(service.sidecars).map((name) => [name, variablesOf(name)])),
    permissions: readSecretsPolicy(
      scope,
      all.map(({ read }) => read),
    ),
  };
}

const arnFor = (scope: Scope, service: string, prefix: string, given: string): string =>
  given.startsWith("arn:") ? given : scope.arn(service, `${prefix}${given.replace(/^\//, "")}`);
