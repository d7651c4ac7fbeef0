import type {
  LifecycleRule,
  NotificationConfiguration,
  ObjectOwnership,
  PublicAccessBlockConfiguration,
} from "@aws-sdk/client-s3";
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
  lifecycle?: LifecycleRule[];
  notifications: NotificationConfiguration;
  tags: SimTags;
}

/** One version of an object, or a delete marker. */
export interface SimObject {
  bucket: string;
  key: string;
  versionId: string;
  /** Base64; left out for a delete marker. */
  body?: string;
  etag: string;
  size: number;
  changedAt: number;
  /** The newest of its key has the highest number. */
  order: number;
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

/** All versions of what is in a bucket, the newest of each key first. */
export const versionsIn = (sim: Sim, bucket: string): SimObject[] =>
  Object.values(objects(sim))
    .filter((object) => object.bucket === bucket)
    .toSorted((a, b) => (a.key === b.key ? b.order - a.order : a.key < b.key ? -1 : 1));

/** The newest version of an object; `undefined` where there is none, or a delete marker. */
export function newest(sim: Sim, bucket: string, key: string | undefined): SimObject | undefined {
  const found = versionsIn(sim, bucket).find((object) => object.key === key);
  return found?.body === undefined ? undefined : found;
}
