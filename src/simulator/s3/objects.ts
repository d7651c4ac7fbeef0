import { createHash } from "node:crypto";
import type {
  DeleteObjectCommandInput,
  DeleteObjectsCommandInput,
  DeleteObjectsCommandOutput,
  GetObjectCommandInput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  ListObjectVersionsCommandInput,
  ListObjectVersionsCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { refuse } from "../errors.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { onObjectCreated } from "./events.ts";
import { bucketOf, newest, objects, versionsIn, type SimObject } from "./records.ts";

const PAGE = 1_000;

const objectKey = ({ bucket, key, versionId }: SimObject) => `${bucket}/${key}?${versionId}`;

/** The bytes of a body, which comes as text or as bytes. */
function bytesOf(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return refuse("NotImplemented", "The simulated S3 takes bodies of text or bytes only", 501);
}

function put(sim: Sim, bucket: string, key: string, bytes: Buffer | undefined): SimObject {
  const versioned = bucketOf(sim, bucket).versioning === "Enabled";
  const before = versionsIn(sim, bucket).filter((object) => object.key === key);
  // Without versioning the one version is written over.
  if (!versioned) for (const old of before) if (old.versionId === "null") delete objects(sim)[objectKey(old)];
  const object: SimObject = {
    bucket,
    key,
    versionId: versioned ? sim.world.hex(32) : "null",
    ...(bytes === undefined ? {} : { body: bytes.toString("base64") }),
    etag: `"${createHash("md5")
      .update(bytes ?? "")
      .digest("hex")}"`,
    size: bytes?.length ?? 0,
    changedAt: sim.now,
    order: (before[0]?.order ?? 0) + 1,
  };
  objects(sim)[objectKey(object)] = object;
  return object;
}

/** The version that is asked for, or S3's refusal. */
function versionOf(sim: Sim, input: Pick<GetObjectCommandInput, "Bucket" | "Key" | "VersionId">): SimObject {
  const { name } = bucketOf(sim, input.Bucket);
  const found =
    input.VersionId === undefined
      ? newest(sim, name, input.Key)
      : versionsIn(sim, name).find(({ key, versionId }) => key === input.Key && versionId === input.VersionId);
  return found ?? refuse("NoSuchKey", "The specified key does not exist.", 404);
}

const headOf = (object: SimObject): Answer<HeadObjectCommandOutput> => ({
  ETag: object.etag,
  ContentLength: object.size,
  LastModified: new Date(object.changedAt),
  ...(object.versionId === "null" ? {} : { VersionId: object.versionId }),
});

export const objectOperations = {
  PutObject(input: PutObjectCommandInput, sim): Answer<PutObjectCommandOutput> {
    const { name } = bucketOf(sim, input.Bucket);
    const { Key = "" } = input;
    const now = newest(sim, name, Key);
    const failed = (): never =>
      refuse("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
    if (input.IfNoneMatch === "*" && now) failed();
    if (input.IfMatch !== undefined && !now) refuse("NoSuchKey", "The specified key does not exist.", 404);
    if (input.IfMatch !== undefined && input.IfMatch !== now?.etag) failed();
    const object = put(sim, name, Key, bytesOf(input.Body));
    onObjectCreated(sim, object);
    return { ETag: object.etag, ...(object.versionId === "null" ? {} : { VersionId: object.versionId }) };
  },

  GetObject(input: GetObjectCommandInput, sim) {
    const object = versionOf(sim, input);
    return { ...headOf(object), Body: Buffer.from(object.body ?? "", "base64") };
  },

  HeadObject(input: HeadObjectCommandInput, sim): Answer<HeadObjectCommandOutput> {
    const { name } = bucketOf(sim, input.Bucket);
    const found = newest(sim, name, input.Key);
    return headOf(found ?? refuse("NotFound", "NotFound", 404));
  },

  ListObjectsV2(input: ListObjectsV2CommandInput, sim): Answer<ListObjectsV2CommandOutput> {
    const { name } = bucketOf(sim, input.Bucket);
    const keys = [...new Set(versionsIn(sim, name).map(({ key }) => key))];
    const found = keys
      .flatMap((key) => newest(sim, name, key) ?? [])
      .filter(({ key }) => key.startsWith(input.Prefix ?? ""));
    return {
      KeyCount: found.length,
      IsTruncated: false,
      Contents: found.map(({ key, etag, size, changedAt }) => ({
        Key: key,
        ETag: etag,
        Size: size,
        LastModified: new Date(changedAt),
      })),
    };
  },

  ListObjectVersions(input: ListObjectVersionsCommandInput, sim): Answer<ListObjectVersionsCommandOutput> {
    const { name } = bucketOf(sim, input.Bucket);
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
      LastModified: new Date(object.changedAt),
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

  DeleteObject(input: DeleteObjectCommandInput, sim) {
    remove(sim, bucketOf(sim, input.Bucket).name, input.Key ?? "", input.VersionId);
    return {};
  },

  DeleteObjects(input: DeleteObjectsCommandInput, sim): Answer<DeleteObjectsCommandOutput> {
    const { name } = bucketOf(sim, input.Bucket);
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
function remove(sim: Sim, bucket: string, key: string, versionId: string | undefined) {
  if (versionId === undefined && bucketOf(sim, bucket).versioning === "Enabled") {
    put(sim, bucket, key, undefined);
    return;
  }
  for (const object of versionsIn(sim, bucket))
    if (object.key === key && object.versionId === (versionId ?? "null")) delete objects(sim)[objectKey(object)];
}
