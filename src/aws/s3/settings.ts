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
  type LifecycleRule,
  type NotificationConfiguration,
  type ObjectOwnership,
  type ServerSideEncryption,
} from "@aws-sdk/client-s3";
import { equal } from "../../engine/equal.ts";
import type { Seen } from "../../engine/kind.ts";
import type { Aws } from "../aws.ts";
import type { CallOptions } from "../call.ts";
import { absent, hasCode } from "../errors.ts";
import { parsePolicy, policyText, type PolicyDocument } from "../policy.ts";
import { tagList, tagsFrom, type Tags } from "../tags.ts";

/** When S3 deletes by itself what lies in a bucket. */
export interface Lifecycle {
  /** Days after which a version that is no longer the newest goes. */
  expireNoncurrentDays?: number;
  /** Days after which an object goes. */
  expireDays?: number;
  /** Days after which an upload that was never finished goes. */
  abortMultipartDays: number;
}

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

/** A bucket's tags, `foreign` where S3 does not let us read them, `undefined` where there is no such bucket. */
export async function bucketTags(aws: Aws, Bucket: string): Promise<Tags | "foreign" | undefined> {
  try {
    return tagsFrom((await aws.s3(new GetBucketTaggingCommand({ Bucket }))).TagSet);
  } catch (error) {
    if (hasCode(error, "NoSuchTagSet")) return {};
    if (hasCode(error, "NoSuchBucket")) return undefined;
    // In another account, or in another region of this one: the redirect has two dialects.
    if (hasCode(error, "AccessDenied", "AllAccessDisabled", "PermanentRedirect", "AuthorizationHeaderMalformed"))
      return "foreign";
    throw error;
  }
}

/**
 * A bucket's settings; `undefined` where the bucket is gone. Notifications and lifecycle rules are only asked for where some
 * were declared.
 */
export async function readSettings(
  aws: Aws,
  Bucket: string,
  declared: Seen<BucketSettings>,
): Promise<Seen<BucketSettings> | undefined> {
  const read = Promise.all([
    aws.s3(new GetBucketVersioningCommand({ Bucket })),
    absent(aws.s3(new GetBucketEncryptionCommand({ Bucket })), "ServerSideEncryptionConfigurationNotFoundError"),
    absent(aws.s3(new GetPublicAccessBlockCommand({ Bucket })), "NoSuchPublicAccessBlockConfiguration"),
    absent(aws.s3(new GetBucketOwnershipControlsCommand({ Bucket })), "OwnershipControlsNotFoundError"),
    absent(aws.s3(new GetBucketPolicyCommand({ Bucket })), "NoSuchBucketPolicy"),
    declared.eventBridge ? aws.s3(new GetBucketNotificationConfigurationCommand({ Bucket })) : undefined,
    declared.lifecycle
      ? absent(aws.s3(new GetBucketLifecycleConfigurationCommand({ Bucket })), "NoSuchLifecycleConfiguration")
      : undefined,
  ]);
  const answers = await absent(read, "NoSuchBucket");
  if (!answers) return undefined;
  const [versioning, encryption, access, ownership, policy, notification, lifecycle] = answers;
  const block = access?.PublicAccessBlockConfiguration ?? {};
  return {
    versioning: versioning.Status === "Enabled",
    eventBridge: notification?.EventBridgeConfiguration !== undefined,
    policy: policy?.Policy === undefined ? undefined : parsePolicy(policy.Policy),
    encryption:
      encryption?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    blockPublicAccess: [
      block.BlockPublicAcls,
      block.IgnorePublicAcls,
      block.BlockPublicPolicy,
      block.RestrictPublicBuckets,
    ].every((on) => on === true),
    ownership: ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership,
    lifecycle: lifecycleOf(lifecycle?.Rules),
  };
}

/** Writes what differs, one call after the other: S3 refuses changes to one bucket at the same time. */
export async function putSettings(
  aws: Aws,
  Bucket: string,
  now: Seen<BucketSettings>,
  wanted: BucketSettings,
  options: CallOptions & { readonly notifications: NotificationConfiguration },
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
  if (!equal(now.lifecycle, lifecycle))
    await (lifecycle
      ? aws.s3(
          new PutBucketLifecycleConfigurationCommand({
            Bucket,
            LifecycleConfiguration: { Rules: [ruleOf(lifecycle)] },
          }),
          options,
        )
      : aws.s3(new DeleteBucketLifecycleCommand({ Bucket }), options));
}

/** Writes a bucket's tags: all of them at once, S3 knows no other way. */
export async function putTags(aws: Aws, Bucket: string, tags: Tags, options: CallOptions) {
  await aws.s3(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagList(tags) } }), options);
}

const ruleOf = ({ expireDays, expireNoncurrentDays, abortMultipartDays }: Lifecycle): LifecycleRule => ({
  ID: "fairlead",
  Status: "Enabled",
  Filter: { Prefix: "" },
  Expiration: expireDays === undefined ? undefined : { Days: expireDays },
  NoncurrentVersionExpiration:
    expireNoncurrentDays === undefined ? undefined : { NoncurrentDays: expireNoncurrentDays },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortMultipartDays },
});

/** The lifecycle that one rule for the whole bucket says; rules of any other shape are none that could have been declared. */
function lifecycleOf(rules: readonly LifecycleRule[] = []): Lifecycle | undefined {
  const [rule, ...others] = rules;
  const abortMultipartDays = rule?.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (!rule || others.length > 0 || rule.Status !== "Enabled" || abortMultipartDays === undefined) return undefined;
  const { Prefix = "", ...narrower } = rule.Filter ?? {};
  if (Prefix !== "" || Object.values(narrower).some((value) => value !== undefined)) return undefined;
  const expireDays = rule.Expiration?.Days;
  const expireNoncurrentDays = rule.NoncurrentVersionExpiration?.NoncurrentDays;
  return {
    ...(expireDays === undefined ? {} : { expireDays }),
    ...(expireNoncurrentDays === undefined ? {} : { expireNoncurrentDays }),
    abortMultipartDays,
  };
}
