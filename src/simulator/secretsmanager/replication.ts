import type {
  RemoveRegionsFromReplicationCommandInput,
  RemoveRegionsFromReplicationCommandOutput,
  ReplicateSecretToRegionsCommandInput,
  ReplicateSecretToRegionsCommandOutput,
  ReplicationStatusType,
  StopReplicationToReplicaCommandInput,
  StopReplicationToReplicaCommandOutput,
} from "@aws-sdk/client-secrets-manager";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import {
  contentOf,
  ON_REPLICA,
  ownSecret,
  replicasOf,
  secretIn,
  secrets,
  simIn,
  usableSecret,
  type SimSecret,
} from "./records.ts";

const PARAMETER = "InvalidParameterException";

/** The status is that of the primary alone: moto has none for a replica (secretsmanager/models.py, ReplicaSecret). */
export const statusesOf = (sim: Sim, secret: SimSecret): ReplicationStatusType[] =>
  replicasOf(sim, secret).map(([Region, { at, failed }]) => ({
    Region,
    KmsKeyId: "alias/aws/secretsmanager",
    Status: at > sim.now ? "InProgress" : failed === undefined ? "InSync" : "Failed",
    ...(at > sim.now ? {} : { StatusMessage: failed ?? "Replication succeeded" }),
  }));

/** What lists say of replication: nothing of a secret that has none (rebuy-de/aws-nuke#1127). */
export const primaryOf = (sim: Sim, secret: SimSecret) => {
  const PrimaryRegion = secret.replicaOf ?? (replicasOf(sim, secret).length > 0 ? sim.region : undefined);
  return PrimaryRegion === undefined ? {} : { PrimaryRegion };
};

/** Passes what was changed of a primary on to its replicas. */
export function propagate(sim: Sim, secret: SimSecret): void {
  for (const [region, { failed }] of replicasOf(sim, secret)) {
    const copy = secrets(simIn(sim, region))[secret.name];
    if (failed !== undefined || copy?.replicaOf !== sim.region) continue;
    copy.coming = [...(copy.coming ?? []), { at: sim.in(TIMING.replication), content: contentOf(secret) }];
  }
}

/**
 * Begins to replicate to one region: "By default, secrets aren't overwritten" (Secrets Manager API Reference, ReplicateSecretToRegions). Whether one
 * that is scheduled for deletion is overwritten is documented nowhere, so it is not.
 */
function begin(sim: Sim, secret: SimSecret, region: string, overwrites: boolean): void {
  const there = simIn(sim, region);
  const at = sim.in(TIMING.replication);
  const inTheWay = secretIn(there, secret.name);
  const taken = inTheWay !== undefined && (!overwrites || inTheWay.deletedDate !== undefined);
  secret.replicas = {
    ...secret.replicas,
    // The words of the model's example (botocore secretsmanager, ReplicationStatusType).
    [region]: { at, ...(taken && { failed: "Secret with this name already exists in this region" }) },
  };
  if (taken) return;
  secrets(there)[secret.name] = {
    ...contentOf(secret),
    name: secret.name,
    // "The ARN for a replicated secret is the same as the primary secret except for the Region" (Secrets Manager user guide).
    arn: secret.arn.replace(`:${sim.region}:`, `:${region}:`),
    createdAt: sim.now,
    replicaOf: sim.region,
    arrivesAt: at,
    visibleAt: at,
  };
}

export const replication: Operations = {
  ReplicateSecretToRegions(
    input: ReplicateSecretToRegionsCommandInput,
    sim,
  ): Answer<ReplicateSecretToRegionsCommandOutput> {
    onlyKnown("ReplicateSecretToRegions", input, "SecretId", "AddReplicaRegions", "ForceOverwriteReplicaSecret");
    const secret = ownSecret(usableSecret(sim, input.SecretId));
    const statuses = statusesOf(sim, secret);
    for (const { Region: region = "", ...others } of input.AddReplicaRegions ?? []) {
      onlyKnown("AddReplicaRegions of ReplicateSecretToRegions", others);
      // moto, secretsmanager/models.py, create_replicas.
      if (region === sim.region) refuse(PARAMETER, "Invalid replica region.");
      // AWS documents neither that it refuses this nor its words. One that failed can be tried again (the console's "Retry replication").
      if (statuses.some(({ Region, Status }) => Region === region && Status !== "Failed"))
        refuse(PARAMETER, `Secret is already replicated to region ${region}.`);
    }
    for (const { Region = "" } of input.AddReplicaRegions ?? [])
      begin(sim, secret, Region, input.ForceOverwriteReplicaSecret ?? false);
    return { ARN: secret.arn, ReplicationStatus: statusesOf(sim, secret) };
  },

  /** "When you delete a replica, it is deleted immediately" (Secrets Manager API Reference, DeleteSecret). */
  RemoveRegionsFromReplication(
    input: RemoveRegionsFromReplicationCommandInput,
    sim,
  ): Answer<RemoveRegionsFromReplicationCommandOutput> {
    const secret = ownSecret(usableSecret(sim, input.SecretId));
    for (const region of input.RemoveReplicaRegions ?? []) {
      const replica = secret.replicas?.[region];
      if (!replica) continue;
      const there = simIn(sim, region);
      if (secrets(there)[secret.name]?.replicaOf === sim.region) delete secrets(there)[secret.name];
      replica.endsAt = sim.in(TIMING.replication);
    }
    return { ARN: secret.arn, ReplicationStatus: statusesOf(sim, secret) };
  },

  StopReplicationToReplica(
    input: StopReplicationToReplicaCommandInput,
    sim,
  ): Answer<StopReplicationToReplicaCommandOutput> {
    const seen = usableSecret(sim, input.SecretId);
    // No document has its words.
    if (seen.replicaOf === undefined) refuse(PARAMETER, "The secret is not a replica.");
    const primary = secrets(simIn(sim, seen.replicaOf))[seen.name]?.replicas?.[sim.region];
    if (primary) primary.endsAt = sim.in(TIMING.replication);
    const { replicaOf: _region, coming: _coming, arrivesAt: _arrival, ...promoted } = seen;
    secrets(sim)[seen.name] = { ...promoted, changedAt: sim.now };
    return { ARN: seen.arn };
  },
};

/** A secret whose deletion its replication does not prevent. */
export function demandUnreplicated(sim: Sim, secret: SimSecret): void {
  if (secret.replicaOf !== undefined) refuse(PARAMETER, ON_REPLICA);
  const regions = replicasOf(sim, secret).map(([region]) => region);
  // In the words that users quote (rebuy-de/aws-nuke#1127; moto's secretsmanager/models.py).
  if (regions.length > 0)
    refuse(PARAMETER, `You can't delete secret ${secret.arn} that still has replica regions [${regions.join(", ")}].`);
}

/** A name that a replica is on its way to is taken as well. */
export const isTaken = (sim: Sim, name: string): boolean => secrets(sim)[name] !== undefined;
