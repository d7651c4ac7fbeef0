// Finds the secrets that a config names and reads what a task needs to use them. No call here returns a value: DescribeSecret and
// DescribeParameters answer metadata only, and GetSecretValue and GetParameters are not called.
import { DescribeParametersCommand } from "@aws-sdk/client-ssm";
import type { Snapshot } from "../engine/snapshot.ts";
import { answered } from "./answer.ts";
import type { Aws } from "./aws.ts";
import { isDenied } from "./errors.ts";
import { everyPage } from "./pages.ts";
import { describedSecret } from "./secretsmanager/described.ts";

/** A secret or a parameter that exists and has a value. */
export interface StoredSecret {
  readonly arn: string;
  /** The customer's key that encrypts it, as AWS says it: an id, an alias or an ARN. `undefined` for a key of AWS's. */
  readonly kmsKey: string | undefined;
  /** When it was last changed in any way, in milliseconds. */
  readonly changedAt: number | undefined;
}

/** Why tasks cannot read a secret: it does not exist, is scheduled for deletion, has no value, or another account's is not shown. */
export type Unreadable = "absent" | "deleting" | "empty" | "foreign";

/** What is known of a secret that the config names. */
export type Sought = StoredSecret | Unreadable;

/** A secret of Secrets Manager, by name or ARN. */
export async function storedSecret(aws: Aws, snapshot: Snapshot, SecretId: string): Promise<Sought> {
  const found = await describedSecret(aws, snapshot, SecretId).catch((error: unknown) => {
    // A resource policy has to allow another account (Secrets Manager user guide, "Access Secrets Manager secrets from a different account").
    if (isForeign(aws, SecretId) && isDenied(error)) return "foreign" as const;
    throw error;
  });
  if (found === "foreign") return found;
  if (!found) return "absent";
  // "If it is not scheduled for deletion, this field is omitted" (Secrets Manager API Reference, DescribeSecret).
  if (found.DeletedDate !== undefined) return "deleting";
  const stages = Object.values(found.VersionIdsToStages ?? {}).flat();
  // ECS reads AWSCURRENT if the config names no version (Amazon ECS developer guide, "Pass Secrets Manager secrets").
  if (!stages.includes("AWSCURRENT")) return "empty";
  return {
    arn: answered(`the ARN of secret ${SecretId}`, found.ARN),
    kmsKey: isOfAws(found.KmsKeyId, "aws/secretsmanager") ? undefined : found.KmsKeyId,
    changedAt: found.LastChangedDate?.getTime(),
  };
}

/** Most values of a filter (Systems Manager API Reference, ParameterStringFilter), which is also the largest page. */
const MOST_NAMES = 50;

/** A parameter of SSM Parameter Store, which has one of these names; `arn` where the config gives it. All are asked for in one call. */
export async function storedParameter(
  aws: Aws,
  snapshot: Snapshot,
  names: readonly string[],
  arn: string | undefined,
): Promise<Sought> {
  if (arn !== undefined && isForeign(aws, arn)) return "foreign";
  const found = await Promise.all(
    names.map((name) => snapshot.batch("parameters", name, MOST_NAMES, (batch) => describedParameters(aws, batch))),
  );
  return found.find((one) => one !== undefined) ?? "absent";
}

async function describedParameters(aws: Aws, Values: string[]): Promise<ReadonlyMap<string, StoredSecret>> {
  const ParameterFilters = [{ Key: "Name", Option: "Equals", Values }];
  const found = await everyPage(async (NextToken) => {
    const command = new DescribeParametersCommand({ ParameterFilters, MaxResults: MOST_NAMES, NextToken });
    const page = await aws.ssm(command);
    return { items: page.Parameters, next: page.NextToken };
  });
  return new Map(
    found.map(({ Name: name = "", ARN, KeyId, LastModifiedDate }) => [
      name,
      {
        arn: ARN ?? parameterArn(aws, name),
        kmsKey: isOfAws(KeyId, "aws/ssm") ? undefined : KeyId,
        changedAt: LastModifiedDate?.getTime(),
      },
    ]),
  );
}

/** `arn:...:parameter/shop/db`, for `/shop/db`: "parameter" is followed by one slash whether the name begins with one or not. */
export const parameterArn = (
  { partition, region, account }: Pick<Aws, "partition" | "region" | "account">,
  name: string,
) => `arn:${partition}:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`;

/** Whether a name or ARN is of another account. */
const isForeign = ({ account }: Pick<Aws, "account">, given: string): boolean =>
  given.startsWith("arn:") && given.split(":")[4] !== account;

/**
 * Keys that AWS manages decrypt for everybody in the account who may read the secret, without a permission on the key (Secrets Manager user
 * guide, "Secret encryption and decryption"; SSM user guide, "AWS KMS encryption for Parameter Store SecureString parameters").
 */
const isOfAws = (key: string | undefined, alias: string): boolean =>
  key === undefined || key.replace(/^.*:?alias\//, "") === alias;
