import type {
  LifecycleRule,
  NotificationConfiguration,
  ObjectOwnership,
  PublicAccessBlockConfiguration,
} from "@aws-sdk/client-s3";
import type { Bytes } from "../bytes.ts";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

export interface SimBucket {
  name: string;
  region: string;
  createdAt: number;
  versioning?: "Enabled" | "Suspended";
  encryption: string;
  access: PublicAccessBlockConfiguration | undefined;
  ownership: ObjectOwnership;
  policy?: string;
  /** When the policy was written. */
  policyAt?: number;
  lifecycle?: LifecycleRule[];
  notifications: NotificationConfiguration;
  /** Since when it has been set to tell EventBridge. */
  eventsSince?: number;
  tags: SimTags;
}

/** One version of an object, or a delete marker. */
export interface SimObject {
  bucket: string;
  key: string;
  versionId: string;
  /** As the world keeps its bytes; left out for a delete marker. */
  body?: string;
  etag: string;
  size: number;
  changedAt: number;
  /** The newest of its key has the highest number. */
  order: number;
  /** When a lifecycle rule takes it away, as things are. */
  expiresAt?: number;
}

export const buckets = (sim: Sim) => sim.global<SimBucket>("s3.buckets");
export const objects = (sim: Sim) => sim.global<SimObject>("s3.objects");

/** The bucket of a name in this region, or S3's refusal. */
export function bucketOf(sim: Sim, name: string | undefined): SimBucket {
  const bucket = buckets(sim)[name ?? ""] ?? refuse("NoSuchBucket", "The specified bucket does not exist", 404);
  if (bucket.region !== sim.region)
    refuse(
      "PermanentRedirect",
      "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
      301,
    );
  return bucket;
}

export const objectKey = ({ bucket, key, versionId }: Pick<SimObject, "bucket" | "key" | "versionId">) =>
  `${bucket}/${key}?${versionId}`;

/** Takes one version away for good. */
export function removeVersion(sim: Sim, version: SimObject): void {
  const { body } = version;
  delete objects(sim)[objectKey(version)];
  if (body !== undefined && !Object.values(objects(sim)).some((other) => other.body === body)) sim.world.forget(body);
}

/** The bytes of a version. */
export const bytesOf = (sim: Sim, { body = "" }: SimObject): Bytes => sim.world.bytes(body);

/** One version of a key; `undefined` where there is none. */
export const versionAt = (sim: Sim, bucket: string, key: string, versionId: string): SimObject | undefined =>
  objects(sim)[objectKey({ bucket, key, versionId })];

/** All versions of what is in a bucket, or of one key in it, the newest of each key first. */
export const versionsIn = (sim: Sim, bucket: string, key?: string): SimObject[] =>
  Object.values(objects(sim))
    .filter((object) => object.bucket === bucket && (key === undefined || object.key === key))
    .toSorted((a, b) => (a.key === b.key ? b.order - a.order : a.key < b.key ? -1 : 1));

/** The newest version of an object; `undefined` where there is none, or a delete marker. */
export function newest(sim: Sim, bucket: string, key: string | undefined): SimObject | undefined {
  const found = key === undefined ? undefined : versionsIn(sim, bucket, key)[0];
  return found?.body === undefined ? undefined : found;
}
