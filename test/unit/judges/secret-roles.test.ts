import { describe, expect, it } from "vitest";
import type { StoredSecret } from "../../../src/aws/stored-secrets.ts";
import { ACCOUNT, REGION, rolesOf, verdictOf } from "./stack-roles.ts";

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const [DB, MAIL] = [arn("secretsmanager", "secret:db-AbCdEf"), arn("secretsmanager", "secret:mail-AbCdEf")];
const [TOKEN, PLAIN] = [arn("ssm", "parameter/shop/token"), arn("ssm", "parameter/shop/plain")];
const [KEY, OTHER] = [arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab"), arn("kms", "key/other")];

const stored = (secret: string, kmsKey?: string): StoredSecret => ({ arn: secret, kmsKey, changedAt: undefined });
const roles = rolesOf(
  {
    services: {
      web: {
        container: {
          secrets: { DB: { secretsManager: "db" }, TOKEN: { ssm: "/shop/token" }, P: { ssm: "/shop/plain" } },
        },
      },
      mail: { type: "worker", container: { secrets: { MAIL: { secretsManager: "mail", key: "password" } } } },
    },
  },
  {
    "secretsManager:db": stored(DB, KEY),
    "secretsManager:mail": stored(MAIL),
    "ssm:/shop/token": stored(TOKEN, "alias/shop"),
    "ssm:/shop/plain": stored(PLAIN),
  },
);

/** Amazon ECS developer guide, "Amazon ECS task execution IAM role", secrets; AWS KMS developer guide, "kms:ViaService". */
describe("the execution role of a service with secrets", () => {
  const may = (role: string, action: string, resource: string, context = {}) =>
    verdictOf(roles[role], { action, resource, context }) === "allowed";
  const through = (service: string) => ({ "kms:ViaService": `${service}.${REGION}.amazonaws.com` });

  it("may read the secrets of its own service, and no other", () => {
    expect(may("task-execution-role", "secretsmanager:GetSecretValue", DB)).toBe(true);
    expect(may("task-execution-role", "ssm:GetParameters", TOKEN)).toBe(true);
    expect(may("task-execution-role", "ssm:GetParameters", PLAIN)).toBe(true);
    expect(may("task-execution-role", "secretsmanager:GetSecretValue", MAIL)).toBe(false);
    expect(may("mail/task-execution-role", "secretsmanager:GetSecretValue", MAIL)).toBe(true);
    expect(may("mail/task-execution-role", "secretsmanager:GetSecretValue", DB)).toBe(false);
    expect(may("mail/task-execution-role", "ssm:GetParameters", TOKEN)).toBe(false);
  });

  it("may use a customer's key through the service that keeps the secret, and not by itself", () => {
    expect(may("task-execution-role", "kms:Decrypt", KEY, through("secretsmanager"))).toBe(true);
    expect(may("task-execution-role", "kms:Decrypt", KEY, through("s3"))).toBe(false);
    expect(may("task-execution-role", "kms:Decrypt", KEY)).toBe(false);
    expect(may("task-execution-role", "kms:Decrypt", OTHER, through("secretsmanager"))).toBe(false);
    const alias = (name: string) => ({ ...through("ssm"), "kms:ResourceAliases": [name] });
    expect(may("task-execution-role", "kms:Decrypt", OTHER, alias("alias/shop"))).toBe(true);
    expect(may("task-execution-role", "kms:Decrypt", OTHER, alias("alias/else"))).toBe(false);
    expect(may("mail/task-execution-role", "kms:Decrypt", KEY, through("secretsmanager"))).toBe(false);
  });

  it("may not change a secret, and the application's own role has none of this", () => {
    expect(may("task-execution-role", "secretsmanager:PutSecretValue", DB)).toBe(false);
    expect(may("task-role", "secretsmanager:GetSecretValue", DB)).toBe(false);
  });
});
