import {
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type NotificationConfiguration,
  type ObjectOwnership,
  type ServerSideEncryption,
} from "@aws-sdk/client-s3";
import { equal } from "../../engine/equal.ts";
import type { Seen } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import type { CallOptions } from "../call.ts";
import { some, unmanagedIn, SET } from "../beyond.ts";
import { permissionIn } from "../answer.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { foreignRules, lifecycleOf, ruleOf, type Lifecycle } from "./lifecycle.ts";
import { parsePolicy, policyText, type PolicyDocument } from "../policy.ts";
import { tagList, tagsFrom, type Tags } from "../tags.ts";

/** What a bucket is set to. */
export interface BucketSettings {
  versioning: boolean;
  /** Whether the bucket tells EventBridge of its objects. */
  eventBridge: boolean;
  policy: PolicyDocument | undefined;
  encryption: ServerSideEncryption;
  blockPublicAccess: boolean;
  ownership: ObjectOwnership;
  lifecycle: Lifecycle | undefined;
}

/**
 * A bucket's tags; `foreign` where it belongs to another account, `elsewhere` where it is in another region, `undefined` where there is no such
 * bucket. Throws where this account's own policies keep the tags secret: that says nothing of whose it is.
 */
export async function bucketTags(aws: Aws, Bucket: string): Promise<Tags | "foreign" | "elsewhere" | undefined> {
  try {
    return tagsFrom((await aws.s3(new GetBucketTaggingCommand({ Bucket }))).TagSet);
  } catch (error) {
    if (hasCode(error, "NoSuchTagSet")) return {};
    if (hasCode(error, "NoSuchBucket")) return undefined;
    // The redirect has two dialects.
    if (hasCode(error, "PermanentRedirect", "AuthorizationHeaderMalformed")) return "elsewhere";
    if (hasCode(error, "AllAccessDisabled") || (hasCode(error, "AccessDenied") && !isOwnDenial(error)))
      return "foreign";
    throw error;
  }
}

/**
 * Whether a denial is this account's: there, S3 says which permission is missing and why. Of another account's bucket it says no more than that access is
 * denied, and within an organization that the bucket's own policy does not allow it (Amazon S3 User Guide, "Troubleshoot access denied (403
 * Forbidden) errors").
 */
const isOwnDenial = (error: unknown): boolean =>
  permissionIn(messageOf(error)) !== undefined && !/no resource-based policy allows/.test(messageOf(error));

/** A bucket's settings, and what others set on it. */
interface ReadSettings {
  readonly settings: Seen<BucketSettings>;
  readonly unmanaged: readonly string[] | undefined;
}

/**
 * A bucket's settings; `undefined` where the bucket is gone. Notifications and lifecycle rules are only asked for where some were
 * declared: those that are there all the same stay, since they are read again before either document is written.
 */
export async function readSettings(
  aws: Aws,
  Bucket: string,
  declared: Seen<BucketSettings>,
): Promise<ReadSettings | undefined> {
  const read = Promise.all([
    aws.s3(new GetBucketVersioningCommand({ Bucket })),
    absent(aws.s3(new GetBucketEncryptionCommand({ Bucket })), "ServerSideEncryptionConfigurationNotFoundError"),
    absent(aws.s3(new GetPublicAccessBlockCommand({ Bucket })), "NoSuchPublicAccessBlockConfiguration"),
    absent(aws.s3(new GetBucketOwnershipControlsCommand({ Bucket })), "OwnershipControlsNotFoundError"),
    absent(aws.s3(new GetBucketPolicyCommand({ Bucket })), "NoSuchBucketPolicy"),
    declared.eventBridge ? aws.s3(new GetBucketNotificationConfigurationCommand({ Bucket })) : undefined,
    declared.lifecycle ? rulesOf(aws, Bucket) : undefined,
  ]);
  const answers = await absent(read, "NoSuchBucket");
  if (!answers) return undefined;
  const [versioning, encryption, access, ownership, policy, notification, lifecycle] = answers;
  const block = access?.PublicAccessBlockConfiguration ?? {};
  const [encrypted] = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
  const { TransitionDefaultMinimumObjectSize } = lifecycle ?? {};
  const unmanaged = some(
    unmanagedIn({ MFADelete: versioning.MFADelete }, { MFADelete: "Disabled" }),
    // Which kinds of encryption a bucket refuses is AWS's own default, and has changed.
    unmanagedIn(encrypted, { ApplyServerSideEncryptionByDefault: SET, BlockedEncryptionTypes: SET }, "Encryption"),
    foreignNotifications(notification),
    foreignRules(lifecycle?.Rules).map(({ ID }) => `Lifecycle rule ${ID}`),
    unmanagedIn({ TransitionDefaultMinimumObjectSize }, { TransitionDefaultMinimumObjectSize: DEFAULT_MINIMUM }),
  );
  const settings: Seen<BucketSettings> = {
    versioning: versioning.Status === "Enabled",
    eventBridge: notification?.EventBridgeConfiguration !== undefined,
    policy: policy?.Policy === undefined ? undefined : parsePolicy(policy.Policy),
    encryption: encrypted?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    blockPublicAccess: [
      block.BlockPublicAcls,
      block.IgnorePublicAcls,
      block.BlockPublicPolicy,
      block.RestrictPublicBuckets,
    ].every((on) => on === true),
    ownership: ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership,
    lifecycle: lifecycleOf(lifecycle?.Rules),
  };
  return { settings, unmanaged };
}

/** What S3 answers where no one chose: `TransitionDefaultMinimumObjectSize` of PutBucketLifecycleConfiguration, API reference. */
const DEFAULT_MINIMUM = "all_storage_classes_128K";

const rulesOf = (aws: Aws, Bucket: string) =>
  absent(aws.s3(new GetBucketLifecycleConfigurationCommand({ Bucket })), "NoSuchLifecycleConfiguration");

/** What is told of the bucket's objects besides EventBridge. */
const foreignNotifications = (all: NotificationConfiguration = {}): string[] => [
  ...(all.TopicConfigurations ?? []).map(({ TopicArn }) => `Notification to ${TopicArn}`),
  ...(all.QueueConfigurations ?? []).map(({ QueueArn }) => `Notification to ${QueueArn}`),
  ...(all.LambdaFunctionConfigurations ?? []).map(({ LambdaFunctionArn }) => `Notification to ${LambdaFunctionArn}`),
];

/** Writes what differs, one call after the other: S3 refuses changes to one bucket at the same time. */
export async function putSettings(
  aws: Aws,
  Bucket: string,
  now: Seen<BucketSettings>,
  wanted: BucketSettings,
  options: CallOptions & {
    readonly notifications: NotificationConfiguration;
    readonly fresh?: true;
    /** Called when all is set that matters to whatever is put there. */
    readonly usable?: () => void;
  },
) {
  const { ownership, blockPublicAccess: block, encryption, versioning, policy, eventBridge, lifecycle } = wanted;
  if (now.ownership !== ownership)
    await aws.s3(
      new PutBucketOwnershipControlsCommand({
        Bucket,
        OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] },
      }),
      options,
    );
  if (now.blockPublicAccess !== block)
    await aws.s3(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: block,
          IgnorePublicAcls: block,
          BlockPublicPolicy: block,
          RestrictPublicBuckets: block,
        },
      }),
      options,
    );
  if (now.encryption !== encryption)
    await aws.s3(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: encryption } }],
        },
      }),
      options,
    );
  if (now.versioning !== versioning)
    await aws.s3(
      new PutBucketVersioningCommand({
        Bucket,
        VersioningConfiguration: { Status: versioning ? "Enabled" : "Suspended" },
      }),
      options,
    );
  if (!equal(now.policy, policy))
    await (policy
      ? aws.s3(new PutBucketPolicyCommand({ Bucket, Policy: policyText(policy) }), options)
      : aws.s3(new DeleteBucketPolicyCommand({ Bucket }), options));
  if (now.eventBridge !== eventBridge) {
    const { TopicConfigurations, QueueConfigurations, LambdaFunctionConfigurations } = options.notifications;
    await aws.s3(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          // One document for all notifications: what others put there stays.
          TopicConfigurations,
          QueueConfigurations,
          LambdaFunctionConfigurations,
          EventBridgeConfiguration: eventBridge ? {} : undefined,
        },
      }),
      options,
    );
  }
  // Its rules hold for what is there already as well (S3 User Guide, "Managing the lifecycle of objects", "Existing and new objects").
  options.usable?.();
  if (!equal(now.lifecycle, lifecycle)) await putLifecycle(aws, Bucket, lifecycle, options);
}

/** Writes the rule that is ours; all rules of a bucket are one document, so those of others are read and written again. */
export async function putLifecycle(
  aws: Aws,
  Bucket: string,
  lifecycle: Lifecycle | undefined,
  options: CallOptions & { readonly fresh?: true },
) {
  const live = options.fresh ? undefined : await rulesOf(aws, Bucket);
  const Rules = [...foreignRules(live?.Rules), ...(lifecycle ? [ruleOf(lifecycle)] : [])];
  const { TransitionDefaultMinimumObjectSize } = live ?? {};
  await (Rules.length > 0
    ? aws.s3(
        new PutBucketLifecycleConfigurationCommand({
          Bucket,
          LifecycleConfiguration: { Rules },
          TransitionDefaultMinimumObjectSize,
        }),
        options,
      )
    : aws.s3(new DeleteBucketLifecycleCommand({ Bucket }), options));
}

/** Writes a bucket's tags: all of them at once, S3 knows no other way. */
export async function putTags(aws: Aws, Bucket: string, tags: Tags, options: CallOptions) {
  await aws.s3(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagList(tags) } }), options);
}
