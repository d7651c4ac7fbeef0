import type { Statement } from "../../src/aws/policy.ts";
import type { Input } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import { allow } from "./allow.ts";

/** A secret that tasks read when they start. */
export interface ReadSecret {
  readonly service: "secretsmanager" | "ssm";
  readonly arn: Input<string>;
  /** The customer's key that encrypts it: an id, an alias or an ARN. */
  readonly kmsKey: string | undefined;
}

/**
 * Reads exactly these secrets (Amazon ECS developer guide, "Amazon ECS task execution IAM role": GetSecretValue, ssm:GetParameters, and
 * kms:Decrypt if a customer's key encrypts them). The key is used through the service that keeps the secret alone.
 */
export function readSecretsPolicy(scope: Scope, secrets: readonly ReadSecret[]): Input<Statement>[] {
  const of = (service: ReadSecret["service"]) => secrets.filter((secret) => secret.service === service);
  return [
    ...read("ReadSecrets", "secretsmanager:GetSecretValue", of("secretsmanager")),
    ...read("ReadParameters", "ssm:GetParameters", of("ssm")),
    ...decrypt(scope, "Secrets", "secretsmanager", of("secretsmanager")),
    ...decrypt(scope, "Parameters", "ssm", of("ssm")),
  ];
}

const sorted = (values: readonly string[]) => [...new Set(values)].toSorted();

function read(Sid: string, action: string, secrets: readonly ReadSecret[]): Input<Statement>[] {
  if (secrets.length === 0) return [];
  const arns = secrets.map(({ arn }) => arn);
  const stored = sorted(arns.filter((arn) => typeof arn === "string"));
  const generated = [...new Set(arns.filter((arn) => typeof arn !== "string"))];
  return [{ Sid, Effect: "Allow", Action: [action], Resource: [...stored, ...generated] }];
}

/**
 * A policy names a key by its ARN, "You cannot use a key id, alias name, or alias ARN" (AWS KMS developer guide, "Specifying KMS keys in IAM
 * policy statements"); a key that is known by an alias is met by the condition `kms:ResourceAliases` ("Use aliases to control access").
 */
function decrypt(scope: Scope, what: string, service: string, secrets: readonly ReadSecret[]): Statement[] {
  const keys = sorted(secrets.flatMap(({ kmsKey }) => kmsKey ?? []));
  const aliases = keys.filter((key) => /(^|:)alias\//.test(key));
  const arns = keys.filter((key) => !aliases.includes(key)).map((key) => keyArn(scope, key));
  const via = { StringEquals: { "kms:ViaService": `${service}.${scope.region}.amazonaws.com` } };
  return [
    ...(arns.length === 0 ? [] : [allow(`Decrypt${what}`, ["kms:Decrypt"], arns, via)]),
    ...(aliases.length === 0
      ? []
      : [
          allow(`Decrypt${what}ByAlias`, ["kms:Decrypt"], scope.arn("kms", "key/*"), {
            ...via,
            "ForAnyValue:StringEquals": {
              "kms:ResourceAliases": aliases.map((key) => key.replace(/^.*:(?=alias\/)/, "")),
            },
          }),
        ]),
  ];
}

const keyArn = (scope: Scope, key: string): string => (key.startsWith("arn:") ? key : scope.arn("kms", `key/${key}`));
