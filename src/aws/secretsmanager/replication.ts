// Replication of the secrets of a stack in two regions: the first region's stack has the primary, the second one's the replica. A replica "can't be
// updated independently from its primary secret, except for its encryption key" (Secrets Manager user guide, "Promote a replica secret to a
// standalone secret"), so that it has the primary's tags, the region in its owner mark included.
import {
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  StopReplicationToReplicaCommand,
  type DescribeSecretCommandOutput,
} from "@aws-sdk/client-secrets-manager";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { awsCommand } from "../command-line.ts";
import { hasCode, messageOf } from "../errors.ts";
import { awsIn } from "../failover-origin.ts";
import { isOfStack } from "../owned.ts";
import { ownerOf, tagsFrom, tagsOfRegion, type Tags } from "../tags.ts";
import { describedSecret } from "./described.ts";
import { scheduleDeletion } from "./schedule-deletion.ts";

type Described = DescribeSecretCommandOutput;

const REFUSED = "InvalidParameterException";

/**
 * Refusals until the end of a replication has got about, in the words that users quote (rebuy-de/aws-nuke#1127, moto's secretsmanager/models.py). No
 * document says how long that takes.
 */
export const ENDING: readonly NotYet[] = [
  { code: REFUSED, says: "still has replica regions", budget: 120 },
  { code: REFUSED, says: "Operation not permitted on a replica secret", budget: 120 },
];

const REPLICATED = /still has replica regions/;

/** The region of the primary, of a secret that is a replica; `undefined` of any other. A primary with replicas has its own region there. */
export const primaryRegionOf = (
  { region }: Pick<Aws, "region">,
  { PrimaryRegion }: Pick<Described, "PrimaryRegion">,
): string | undefined => (PrimaryRegion === region ? undefined : PrimaryRegion);

/** The owner mark of a secret: that of the stack's own, where replication has brought the tags from its other region. */
export function ownerOfSecret(aws: Aws, tags: Tags): string | undefined {
  const own = ownerOf(tagsOfRegion(tags, aws.region));
  return own !== undefined && isOfStack(aws, own) ? own : ownerOf(tags);
}

/** The id of the version that tasks get. */
export const currentVersion = ({ VersionIdsToStages = {} }: Described): string | undefined =>
  Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes("AWSCURRENT"))?.[0];

/**
 * Whether two secrets have the same value, as far as can be known without reading it: versions have ids that nobody uses twice, and a replica has
 * those of its primary. Where AWS gave it others, they are taken for different, and a person decides.
 */
export const haveSameValue = (one: Described, other: Described): boolean =>
  currentVersion(one) !== undefined && currentVersion(one) === currentVersion(other);

/** The command that replaces a secret in `region` by a replica of that in `primary`. */
export const overwriteCommand = (name: string, primary: string, region: string): string =>
  awsCommand(
    [
      "secretsmanager",
      "replicate-secret-to-regions",
      "--secret-id",
      name,
      "--add-replica-regions",
      `Region=${region}`,
      "--force-overwrite-replica-secret",
    ],
    { region: primary },
  );

/** Why a secret does not become a replica, and what to do. */
export const conflictText = (name: string, primary: string, region: string): string =>
  `Secret ${name} exists in ${region} with a value of its own, so it cannot become a replica of that in ${primary}. To replace its value by that of ${primary}, which ends what was signed or encrypted with it in ${region} alone: ${overwriteCommand(name, primary, region)}. To keep its value, store it in ${primary} first (docs/regions.md in the fairlead package).`;

/** How far a replica is. */
interface Progress {
  /** Its ARN, once tasks can read it. */
  readonly arn?: string | undefined;
  readonly failed?: string | undefined;
  readonly isUnderWay?: boolean;
}

async function progressOf(aws: Aws, primary: string, name: string): Promise<Progress> {
  const [here, there] = await Promise.all([
    describedSecret(aws, new Snapshot(), name),
    describedSecret(awsIn(aws, primary), new Snapshot(), name),
  ]);
  // The status stands with the primary (Secrets Manager API Reference, DescribeSecret, ReplicationStatus).
  const status = there?.ReplicationStatus?.find(({ Region }) => Region === aws.region);
  const isReplica = here !== undefined && primaryRegionOf(aws, here) === primary;
  if (isReplica && currentVersion(here) !== undefined && status?.Status !== "InProgress") return { arn: here.ARN };
  if (status?.Status === "Failed") return { failed: status.StatusMessage ?? "AWS does not say why" };
  return { isUnderWay: status !== undefined };
}

/** Asks for a replica in the region of `aws`; `overwrites`: of a secret of that name there. */
export async function startReplica(aws: Aws, primary: string, name: string, overwrites: boolean): Promise<void> {
  const command = new ReplicateSecretToRegionsCommand({
    SecretId: name,
    AddReplicaRegions: [{ Region: aws.region }],
    ...(overwrites && { ForceOverwriteReplicaSecret: true }),
  });
  await awsIn(aws, primary)
    .secretsManager(command)
    .catch(async (error: unknown) => {
      // A repeated call after a lost response, or another run was first.
      if (hasCode(error, "InvalidParameterException", "InvalidRequestException")) {
        const { arn, isUnderWay } = await progressOf(aws, primary, name);
        if (arn !== undefined || isUnderWay) return;
      }
      throw error;
    });
}

/**
 * Takes the next step towards a replica of `name` in the region of `aws`: undefined until it is there, then its ARN. A secret of that name in this
 * region is overwritten if it is the stack's and has the same value, and otherwise refused.
 */
export function towardsReplica(aws: Aws, primary: string, name: string): () => Promise<string | undefined> {
  let isAsked = false;
  return async () => {
    const { arn, failed, isUnderWay } = await progressOf(aws, primary, name);
    if (arn !== undefined) return arn;
    if (isUnderWay) return undefined;
    if (failed !== undefined && isAsked)
      throw new Error(
        `Secret ${name} was not replicated from ${primary} to ${aws.region}: ${failed}. Once that is mended, run again.`,
      );
    const overwrites = await isOverwritten(aws, primary, name);
    await startReplica(aws, primary, name, overwrites);
    isAsked = true;
    return undefined;
  };
}

/** Whether there is a secret in the way that has the same value. One that is scheduled for deletion is restored: nothing is lost by that. */
async function isOverwritten(aws: Aws, primary: string, name: string): Promise<boolean> {
  const here = await describedSecret(aws, new Snapshot(), name);
  if (!here) return false;
  const there = await describedSecret(awsIn(aws, primary), new Snapshot(), name);
  const owner = ownerOfSecret(aws, tagsFrom(here.Tags));
  if (owner === undefined || !isOfStack(aws, owner) || !there || !haveSameValue(here, there))
    throw new Error(conflictText(name, primary, aws.region));
  if (here.DeletedDate !== undefined) await aws.secretsManager(new RestoreSecretCommand({ SecretId: name }));
  return true;
}

/** Makes a replica a secret of its own, in the replica's region. Its ARN and its value stay. */
export async function promoteReplica(aws: Aws, SecretId: string): Promise<void> {
  await aws.secretsManager(new StopReplicationToReplicaCommand({ SecretId })).catch(async (error: unknown) => {
    const found = await describedSecret(aws, new Snapshot(), SecretId);
    // A repeated call after a lost response.
    if (!found || primaryRegionOf(aws, found) === undefined) return;
    throw error;
  });
}

/**
 * Schedules a secret for deletion, whatever replication it is part of: a replica becomes a secret of its own before, since it "can't be deleted
 * directly", and so do the replicas of a primary, whose tasks still read them ("You can't delete a primary secret that is replicated to other
 * Regions", Secrets Manager API Reference, DeleteSecret).
 */
export async function deleteReplicated(aws: Aws, SecretId: string, days: number): Promise<void> {
  try {
    await scheduleDeletion(aws, SecretId, days, []);
  } catch (error) {
    const found = hasCode(error, REFUSED) ? await describedSecret(aws, new Snapshot(), SecretId) : undefined;
    if (!found) throw error;
    if (found.DeletedDate) return;
    if (primaryRegionOf(aws, found) !== undefined) await promoteReplica(aws, SecretId);
    else if (REPLICATED.test(messageOf(error))) await freeReplicas(aws, SecretId, found);
    else throw error;
    await scheduleDeletion(aws, SecretId, days, ENDING);
  }
}

async function freeReplicas(aws: Aws, SecretId: string, { ReplicationStatus = [] }: Described): Promise<void> {
  for (const { Region = "", Status } of ReplicationStatus) {
    const there = awsIn(aws, Region);
    const copy = await describedSecret(there, new Snapshot(), SecretId);
    if (copy && primaryRegionOf(there, copy) === aws.region) await promoteReplica(there, SecretId);
    // Where it failed there is none, and only its status is in the way.
    else if (Status === "Failed") await endReplication(aws, SecretId, [Region]);
  }
}

/** Deletes replicas, at once, from the primary's region. */
export async function endReplication(aws: Aws, SecretId: string, RemoveReplicaRegions: string[]): Promise<void> {
  await aws.secretsManager(new RemoveRegionsFromReplicationCommand({ SecretId, RemoveReplicaRegions }));
}
