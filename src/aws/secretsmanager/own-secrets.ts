// The secrets that `fairlead secret set` stores. They are no resources of the stack: the config only refers to them, and no reconcile or teardown
// deletes them. A tag of their own says whose they are, since whatever has the stack's owner tags is the stack's to delete.
import {
  CreateSecretCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  type DescribeSecretCommandOutput,
} from "@aws-sdk/client-secrets-manager";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { hasCode } from "../errors.ts";
import { markOf } from "../owner.ts";
import { awsIn } from "../failover-origin.ts";
import { isOfStack } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { tagList, tagsFrom, type Tags } from "../tags.ts";
import { describedSecret } from "./described.ts";
import { endReplication, ENDING, ownerOfSecret, primaryRegionOf, startReplica } from "./replication.ts";
import { scheduleDeletion } from "./schedule-deletion.ts";
import { RECOVERY_DAYS } from "./secret.ts";

/** Whose a secret is that a person stored. */
const OWNER_TAG = "fairlead:secret-of";

/** Who looks after a secret: a person, with `secret set`; the stack, which generated it; or neither. */
export type Keeper = "set" | "generated" | "other";

/** A secret whose name begins with that of the stack. */
export interface OwnSecret {
  /** Without the stack's name: `API_KEY`. */
  readonly name: string;
  readonly arn: string;
  readonly keeper: Keeper;
  /** The region of the secret that it is a replica of; `undefined` for one of its own. */
  readonly replicaOf: string | undefined;
  /** When it was last changed in any way, in milliseconds. */
  readonly changedAt: number | undefined;
}

/** A value, and the id of the version that it becomes: a call that is repeated after a lost response makes no second one. */
export interface NewValue {
  readonly value: string;
  /** 32 to 64 characters. */
  readonly token: string;
}

/** What storing a value did. */
export interface Stored {
  readonly arn: string;
  readonly what: "created" | "updated" | "restored";
}

/** A secret of that name belongs to someone else, or is in the way. */
export class NotOwn extends Error {
  override readonly name = "NotOwn";
}

const ownerMark = ({ owner }: Pick<Aws, "owner">): string => markOf(owner, "").replace(/:$/, "");

/** A mark without its region: a replica has the tags of its primary, also once it is a secret of its own. */
const inAnyRegion = (mark: string): string => mark.slice(0, mark.lastIndexOf("/"));

function keeperOf(aws: Aws, tags: Tags): Keeper {
  const setBy = tags[OWNER_TAG];
  if (setBy !== undefined && inAnyRegion(setBy) === inAnyRegion(ownerMark(aws))) return "set";
  const owner = ownerOfSecret(aws, tags);
  return owner !== undefined && isOfStack(aws, owner) ? "generated" : "other";
}

/** Stores a value: in a new secret, or as a new version of the one that exists. The value is passed to AWS and to nobody else. */
export async function storeOwnSecret(aws: Aws, name: string, secret: NewValue, tags: Tags): Promise<Stored> {
  const { value, token: ClientRequestToken } = secret;
  const before = await describedSecret(aws, new Snapshot(), name);
  if (before) return storeIn(aws, name, secret, before);
  const Tags = tagList({ Name: name, ...tags, [OWNER_TAG]: ownerMark(aws) });
  const create = new CreateSecretCommand({ Name: name, SecretString: value, ClientRequestToken, Tags });
  try {
    const { ARN = "" } = await aws.secretsManager(create, { secret: value });
    return { arn: ARN, what: "created" };
  } catch (error) {
    // Another terminal created it a moment ago. The last value counts.
    const since = hasCode(error, "ResourceExistsException")
      ? await describedSecret(aws, new Snapshot(), name)
      : undefined;
    if (!since) throw error;
    return storeIn(aws, name, secret, since);
  }
}

async function storeIn(
  aws: Aws,
  name: string,
  { value, token: ClientRequestToken }: NewValue,
  found: DescribeSecretCommandOutput,
): Promise<Stored> {
  if (keeperOf(aws, tagsFrom(found.Tags)) === "other")
    throw new NotOwn(
      `Secret ${name} exists and was not created by fairlead secret set or by this stack. Its value was not changed.`,
    );
  const primary = primaryRegionOf(aws, found);
  if (primary !== undefined)
    throw new NotOwn(
      `Secret ${name} in ${aws.region} is a replica of that in ${primary}, and its value is set there: leave out --region. If ${primary} is down, first make it a secret of its own: ${awsCommand(["secretsmanager", "stop-replication-to-replica", "--secret-id", name], aws)}. Its value was not changed.`,
    );
  const isDeleted = found.DeletedDate !== undefined;
  if (isDeleted) await aws.secretsManager(new RestoreSecretCommand({ SecretId: name }));
  const put = new PutSecretValueCommand({ SecretId: name, SecretString: value, ClientRequestToken });
  const { ARN = found.ARN ?? "" } = await aws.secretsManager(put, { secret: value });
  return { arn: ARN, what: isDeleted ? "restored" : "updated" };
}

/** The secrets whose names begin with that of the stack, in alphabetical order. */
export async function ownSecrets(aws: Aws, prefix: string): Promise<OwnSecret[]> {
  const found = await everyPage(async (NextToken) => {
    const Filters = [{ Key: "name" as const, Values: [prefix] }];
    const page = await aws.secretsManager(new ListSecretsCommand({ Filters, MaxResults: 100, NextToken }));
    return { items: page.SecretList, next: page.NextToken };
  });
  return found
    .flatMap(({ Name = "", ARN = "", Tags, LastChangedDate, PrimaryRegion }) =>
      // The filter is not case sensitive (Secrets Manager API Reference, Filter).
      Name.startsWith(prefix)
        ? [
            {
              name: Name.slice(prefix.length),
              arn: ARN,
              keeper: keeperOf(aws, tagsFrom(Tags)),
              replicaOf: primaryRegionOf(aws, { PrimaryRegion }),
              changedAt: LastChangedDate?.getTime(),
            },
          ]
        : [],
    )
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** A secret of the stack that can be deleted; `undefined` if there is none. */
export async function ownSecret(
  aws: Aws,
  name: string,
): Promise<(Pick<OwnSecret, "arn" | "keeper" | "replicaOf"> & { replicas: string[] }) | undefined> {
  const found = await describedSecret(aws, new Snapshot(), name);
  if (!found || found.DeletedDate !== undefined) return undefined;
  const keeper = keeperOf(aws, tagsFrom(found.Tags));
  const replicas = found.ReplicationStatus?.flatMap(({ Region }) => Region ?? []) ?? [];
  return { arn: found.ARN ?? "", keeper, replicaOf: primaryRegionOf(aws, found), replicas };
}

/**
 * Replicates one of the stack's own secrets to another of its regions. Answers whether a replica is there or on its way; not where that region has a
 * secret of its own of that name.
 */
export async function replicateOwnSecret(aws: Aws, region: string, name: string): Promise<boolean> {
  const there = awsIn(aws, region);
  const found = await describedSecret(there, new Snapshot(), name);
  if (found) return primaryRegionOf(there, found) === aws.region;
  await startReplica(there, aws.region, name, false);
  return true;
}

/** Deletes the replicas of a secret and schedules it for deletion; returns when it will be gone for good, in milliseconds. */
export async function removeOwnSecret(aws: Aws, SecretId: string, replicas: string[]): Promise<number | undefined> {
  if (replicas.length > 0) await endReplication(aws, SecretId, replicas);
  return (await scheduleDeletion(aws, SecretId, RECOVERY_DAYS, ENDING))?.getTime();
}
