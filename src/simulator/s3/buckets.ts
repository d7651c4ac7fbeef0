import type {
  CreateBucketCommandInput,
  DeleteBucketCommandInput,
  GetBucketEncryptionCommandOutput,
  GetBucketLifecycleConfigurationCommandOutput,
  GetBucketNotificationConfigurationCommandOutput,
  GetBucketOwnershipControlsCommandOutput,
  GetBucketPolicyCommandOutput,
  GetBucketTaggingCommandOutput,
  GetBucketVersioningCommandOutput,
  GetPublicAccessBlockCommandOutput,
  ListBucketsCommandInput,
  ListBucketsCommandOutput,
  PutBucketEncryptionCommandInput,
  PutBucketLifecycleConfigurationCommandInput,
  PutBucketNotificationConfigurationCommandInput,
  PutBucketOwnershipControlsCommandInput,
  PutBucketPolicyCommandInput,
  PutBucketTaggingCommandInput,
  PutBucketVersioningCommandInput,
  PutPublicAccessBlockCommandInput,
} from "@aws-sdk/client-s3";
import { refuse } from "../errors.ts";
import { statementsOf } from "../iam/documents.ts";
import { onlyKnown } from "../known.ts";
import { linger, lingering, type Lingering } from "../lingering.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList, tagsOfInput } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { reviewVersions } from "./lifecycle.ts";
import { bucketOf, buckets, versionsIn, type SimBucket } from "./records.ts";

interface Named {
  readonly Bucket: string | undefined;
}

/**
 * Buckets that were deleted and that are still listed (S3 user guide, "Amazon S3 data consistency model": "If you delete a bucket and
 * immediately list all buckets, the deleted bucket might still appear in the list"; knowledge center, "s3-listing-deleted-bucket": no other
 * action can be performed on it).
 */
const former = (sim: Sim) => sim.global<Lingering<SimBucket>>("~s3.buckets");

/** When the name of a bucket that was deleted can be used again. */
const names = (sim: Sim) => sim.global<number>("~s3.names");

const malformed = (): never => refuse("MalformedPolicy", "Policy has invalid resource");

/** Buckets and their settings. */
export const bucketOperations = {
  CreateBucket(input: CreateBucketCommandInput, sim) {
    const name = input.Bucket ?? "";
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
      refuse("InvalidBucketName", "The specified bucket is not valid.");
    const location = input.CreateBucketConfiguration?.LocationConstraint ?? "us-east-1";
    if (location !== sim.region)
      refuse(
        "IllegalLocationConstraintException",
        `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
      );
    if (name in buckets(sim))
      refuse(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        409,
      );
    // Its name is not free yet (terraform-provider-aws, internal/service/s3/bucket.go: a create asks again for 20 minutes on OperationAborted).
    if ((names(sim)[name] ?? 0) > sim.now)
      refuse(
        "OperationAborted",
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
        409,
      );
    delete former(sim)[name];
    buckets(sim)[name] = {
      name,
      region: sim.region,
      createdAt: sim.now,
      // What S3 has set on every new bucket since 2023.
      encryption: "AES256",
      access: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
      ownership: input.ObjectOwnership ?? "BucketOwnerEnforced",
      notifications: {},
      tags: tagsOfInput(input.CreateBucketConfiguration?.Tags, "InvalidTag"),
    };
    return { Location: `/${name}` };
  },

  HeadBucket(input: Named, sim) {
    const found = buckets(sim)[input.Bucket ?? ""];
    return found ? { BucketRegion: found.region } : refuse("NotFound", "NotFound", 404);
  },

  /** The buckets of all regions. */
  ListBuckets(input: ListBucketsCommandInput, sim): Answer<ListBucketsCommandOutput> {
    onlyKnown("ListBuckets", input, "Prefix", "MaxBuckets", "ContinuationToken");
    const { Prefix = "", ContinuationToken: token, MaxBuckets: size } = input;
    const found = Object.values({ ...lingering(sim, former(sim)), ...buckets(sim) })
      .filter(({ name }) => name.startsWith(Prefix))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { page, next } = pageOf(found, { token, size }, { usual: 10_000, code: "InvalidArgument" });
    return {
      Buckets: page.map(({ name, region, createdAt }) => ({
        Name: name,
        CreationDate: new Date(createdAt),
        BucketRegion: region,
      })),
      ContinuationToken: next,
    };
  },

  DeleteBucket(input: DeleteBucketCommandInput, sim) {
    const bucket = bucketOf(sim, input.Bucket);
    const { name } = bucket;
    if (versionsIn(sim, name).length > 0) refuse("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
    linger(sim, former(sim), name, bucket, TIMING.deleteLag);
    names(sim)[name] = sim.in(sim.world.random() * TIMING.bucketName);
    delete buckets(sim)[name];
    return {};
  },

  GetBucketTagging(input: Named, sim): Answer<GetBucketTaggingCommandOutput> {
    const { tags } = bucketOf(sim, input.Bucket);
    if (Object.keys(tags).length === 0) refuse("NoSuchTagSet", "The TagSet does not exist", 404);
    return { TagSet: tagList(tags) };
  },

  PutBucketTagging(input: PutBucketTaggingCommandInput, sim) {
    bucketOf(sim, input.Bucket).tags = tagsOfInput(input.Tagging?.TagSet, "InvalidTag");
    return {};
  },

  GetBucketVersioning(input: Named, sim): Answer<GetBucketVersioningCommandOutput> {
    const { versioning } = bucketOf(sim, input.Bucket);
    return versioning ? { Status: versioning } : {};
  },

  PutBucketVersioning(input: PutBucketVersioningCommandInput, sim) {
    const { Status } = input.VersioningConfiguration ?? {};
    bucketOf(sim, input.Bucket).versioning = Status === "Enabled" ? "Enabled" : "Suspended";
    return {};
  },

  GetBucketEncryption(input: Named, sim): Answer<GetBucketEncryptionCommandOutput> {
    const SSEAlgorithm = bucketOf(sim, input.Bucket).encryption as "AES256";
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm }, BucketKeyEnabled: false };
    return { ServerSideEncryptionConfiguration: { Rules: [rule] } };
  },

  PutBucketEncryption(input: PutBucketEncryptionCommandInput, sim) {
    const [rule] = input.ServerSideEncryptionConfiguration?.Rules ?? [];
    const algorithm = rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
    bucketOf(sim, input.Bucket).encryption =
      algorithm ?? refuse("MalformedXML", "The XML you provided was not well-formed");
    return {};
  },

  GetPublicAccessBlock(input: Named, sim): Answer<GetPublicAccessBlockCommandOutput> {
    const { access } = bucketOf(sim, input.Bucket);
    if (!access)
      refuse("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", 404);
    return { PublicAccessBlockConfiguration: access };
  },

  PutPublicAccessBlock(input: PutPublicAccessBlockCommandInput, sim) {
    bucketOf(sim, input.Bucket).access = input.PublicAccessBlockConfiguration;
    return {};
  },

  GetBucketOwnershipControls: (input: Named, sim): Answer<GetBucketOwnershipControlsCommandOutput> => ({
    OwnershipControls: { Rules: [{ ObjectOwnership: bucketOf(sim, input.Bucket).ownership }] },
  }),

  PutBucketOwnershipControls(input: PutBucketOwnershipControlsCommandInput, sim) {
    const [rule] = input.OwnershipControls?.Rules ?? [];
    bucketOf(sim, input.Bucket).ownership =
      rule?.ObjectOwnership ?? refuse("MalformedXML", "The XML you provided was not well-formed");
    return {};
  },

  GetBucketPolicy(input: Named, sim): Answer<GetBucketPolicyCommandOutput> {
    const { policy } = bucketOf(sim, input.Bucket);
    return { Policy: policy ?? refuse("NoSuchBucketPolicy", "The bucket policy does not exist", 404) };
  },

  PutBucketPolicy(input: PutBucketPolicyCommandInput, sim) {
    const bucket = bucketOf(sim, input.Bucket);
    for (const { Resource } of statementsOf(input.Policy, malformed))
      for (const arn of [Resource ?? []].flat() as string[])
        if (!arn.startsWith(`arn:aws:s3:::${bucket.name}`)) malformed();
    bucket.policy = input.Policy ?? "";
    bucket.policyAt = sim.now;
    return {};
  },

  DeleteBucketPolicy(input: Named, sim) {
    delete bucketOf(sim, input.Bucket).policy;
    return {};
  },

  GetBucketLifecycleConfiguration(input: Named, sim): Answer<GetBucketLifecycleConfigurationCommandOutput> {
    const { lifecycle } = bucketOf(sim, input.Bucket);
    return {
      Rules: lifecycle ?? refuse("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", 404),
    };
  },

  PutBucketLifecycleConfiguration(input: PutBucketLifecycleConfigurationCommandInput, sim) {
    const rules = input.LifecycleConfiguration?.Rules ?? [];
    const both = rules.some(({ Expiration }) => Expiration?.ExpiredObjectDeleteMarker && Expiration.Days !== undefined);
    if (rules.length === 0 || both)
      refuse(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
      );
    const bucket = bucketOf(sim, input.Bucket);
    bucket.lifecycle = rules;
    reviewVersions(sim, bucket.name);
    return {};
  },

  DeleteBucketLifecycle(input: Named, sim) {
    delete bucketOf(sim, input.Bucket).lifecycle;
    return {};
  },

  GetBucketNotificationConfiguration: (input: Named, sim): Answer<GetBucketNotificationConfigurationCommandOutput> =>
    bucketOf(sim, input.Bucket).notifications,

  PutBucketNotificationConfiguration(input: PutBucketNotificationConfigurationCommandInput, sim) {
    const bucket = bucketOf(sim, input.Bucket);
    const wasOn = bucket.notifications.EventBridgeConfiguration !== undefined;
    bucket.notifications = input.NotificationConfiguration ?? {};
    if (!wasOn) bucket.eventsSince = sim.now;
    return {};
  },
} satisfies Operations;
