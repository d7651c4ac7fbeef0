// A bucket's settings are a dozen small documents, each read and written by a separate call. Bucket names are shared by all of
// AWS, and in us-east-1 alone CreateBucket succeeds on, and changes, a bucket that the account has already.
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketNotificationConfigurationCommand,
  ListBucketsCommand,
  type BucketLocationConstraint,
} from "@aws-sdk/client-s3";
import { equal } from "../../engine/equal.ts";
import { ahead } from "../ahead.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { unlessHeld, type Held } from "../obstacles.ts";
import { byName } from "../named.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { canonicalPolicy } from "../policy.ts";
import { defineKind } from "../define-kind.ts";
import { tagList, type Tags } from "../tags.ts";
import { samePolicy } from "./vended.ts";
import { empty } from "./empty.ts";
import { bucketTags, putSettings, putTags, readSettings, type BucketSettings } from "./settings.ts";

export interface BucketSpec extends BucketSettings {
  name: string;
  tags: Tags;
}

export interface BucketAttrs {
  name: string;
  arn: string;
}

/** "A conflicting conditional operation is currently in progress against this resource": two minutes, Terraform's bucketPropagationTimeout. */
const CONFLICT: NotYet = { code: "OperationAborted" };
/** A name is free again only some time after its bucket was deleted: Terraform's create of a bucket tries for 20 minutes. */
const NAME_NOT_FREE_YET: NotYet = { ...CONFLICT, budget: 1_200 };
const NOT_EMPTY: readonly NotYet[] = [{ code: "BucketNotEmpty", budget: 300 }];
const NOT_SEEN_YET: NotYet = { code: "NoSuchBucket" };

export const Bucket = defineKind<BucketSpec, BucketAttrs>({
  type: "s3/bucket",
  fields: {
    name: { immutable: true, unique: true },
    versioning: {},
    eventBridge: {},
    // What AWS adds for the logs that it delivers grants nothing that the policy does not.
    policy: { same: samePolicy },
    encryption: {},
    blockPublicAccess: {},
    ownership: {},
    lifecycle: {},
    tags: {},
  },
  traits: { holdsData: true },
  inventory: { idIn: ({ service, resource }) => (service === "s3" ? resource : undefined), lists: "receipt" },

  canonical: (spec) => ({ ...spec, policy: spec.policy && canonicalPolicy(spec.policy) }),

  async observe(aws, look) {
    const settingsIn = look.toDelete
      ? undefined
      : ahead(look, look.knownId, (name) => readSettings(aws, name, look.spec));
    const found = await byName(look, async (name) => {
      const tags = await bucketTags(aws, name);
      return tags && { name, tags };
    });
    if (!found) return undefined;
    const { name, tags } = found;
    const attrs = attrsOf(aws, name);
    if (tags === "foreign" || tags === "elsewhere")
      return {
        id: name,
        attrs,
        spec: { name },
        owner: `another AWS ${tags === "foreign" ? "account" : "region"}`,
        ready: true,
      };
    if (!settingsIn) return { id: name, attrs, spec: { name, tags }, ready: true };
    const read = await settingsIn(name);
    if (!read) return undefined;
    const { settings, unmanaged } = read;
    return { id: name, attrs, spec: { name, ...settings, tags }, unmanaged, ready: true };
  },

  async list(aws) {
    const named = await everyPage(async (ContinuationToken) => {
      // S3 lists without pages only for accounts whose quota is no more than 10,000 buckets.
      const command = new ListBucketsCommand({ Prefix: `${aws.stack}-`, MaxBuckets: 1_000, ContinuationToken });
      const page = await aws.s3(command);
      return { items: page.Buckets, next: page.ContinuationToken };
    });
    const tagsOf = async (name: string) => {
      const tags = await bucketTags(aws, name);
      if (tags === "foreign")
        throw new Error(`S3 denies access to the tags of bucket ${name}, although it is this account's.`);
      return tags === "elsewhere" ? undefined : tags;
    };
    // The list has the buckets of all regions, and each one's region (Amazon S3 API Reference, Bucket: "If the request contains at least one valid
    // parameter"): those of the stack in another region are that one's, whose tags this one's policy need not allow to read.
    const candidates = named.filter(
      ({ Name, BucketRegion = aws.region }) => BucketRegion === aws.region && namedAfter(aws.stack, Name),
    );
    return ownedAmong(
      aws,
      candidates.map(({ Name: id = "" }) => ({ id, tags: () => tagsOf(id) })),
    );
  },

  async create(aws, spec, making) {
    const { name, ownership } = spec;
    const home = aws.region === "us-east-1";
    if (home && (await bucketTags(aws, name)) !== undefined)
      throw new Error(
        `Bucket ${name} already exists, and S3 would change it instead of refusing to create a second one.`,
      );
    await aws.s3(
      new CreateBucketCommand({
        Bucket: name,
        ObjectOwnership: ownership,
        CreateBucketConfiguration: {
          // S3 accepts the name of every region but its first one, where a bucket goes that names none.
          ...(home ? {} : { LocationConstraint: locationOf(aws) }),
          Tags: tagList(spec.tags),
        },
      }),
      { once: true, notYet: [NAME_NOT_FREE_YET] },
    );
    await making.created(name);
    const notYet = [CONFLICT, NOT_SEEN_YET];
    // Once more: an S3 that does not know tags in the create call omits them without a word.
    await putTags(aws, name, spec.tags, { notYet });
    // What S3 starts every bucket with is said all the same where it keeps the public out or the content secret.
    const fresh = { versioning: false, eventBridge: false, ownership };
    const attrs = attrsOf(aws, name);
    const usable = () => making.usable(attrs);
    await putSettings(aws, name, fresh, spec, { notYet, notifications: {}, fresh: true, usable });
    return { id: name, attrs };
  },

  async update(aws, { id, spec: now }, spec) {
    const notYet = [CONFLICT];
    const notifications =
      now.eventBridge === spec.eventBridge
        ? {}
        : await aws.s3(new GetBucketNotificationConfigurationCommand({ Bucket: id }));
    await putSettings(aws, id, now, spec, { notYet, notifications });
    if (!equal(now.tags, spec.tags)) await putTags(aws, id, spec.tags, { notYet });
  },

  async delete(aws, { id }) {
    const notYet = [CONFLICT, ...unlessHeld(aws, heldBucket(aws, id), NOT_EMPTY)];
    await absent(aws.s3(new DeleteBucketCommand({ Bucket: id }), { notYet }), "NoSuchBucket");
  },
});

/** The region in S3's own type, which lags behind the regions that there are. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a region's name is its location's name
const locationOf = (aws: Aws) => aws.region as BucketLocationConstraint;

const attrsOf = (aws: Aws, name: string): BucketAttrs => ({ name, arn: `arn:${aws.partition}:s3:::${name}` });

/**
 * What is written while a bucket is emptied, such as the end of an upload, is no sign of somebody who goes on: only what still comes this long
 * after the first refusal is. Milliseconds.
 */
const STRAGGLERS = 10_000;

/**
 * What blocks deleting a bucket: what is in it, which is deleted, and whoever keeps writing into it. Access points keep it too, and S3 names them
 * (`BucketHasAccessPointsAttached`; Amazon S3 API Reference, "Error responses").
 */
const heldBucket = (aws: Aws, name: string): Held => ({
  refusal: `bucket ${name} cannot be deleted`,
  looks: [
    async (waited) => {
      const count = await empty(aws, name);
      if (waited < STRAGGLERS || count === 0) return [];
      const show = awsCommand(["s3api", "list-object-versions", "--bucket", name, "--max-items", "10"], aws);
      return [{ what: "a process that is still running", how: "keeps writing to it", show }];
    },
  ],
});
