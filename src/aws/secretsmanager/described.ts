import {
  DescribeSecretCommand,
  ListSecretVersionIdsCommand,
  type DescribeSecretCommandOutput,
} from "@aws-sdk/client-secrets-manager";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";

/** The code for a secret that does not exist. */
export const GONE = "ResourceNotFoundException";

/** A secret by name or ARN, without its value; `undefined` if there is none. One that is scheduled for deletion is described too. */
export const describedSecret = (
  aws: Aws,
  snapshot: Snapshot,
  SecretId: string,
): Promise<DescribeSecretCommandOutput | undefined> =>
  snapshot.once(`secret ${SecretId}`, () => absent(aws.secretsManager(new DescribeSecretCommand({ SecretId })), GONE));

/**
 * When the current value of a secret was set, in milliseconds. `LastChangedDate` is later than that if only a tag was changed: "the last date and
 * time that this secret was modified in any way" (Secrets Manager API Reference, DescribeSecret).
 */
export async function valueSetAt(aws: Aws, SecretId: string): Promise<number | undefined> {
  const versions = await everyPage(async (NextToken) => {
    const page = await aws.secretsManager(new ListSecretVersionIdsCommand({ SecretId, MaxResults: 100, NextToken }));
    return { items: page.Versions, next: page.NextToken };
  });
  return versions.find(({ VersionStages }) => VersionStages?.includes("AWSCURRENT"))?.CreatedDate?.getTime();
}
