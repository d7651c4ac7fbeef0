import type {
  CreateSecretCommandInput,
  CreateSecretCommandOutput,
  DeleteSecretCommandInput,
  DeleteSecretCommandOutput,
  DescribeSecretCommandInput,
  DescribeSecretCommandOutput,
  ListSecretsCommandInput,
  ListSecretsCommandOutput,
  ListSecretVersionIdsCommandInput,
  ListSecretVersionIdsCommandOutput,
  PutSecretValueCommandInput,
  PutSecretValueCommandOutput,
  RestoreSecretCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateSecretCommandInput,
} from "@aws-sdk/client-secrets-manager";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import { changing, visible, type Answer, type Operations, type Sim } from "../sim.ts";
import { tagList, tagsOfInput, withoutTags, withTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import {
  deletedSecrets,
  expire,
  findSecret,
  MARKED,
  ownSecret,
  secretIn,
  secrets,
  seenSecret,
  usableSecret,
  type SimSecret,
} from "./records.ts";
import { demandUnreplicated, isTaken, propagate, replication, primaryOf, statusesOf } from "./replication.ts";

const DAY = 86_400_000;
/** From a forced deletion, which "performs the actual deletion with an asynchronous background process", until the name is free. */
const FORCED = 5_000;

const TAGS = "InvalidParameterException";

/**
 * Adds a version, which becomes AWSCURRENT. "If a version with this value already exists and the version of the SecretString and SecretBinary
 * values are the same as those in the request, then the request is ignored"; otherwise it fails (Secrets Manager API Reference,
 * PutSecretValue, ClientRequestToken).
 */
function addVersion(sim: Sim, secret: SimSecret, id: string, value: string): void {
  const before = secret.versions.find((version) => version.id === id);
  if (before) {
    if (before.value === value) return;
    refuse("ResourceExistsException", "You can't use ClientRequestToken again with a different secret value.");
  }
  // "Secrets Manager removes AWSPREVIOUS from the version that had it" and moves both labels on (the same, "staging labels").
  for (const version of secret.versions) {
    if (version.stages.includes("AWSCURRENT")) version.stages = ["AWSPREVIOUS"];
    else version.stages = version.stages.filter((stage) => stage !== "AWSPREVIOUS");
  }
  secret.versions.push({ id, value, createdAt: sim.now, stages: ["AWSCURRENT"] });
  secret.changedAt = sim.now;
}

const described = (sim: Sim, secret: SimSecret) => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  CreatedDate: new Date(secret.createdAt),
  LastChangedDate: new Date(secret.changedAt),
  Tags: tagList(secret.tags),
  ...primaryOf(sim, secret),
});

const stagesOf = ({ versions }: SimSecret) =>
  Object.fromEntries(versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]));

/** Secrets Manager, as far as Fairlead calls it. Values can be written and not read: GetSecretValue is not among its calls. */
export const secretsManager: Operations = changing(
  {
    ...replication,

    CreateSecret(input: CreateSecretCommandInput, sim): Answer<CreateSecretCommandOutput> {
      onlyKnown("CreateSecret", input, "Name", "ClientRequestToken", "Description", "KmsKeyId", "SecretString", "Tags");
      const { Name: name = "", ClientRequestToken: token = "", SecretString: value, Tags } = input;
      if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name))
        refuse(
          "ValidationException",
          "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        );
      const before = secretIn(sim, name);
      if (before?.deletedDate !== undefined)
        refuse(
          "InvalidRequestException",
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      if (before || isTaken(sim, name)) {
        if (before && value !== undefined && before.versions.some((one) => one.id === token && one.value === value))
          return { ARN: before.arn, Name: name, VersionId: token };
        refuse("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
      }
      const secret: SimSecret = {
        name,
        arn: sim.arn("secretsmanager", `secret:${name}-${sim.world.hex(6)}`),
        ...(input.Description === undefined ? {} : { description: input.Description }),
        ...(input.KmsKeyId === undefined ? {} : { kmsKeyId: input.KmsKeyId }),
        createdAt: sim.now,
        changedAt: sim.now,
        versions: [],
        tags: withTags({}, tagsOfInput(Tags, TAGS), TAGS),
        visibleAt: sim.in(TIMING.listLag),
      };
      if (value !== undefined) addVersion(sim, secret, token, value);
      secrets(sim)[name] = secret;
      return { ARN: secret.arn, Name: name, ...(value === undefined ? {} : { VersionId: token }) };
    },

    DescribeSecret(input: DescribeSecretCommandInput, sim): Answer<DescribeSecretCommandOutput> {
      const secret = findSecret(sim, input.SecretId);
      const statuses = statusesOf(sim, secret);
      return {
        ...described(sim, secret),
        VersionIdsToStages: stagesOf(secret),
        ...(statuses.length === 0 ? {} : { ReplicationStatus: statuses }),
        ...(secret.deletedDate === undefined ? {} : { DeletedDate: new Date(secret.deletedDate) }),
      };
    },

    PutSecretValue(input: PutSecretValueCommandInput, sim): Answer<PutSecretValueCommandOutput> {
      onlyKnown("PutSecretValue", input, "SecretId", "ClientRequestToken", "SecretString");
      const { ClientRequestToken: token = "", SecretString: value = "" } = input;
      const secret = ownSecret(usableSecret(sim, input.SecretId));
      addVersion(sim, secret, token, value);
      propagate(sim, secret);
      return { ARN: secret.arn, Name: secret.name, VersionId: token, VersionStages: ["AWSCURRENT"] };
    },

    UpdateSecret(input: UpdateSecretCommandInput, sim) {
      onlyKnown("UpdateSecret", input, "SecretId", "Description", "ClientRequestToken");
      const secret = ownSecret(usableSecret(sim, input.SecretId));
      if (input.Description !== undefined) secret.description = input.Description;
      secret.changedAt = sim.now;
      propagate(sim, secret);
      return { ARN: secret.arn, Name: secret.name };
    },

    ListSecretVersionIds(input: ListSecretVersionIdsCommandInput, sim): Answer<ListSecretVersionIdsCommandOutput> {
      onlyKnown("ListSecretVersionIds", input, "SecretId", "MaxResults", "NextToken");
      const { arn, name, versions } = findSecret(sim, input.SecretId);
      const { page, next } = pageOf(
        versions.filter(({ stages }) => stages.length > 0),
        { token: input.NextToken, size: input.MaxResults },
        { usual: 100, code: "InvalidParameterException", badToken: "InvalidNextTokenException" },
      );
      return {
        ARN: arn,
        Name: name,
        Versions: page.map(({ id, stages, createdAt }) => ({
          VersionId: id,
          VersionStages: stages,
          CreatedDate: new Date(createdAt),
        })),
        NextToken: next,
      };
    },

    /** A filter by name takes the beginning of names, and one by tag-key that of keys (Secrets Manager API Reference, Filter, Key). */
    ListSecrets(input: ListSecretsCommandInput, sim): Answer<ListSecretsCommandOutput> {
      onlyKnown("ListSecrets", input, "Filters", "MaxResults", "NextToken", "IncludePlannedDeletion");
      const fits = ({ name, tags }: SimSecret) =>
        (input.Filters ?? []).every(({ Key, Values = [] }) => {
          if (Key === "name") return Values.some((value) => name.startsWith(value));
          if (Key === "tag-key") return Values.some((value) => Object.keys(tags).some((key) => key.startsWith(value)));
          return refuse("SimulatorUnknownOption", `The simulated AWS does not know the filter ${Key} of ListSecrets.`);
        });
      const live = visible(secrets(sim), sim).flatMap((secret) => seenSecret(sim, secret) ?? []);
      const shown = [...live, ...(input.IncludePlannedDeletion ? planned(sim) : [])];
      const { page, next } = pageOf(
        shown.filter(fits),
        { token: input.NextToken, size: input.MaxResults },
        { usual: 100, code: "InvalidParameterException", badToken: "InvalidNextTokenException" },
      );
      return {
        SecretList: page.map((secret) => ({
          ...described(sim, secret),
          SecretVersionsToStages: stagesOf(secret),
          ...(secret.deletedDate === undefined ? {} : { DeletedDate: new Date(secret.deletedDate) }),
        })),
        NextToken: next,
      };
    },

    DeleteSecret(input: DeleteSecretCommandInput, sim): Answer<DeleteSecretCommandOutput> {
      const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: forced = false } = input;
      if (forced && days !== undefined)
        refuse(
          "InvalidParameterException",
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        );
      if (days !== undefined && (days < 7 || days > 30))
        refuse(
          "InvalidParameterException",
          "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
        );
      const secret = findSecret(sim, input.SecretId);
      // "InvalidRequestException: The secret is scheduled for deletion" (Secrets Manager API Reference, DeleteSecret, errors).
      if (secret.deletedDate !== undefined && !forced) refuse("InvalidRequestException", MARKED);
      demandUnreplicated(sim, secret);
      secret.deletedDate = sim.now + (forced ? FORCED : (days ?? 30) * DAY);
      secret.changedAt = sim.now;
      delete secrets(sim)[secret.name];
      deletedSecrets(sim)[secret.name] = secret;
      return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(secret.deletedDate) };
    },

    RestoreSecret(input: RestoreSecretCommandInput, sim) {
      const secret = findSecret(sim, input.SecretId);
      delete secret.deletedDate;
      delete deletedSecrets(sim)[secret.name];
      secret.changedAt = sim.now;
      secrets(sim)[secret.name] = secret;
      return { ARN: secret.arn, Name: secret.name };
    },

    TagResource(input: TagResourceCommandInput, sim) {
      const secret = ownSecret(usableSecret(sim, input.SecretId));
      secret.tags = withTags(secret.tags, tagsOfInput(input.Tags, TAGS), TAGS);
      secret.changedAt = sim.now;
      propagate(sim, secret);
      return {};
    },

    UntagResource(input: UntagResourceCommandInput, sim) {
      const secret = ownSecret(usableSecret(sim, input.SecretId));
      secret.tags = withoutTags(secret.tags, input.TagKeys);
      secret.changedAt = sim.now;
      propagate(sim, secret);
      return {};
    },
  },
  expire,
);

const planned = (sim: Sim): SimSecret[] =>
  Object.values(deletedSecrets(sim)).filter(({ deletedDate = 0 }) => deletedDate > sim.now);
