import { DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { hasCode } from "../errors.ts";
import { describedSecret } from "./described.ts";

/** The code for a secret that is scheduled for deletion (Secrets Manager API Reference, DeleteSecret, errors), which other refusals have too. */
export const SCHEDULED = "InvalidRequestException";

/**
 * Schedules a secret for deletion in `days`; returns when that is over. One that is scheduled already stays so: a delete whose response was lost is
 * repeated, and what the secret is decides then, since no document has the words of the refusal.
 */
export async function scheduleDeletion(
  aws: Aws,
  SecretId: string,
  days: number,
  notYet: readonly NotYet[],
): Promise<Date | undefined> {
  const command = new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: days });
  try {
    return (await aws.secretsManager(command, { notYet })).DeletionDate;
  } catch (error) {
    if (!hasCode(error, SCHEDULED)) throw error;
    const found = await describedSecret(aws, new Snapshot(), SecretId);
    if (found?.DeletedDate === undefined) throw error;
    return found.DeletedDate;
  }
}
