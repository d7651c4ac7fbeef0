// A deleted secret keeps its name, its ARN and its value for the recovery window: a create under that name restores it. Its value is written
// at the create and, where it has a greatest age, once it is older; nothing here reads it. In two regions, that of the second one may be a replica.
import {
  CreateSecretCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import { Busy, type Making, type Updating } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import { answered } from "../answer.ts";
import type { Arn, Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { awsCommand } from "../command-line.ts";
import { defineKind } from "../define-kind.ts";
import { absent, hasCode } from "../errors.ts";
import { awsIn } from "../failover-origin.ts";
import { byName } from "../named.ts";
import { isOfStack, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { describedSecret, GONE, valueSetAt } from "./described.ts";
import { descriptionOf, lengthIn, valueFrom } from "./generated-value.ts";
import {
  currentVersion,
  ENDING,
  deleteReplicated,
  ownerOfSecret,
  primaryRegionOf,
  promoteReplica,
  towardsReplica,
} from "./replication.ts";
import { SCHEDULED } from "./schedule-deletion.ts";
import { ownerOf, tagChanges, tagList, tagsFrom, tagsOfRegion, type Tags } from "../tags.ts";

export interface SecretSpec {
  /** `shop-prod/SESSION_KEY`: letters, digits and / _ + = . @ -, without a hyphen and six characters at the end. */
  name: string;
  /** How many letters and digits the value has that is generated when the secret is created. */
  length: number;
  /**
   * From how many days on an update replaces the value. Secrets Manager rotates by itself only with a Lambda function (Secrets Manager API
   * Reference, RotateSecret; managed rotation is for secrets of AWS's services).
   */
  maxAgeDays: number | undefined;
  /** The region of the secret that this one is a replica of; `undefined` for a secret of its own. */
  replicaOf: string | undefined;
  tags: Tags;
}

export interface SecretAttrs {
  name: string;
  /** With the six random characters that AWS adds to the name. */
  arn: string;
}

/** Days until a deleted secret is gone for good, during which its name is taken: the fewest (Secrets Manager API Reference, DeleteSecret). */
export const RECOVERY_DAYS = 7;

/**
 * A secret of that name was deleted without a recovery window a moment ago: "there might be a short delay before the secret is permanently
 * deleted ... use appropriate back off and retry logic" (the same, ForceDeleteWithoutRecovery).
 */
const FORCED: readonly NotYet[] = [{ code: SCHEDULED, says: "scheduled for deletion", budget: 60 }];

export const Secret = defineKind<SecretSpec, SecretAttrs>({
  type: "secretsmanager/secret",
  fields: {
    name: { immutable: true, unique: true },
    length: { ignoreChanges: true },
    // AWS has its age: within bounds it is as desired, and the value that an update would set has none.
    maxAgeDays: { planned: (most = 0, age = 0) => (age < most ? age : 0) },
    replicaOf: {},
    tags: {},
  },
  traits: { holdsData: true },
  inventory: { idIn: nameIn, lists: "receipt" },

  async observe(aws, look) {
    const found = await byName(look, (name) => describedSecret(aws, look.snapshot, name));
    if (!found || found.DeletedDate !== undefined) return undefined;
    const { $metadata: _metadata, ...settings } = found;
    const tags = tagsFrom(found.Tags);
    const replicaOf = primaryRegionOf(aws, found);
    const owner = ownerOfSecret(aws, tags);
    const name = answered("the name of a secret", found.Name);
    return {
      id: name,
      attrs: { name, arn: answered(`the ARN of secret ${name}`, found.ARN) },
      spec: {
        name,
        length: lengthIn(found.Description) ?? look.spec.length,
        maxAgeDays: look.spec.maxAgeDays === undefined ? undefined : await ageOf(aws, name),
        replicaOf,
        // A replica has those of its primary, which the other region's stack keeps.
        tags: replicaOf !== undefined && owner !== ownerOf(tags) ? (look.spec.tags ?? tags) : tags,
      },
      owner,
      unmanaged: some(unmanagedIn(settings, USUAL)),
      // A replica is there before its value is.
      ready: replicaOf === undefined || currentVersion(found) !== undefined,
    };
  },

  async list(aws) {
    const found = await everyPage(async (NextToken) => {
      const Filters = [{ Key: "name" as const, Values: [`${aws.stack}/`] }];
      const page = await aws.secretsManager(new ListSecretsCommand({ Filters, MaxResults: 100, NextToken }));
      return { items: page.SecretList, next: page.NextToken };
    });
    return ownedAmong(
      aws,
      // A replica, and what was one, has the region of its primary there.
      found.map(({ Name: id = "", Tags: list }) => ({
        id,
        tags: async () => tagsOfRegion(tagsFrom(list), aws.region),
      })),
    );
  },

  async create(aws, spec, making) {
    const { name, replicaOf } = spec;
    const arn =
      replicaOf === undefined
        ? await createdSecret(aws, spec, making)
        : await making.until(await replicaFrom(awsIn(aws, replicaOf), aws, spec, making));
    await making.created(name);
    return { id: name, attrs: { name, arn: arn ?? "" } };
  },

  async update(aws, { id: SecretId, spec: now }, spec, changed, updating) {
    if (changed.has("replicaOf") && spec.replicaOf !== undefined)
      return becomeReplica(aws, SecretId, spec.replicaOf, updating);
    if (changed.has("replicaOf")) await promoteReplica(aws, SecretId);
    if (spec.replicaOf !== undefined) return undefined;
    if (changed.has("maxAgeDays") && updating?.secret !== undefined) {
      // A greatest age that was just set says nothing of how old the value is.
      const age = spec.maxAgeDays === undefined ? 0 : ((await ageOf(aws, SecretId)) ?? 0);
      if (spec.maxAgeDays !== undefined && age >= spec.maxAgeDays) {
        await renew(aws, SecretId, now.length ?? spec.length, updating.secret);
        updating.note("It has a new value. Tasks that run keep the old one: fairlead secret restart replaces them.");
      }
    }
    const before = changed.has("replicaOf") ? tagsOfRegion(spec.tags, now.replicaOf ?? aws.region) : (now.tags ?? {});
    await retag(aws, SecretId, spec.tags, before);
    return undefined;
  },

  async delete(aws, { id: SecretId }) {
    await absent(deleteReplicated(aws, SecretId, RECOVERY_DAYS), GONE);
  },
});

/** Creates the secret, or restores the one of that name; returns its ARN. */
async function createdSecret(aws: Aws, spec: SecretSpec, making: Making): Promise<string | undefined> {
  const { name, length, tags } = spec;
  const value = valueFrom(making.secret, length);
  const command = new CreateSecretCommand({
    Name: name,
    Description: descriptionOf(length),
    SecretString: value,
    // 32 to 64 characters. The SDK would fill in a random one, so that a repeated call could not be told from a second one.
    ClientRequestToken: making.token.padEnd(32, "0"),
    Tags: tagList(tags),
  });
  const send = (notYet: readonly NotYet[]) => aws.secretsManager(command, { once: true, secret: value, notYet });
  return send([]).then(
    ({ ARN }) => ARN,
    async (error: unknown) => {
      if (!hasCode(error, SCHEDULED, EXISTS)) throw error;
      const found = await describedSecret(aws, new Snapshot(), name);
      // It was deleted for good in the meantime, or will be in a moment.
      if (!found) return (await send(FORCED)).ARN;
      if (found.DeletedDate === undefined) throw error;
      return restored(aws, spec, tagsFrom(found.Tags));
    },
  );
}

/**
 * The steps to a replica of the secret that the stack has in the region of `there`. `reconcile` begins with the second region, so that the primary
 * may not exist yet: it is created as the first region's stack would, which finds it by its name and owner tags.
 */
async function replicaFrom(there: Aws, here: Aws, spec: SecretSpec, making: Making) {
  const primary = { ...spec, replicaOf: undefined, tags: tagsOfRegion(spec.tags, there.region) };
  const found = await describedSecret(there, new Snapshot(), spec.name);
  const owner = found && ownerOf(tagsFrom(found.Tags));
  if (!found || found.DeletedDate !== undefined)
    await createdSecret(there, primary, making).catch(async (error: unknown) => {
      // The response of the create was lost, or a run in the other region was first.
      const since = await describedSecret(there, new Snapshot(), spec.name);
      const isMade = since?.DeletedDate === undefined && ownerOf(tagsFrom(since?.Tags)) === ownerOf(primary.tags);
      if (!since || !isMade) throw error;
    });
  else if (owner === undefined || !isOfStack(there, owner))
    throw new Error(
      `Secret ${spec.name} in ${there.region} is not the stack's, so it was not replicated to ${here.region}. Delete it, or give the variable another name.`,
    );
  return towardsReplica(here, there.region, spec.name);
}

/** Links a secret to its primary again, if both have the same value. */
async function becomeReplica(
  aws: Aws,
  name: string,
  primary: string,
  updating: Updating | undefined,
): Promise<Partial<SecretAttrs>> {
  const there = awsIn(aws, primary);
  const found = await describedSecret(there, new Snapshot(), name);
  if (found?.DeletedDate !== undefined) await there.secretsManager(new RestoreSecretCommand({ SecretId: name }));
  const next = towardsReplica(aws, primary, name);
  const arn = await (updating?.until ? updating.until(next) : next());
  if (arn === undefined) throw new Busy(`AWS has not replicated ${name} from ${primary} yet.`);
  return { arn };
}

/** How many whole days ago the current value was set. */
async function ageOf(aws: Aws, name: string): Promise<number> {
  const setAt = await valueSetAt(aws, name);
  return setAt === undefined ? 0 : Math.max(0, Math.floor((aws.now() - setAt) / DAY));
}

const DAY = 86_400_000;

/** Makes a new value the current one. Secrets Manager keeps the one before it as AWSPREVIOUS. A repeated call makes no third one. */
async function renew(aws: Aws, SecretId: string, length: number, randomness: string): Promise<void> {
  const value = valueFrom(randomness, length);
  const ClientRequestToken = valueFrom(`${randomness} token`, 32);
  const command = new PutSecretValueCommand({ SecretId, SecretString: value, ClientRequestToken });
  await aws.secretsManager(command, { secret: value, notYet: ENDING });
}

/** The refusal of a second secret of a name; moto has it for one in its recovery window too. */
const EXISTS = "ResourceExistsException";

/**
 * Brings back the secret of that name, if it is the stack's: with the value that it had, by which stored data may be encrypted. Returns its
 * ARN.
 */
async function restored(aws: Aws, { name, tags }: SecretSpec, before: Tags): Promise<string | undefined> {
  const owner = ownerOf(before);
  if (owner === undefined || !isOfStack(aws, owner)) {
    const now = awsCommand(
      ["secretsmanager", "delete-secret", "--secret-id", name, "--force-delete-without-recovery"],
      aws,
    );
    const whose = owner === undefined ? "has no owner tags of Fairlead" : `belongs to ${owner}`;
    throw new Error(
      `Secret ${name} ${whose} and is scheduled for deletion, and its name stays taken until then. It was not restored. To delete it for good now: ${now}`,
    );
  }
  const { ARN } = await aws.secretsManager(new RestoreSecretCommand({ SecretId: name }));
  await retag(aws, name, tags, before);
  return ARN;
}

async function retag(aws: Aws, SecretId: string, tags: Tags, before: Tags): Promise<void> {
  const { write, remove } = tagChanges(tags, before);
  if (Object.keys(write).length > 0)
    await aws.secretsManager(new TagResourceCommand({ SecretId, Tags: tagList(write) }), { notYet: ENDING });
  if (remove.length > 0)
    await aws.secretsManager(new UntagResourceCommand({ SecretId, TagKeys: remove }), { notYet: ENDING });
}

/** The name in an ARN, without the six characters that AWS adds. */
function nameIn({ service, resource, text }: Arn, { region }: Pick<Aws, "region">): string | undefined {
  // A replica elsewhere has the tags of its primary, and is not the stack's of this region.
  if (text.split(":")[3] !== region) return undefined;
  const [, name] = /^secret:(.+)-[^-]{6}$/.exec(resource) ?? [];
  return service === "secretsmanager" ? name : undefined;
}

/** What Fairlead or Secrets Manager sets. */
const USUAL: Usual = {
  ARN: SET,
  Name: SET,
  Description: SET,
  CreatedDate: SET,
  LastChangedDate: SET,
  LastAccessedDate: SET,
  Tags: SET,
  VersionIdsToStages: SET,
  PrimaryRegion: SET,
  // The other region of the stack says which replica it wants; those of others stay.
  ReplicationStatus: SET,
};
