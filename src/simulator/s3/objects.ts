import { createHash } from "node:crypto";
import type {
  DeleteObjectCommandInput,
  DeleteObjectCommandOutput,
  DeleteObjectsCommandInput,
  DeleteObjectsCommandOutput,
  GetObjectCommandInput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  ListObjectVersionsCommandInput,
  ListObjectVersionsCommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
  ServerSideEncryption,
} from "@aws-sdk/client-s3";
import { FileBytes, ReceivedBytes } from "../bytes.ts";
import { refuse } from "../errors.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { onObjectCreated } from "./events.ts";
import { reviewVersions } from "./lifecycle.ts";
import {
  bucketOf,
  bytesOf,
  newest,
  objectKey,
  objects,
  removeVersion,
  versionAt,
  versionsIn,
  type SimObject,
} from "./records.ts";

export const PAGE = 1_000;

/** What is written with an object: what it was encrypted with (the bucket's default may be another by now), and the writer's words. */
interface Written {
  encryption?: ServerSideEncryption;
  metadata?: Record<string, string>;
}

type Encrypted = SimObject & Written;

const encryptionOf = ({ encryption }: Encrypted) =>
  encryption === undefined ? {} : { ServerSideEncryption: encryption };

const versionIdOf = ({ versionId }: SimObject) => (versionId === "null" ? {} : { VersionId: versionId });

/** The bytes of a body, which comes as text or as bytes, or has come in as a stream. */
function bytesIn(body: unknown): Buffer | ReceivedBytes {
  if (body instanceof ReceivedBytes) return body;
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return refuse("NotImplemented", "The simulated S3 takes bodies of text or bytes only", 501);
}

/** The bucket that a call names, where it belongs to whom the caller thinks. */
export function openBucket(sim: Sim, input: { Bucket: string | undefined; ExpectedBucketOwner?: string | undefined }) {
  const found = bucketOf(sim, input.Bucket);
  if (input.ExpectedBucketOwner !== undefined && input.ExpectedBucketOwner !== sim.account)
    refuse("AccessDenied", "Access Denied", 403);
  return found;
}

/** Whether an ETag is the one that is meant: S3 takes it with its quotes and without. */
const matches = (etag: string, wanted: string) => etag.replaceAll('"', "") === wanted.replaceAll('"', "");

const noSuchKey = () => refuse("NoSuchKey", "The specified key does not exist.", 404);

const failed = () => refuse("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);

/** When keys were changed, those of this moment alone. */
const changes = (sim: Sim) => sim.global<{ at: number }>("~s3.changes");

function noteChange(sim: Sim, bucket: string, key: string): void {
  const all = changes(sim);
  for (const [name, { at }] of Object.entries(all)) if (at !== sim.now) delete all[name];
  all[`${bucket}/${key}`] = { at: sim.now };
}

/** What depends on the present object cannot be told at the moment at which another call changes it. */
function checkMoment(sim: Sim, bucket: string, key: string): void {
  if (changes(sim)[`${bucket}/${key}`]?.at === sim.now)
    refuse(
      "ConditionalRequestConflict",
      "The conditional request cannot succeed due to a conflicting operation against this resource.",
      409,
    );
}

/** The conditions of a write, as S3 takes them: one at a time, `*` for nothing there and an ETag for what is there. */
function checkWrite(sim: Sim, bucket: string, { Key = "", IfMatch, IfNoneMatch }: PutObjectCommandInput): void {
  if (IfMatch === undefined && IfNoneMatch === undefined) return;
  if (IfMatch === "*" || (IfNoneMatch ?? "*") !== "*" || (IfMatch !== undefined && IfNoneMatch !== undefined))
    refuse("NotImplemented", "A header you provided implies functionality that is not implemented", 501);
  checkMoment(sim, bucket, Key);
  const now = newest(sim, bucket, Key);
  if (IfNoneMatch !== undefined && now) failed();
  if (IfMatch !== undefined && !matches((now ?? noSuchKey()).etag, IfMatch)) failed();
}

/** Amazon S3 user guide, "Uploading objects": "With a single PUT operation, you can upload a single object up to 5 GB in size." */
const LARGEST = 5 * 2 ** 30;
/** What is in memory is kept as text, whose length V8 limits. */
const LARGEST_IN_MEMORY = 300_000_000;

function put(
  sim: Sim,
  bucket: string,
  key: string,
  bytes: Buffer | ReceivedBytes | undefined,
  written: Written = {},
): Encrypted {
  const size = bytes instanceof ReceivedBytes ? bytes.size : (bytes?.length ?? 0);
  if (size > LARGEST) refuse("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
  if (!(bytes instanceof ReceivedBytes) && size > LARGEST_IN_MEMORY)
    refuse(
      "EntityTooLarge",
      "Your proposed upload exceeds the maximum allowed size: the simulated S3 holds objects of up to 300 MB in memory",
    );
  const versioned = bucketOf(sim, bucket).versioning === "Enabled";
  const before = versionsIn(sim, bucket, key);
  // Without versioning the one version is written over.
  if (!versioned) for (const old of before) if (old.versionId === "null") removeVersion(sim, old);
  const object: Encrypted = {
    bucket,
    key,
    versionId: versioned ? sim.world.hex(32) : "null",
    ...(bytes === undefined ? {} : { body: sim.world.keepBytes(bytes) }),
    etag: `"${
      bytes instanceof ReceivedBytes
        ? bytes.md5
        : createHash("md5")
            .update(bytes ?? "")
            .digest("hex")
    }"`,
    size,
    changedAt: sim.now,
    order: (before[0]?.order ?? 0) + 1,
    ...written,
  };
  objects(sim)[objectKey(object)] = object;
  noteChange(sim, bucket, key);
  reviewVersions(sim, bucket, key);
  return object;
}

/** Writes an object as a service of AWS does. */
export const writeObject = (sim: Sim, bucket: string, key: string, text: string): void =>
  void put(sim, bucket, key, Buffer.from(text));

/** The version that is asked for, or S3's refusal. */
function versionOf(sim: Sim, input: GetObjectCommandInput, absent: () => never = noSuchKey): SimObject {
  const { name } = openBucket(sim, input);
  const found =
    input.VersionId === undefined
      ? newest(sim, name, input.Key)
      : versionAt(sim, name, input.Key ?? "", input.VersionId);
  return found ?? absent();
}

/** In seconds: that is all that S3 tells. */
export const lastModified = ({ changedAt }: SimObject) => new Date(Math.floor(changedAt / 1000) * 1000);

const headOf = (object: Encrypted): Answer<HeadObjectCommandOutput> => ({
  ETag: object.etag,
  ContentLength: object.size,
  LastModified: lastModified(object),
  ...(object.metadata === undefined ? {} : { Metadata: object.metadata }),
  ...encryptionOf(object),
  ...versionIdOf(object),
});

export const objectOperations = {
  PutObject(input: PutObjectCommandInput, sim): Answer<PutObjectCommandOutput> {
    const { name, encryption } = openBucket(sim, input);
    const { Key = "" } = input;
    checkWrite(sim, name, input);
    const algorithm = input.ServerSideEncryption ?? (encryption as ServerSideEncryption);
    // Names in small letters, as S3 sends them back.
    const words = Object.entries(input.Metadata ?? {}).map(([word, value]) => [word.toLowerCase(), value]);
    const object = put(sim, name, Key, bytesIn(input.Body), {
      encryption: algorithm,
      ...(words.length === 0 ? {} : { metadata: Object.fromEntries(words) as Record<string, string> }),
    });
    onObjectCreated(sim, object);
    return { ETag: object.etag, ...encryptionOf(object), ...versionIdOf(object) };
  },

  GetObject(input: GetObjectCommandInput, sim) {
    const object = versionOf(sim, input);
    const bytes = bytesOf(sim, object);
    return { ...headOf(object), Body: bytes instanceof FileBytes ? bytes : bytes.read(0, bytes.size) };
  },

  HeadObject(input: HeadObjectCommandInput, sim): Answer<HeadObjectCommandOutput> {
    // An answer to a HEAD request has no body that could say more.
    return headOf(versionOf(sim, input, () => refuse("NotFound", "NotFound", 404)));
  },

  ListObjectVersions(input: ListObjectVersionsCommandInput, sim): Answer<ListObjectVersionsCommandOutput> {
    const { name } = openBucket(sim, input);
    const all = versionsIn(sim, name).filter(({ key }) => key.startsWith(input.Prefix ?? ""));
    const after = all.findIndex(({ key, versionId }) => key === input.KeyMarker && versionId === input.VersionIdMarker);
    const page = all.slice(after + 1, after + 1 + (input.MaxKeys ?? PAGE));
    const last = page.at(-1);
    const truncated = last !== undefined && last !== all.at(-1);
    const isLatest = (object: SimObject) => all.find(({ key }) => key === object.key) === object;
    const entry = (object: SimObject) => ({
      Key: object.key,
      VersionId: object.versionId,
      IsLatest: isLatest(object),
      LastModified: lastModified(object),
    });
    return {
      IsTruncated: truncated,
      ...(truncated ? { NextKeyMarker: last.key, NextVersionIdMarker: last.versionId } : {}),
      Versions: page
        .filter(({ body }) => body !== undefined)
        .map((object) => ({ ...entry(object), ETag: object.etag, Size: object.size })),
      DeleteMarkers: page.filter(({ body }) => body === undefined).map(entry),
    };
  },

  DeleteObject(input: DeleteObjectCommandInput, sim): Answer<DeleteObjectCommandOutput> {
    const { name } = openBucket(sim, input);
    const { Key = "", IfMatch, VersionId } = input;
    if (IfMatch !== undefined) {
      if (VersionId !== undefined)
        refuse("SimulatorUnknownOption", "The simulated AWS does not know IfMatch of a version.", 501);
      checkMoment(sim, name, Key);
      // Without a condition, what is not there is deleted already; with one, it is not what was meant.
      const now = newest(sim, name, Key) ?? noSuchKey();
      if (IfMatch !== "*" && !matches(now.etag, IfMatch)) failed();
    }
    return remove(sim, name, Key, VersionId);
  },

  DeleteObjects(input: DeleteObjectsCommandInput, sim): Answer<DeleteObjectsCommandOutput> {
    const { name } = openBucket(sim, input);
    const wanted = input.Delete?.Objects ?? [];
    if (wanted.length > PAGE) refuse("MalformedXML", "The XML you provided was not well-formed");
    for (const { Key = "", VersionId } of wanted) remove(sim, name, Key, VersionId);
    return { Deleted: input.Delete?.Quiet ? [] : wanted };
  },

  // Nothing here uploads in parts, so that there is never one to abort.
  ListMultipartUploads: (input: { readonly Bucket: string | undefined }, sim) => ({
    Bucket: bucketOf(sim, input.Bucket).name,
    IsTruncated: false,
    Uploads: [],
  }),
} satisfies Operations;

/** Deletes one version for good, or covers the object with a delete marker; what is not there is deleted already. */
function remove(
  sim: Sim,
  bucket: string,
  key: string,
  versionId: string | undefined,
): Answer<DeleteObjectCommandOutput> {
  if (versionId === undefined && bucketOf(sim, bucket).versioning === "Enabled")
    return { DeleteMarker: true, ...versionIdOf(put(sim, bucket, key, undefined)) };
  const found = versionAt(sim, bucket, key, versionId ?? "null");
  if (found) removeVersion(sim, found);
  reviewVersions(sim, bucket, key);
  noteChange(sim, bucket, key);
  const marker = found !== undefined && found.body === undefined;
  return { ...(marker ? { DeleteMarker: true } : {}), ...(versionId === undefined ? {} : { VersionId: versionId }) };
}
