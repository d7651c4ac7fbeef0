import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { fingerprint } from "../config/fingerprint.ts";
import { HeadObjectCommand, PutObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { hasCode, isNotFound } from "../aws/errors.ts";
import type { ArchiveContent } from "./archive.ts";
import type { Source } from "./events.ts";
import type { ServiceRef } from "./service-ref.ts";

/** The archive to upload, with its metadata. */
export interface Archive {
  readonly content: ArchiveContent;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly files: readonly { readonly path: string; readonly digest: string }[];
  readonly commit: string | undefined;
}

/** The names of the user metadata; S3 sends them back in lower case. */
const DIGEST = "fairlead-digest";
const COMMIT = "fairlead-commit";
const FILES = "fairlead-files";
const CHANGED = "fairlead-changed";
const BY = "fairlead-by";
const MANIFEST = "fairlead-manifest";

/** S3's limit for metadata names and values together, in bytes. */
const LIMIT = 2048;
const PREFIX = "x-amz-meta-";

/** S3's errors for a missing object or version, or a delete marker. */
const GONE = ["NotFound", "NoSuchKey", "NoSuchVersion", "MethodNotAllowed"] as const;

async function head(asked: Promise<HeadObjectCommandOutput>): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (hasCode(error, ...GONE) || isNotFound(error)) return undefined;
    throw error;
  }
}

/** Called with how many bytes of an upload have been sent so far. */
type Sent = (bytes: number) => void;

/**
 * Uploads the archive as the newest version of the source, which starts the pipeline. Of a large one `sent` is called as it goes, from 0 again
 * where the upload is repeated.
 */
export async function uploadSource(
  ref: ServiceRef,
  archive: Archive,
  by: string,
  sent: Sent = () => {},
): Promise<Source> {
  const { aws, names, stack } = ref;
  const place = { Bucket: names.sourceBucket, Key: stack.delivery.sourceKey };
  const before = await head(aws.s3(new HeadObjectCommand(place)));
  const Metadata = metadataOf(archive, by, before?.Metadata);
  const { size: ContentLength } = archive.content;
  const put = new PutObjectCommand({ ...place, ContentLength, ContentType: "application/zip", Metadata });
  // A stream can be read once, and an attempt that fails has read some of it.
  const renew = () => void (put.input.Body = counted(archive.content.body(), sent));
  const version = await putOnce(ref, put, before?.VersionId, renew);
  if (version === undefined)
    throw new Error(
      `Bucket ${names.sourceBucket} is not versioned, so releases cannot be told apart. Enable versioning on it.`,
    );
  return sourceFrom(version, Metadata);
}

/** Writes one version: after a lost response, an already written version is found instead of written again. */
async function putOnce(
  ref: ServiceRef,
  put: PutObjectCommand,
  before: string | undefined,
  renew: () => void,
): Promise<string | undefined> {
  const write = async () => (await ref.aws.s3(put, { once: true, renew })).VersionId;
  try {
    return await write();
  } catch (error) {
    if (!hasCode(error, "UncertainAnswer")) throw error;
    const { Bucket, Key, Metadata } = put.input;
    const now = await head(ref.aws.s3(new HeadObjectCommand({ Bucket, Key })));
    const written = now?.VersionId !== before && now?.Metadata?.[DIGEST] === Metadata?.[DIGEST];
    return written ? now?.VersionId : await write();
  }
}

/** The same body; of a stream, what is read of it is counted. */
function counted(body: ReturnType<ArchiveContent["body"]>, sent: Sent): Uint8Array | Readable {
  if (body instanceof Uint8Array) return body;
  const pieces = async function* () {
    let bytes = 0;
    sent(bytes);
    for await (const piece of body) {
      yield piece;
      sent((bytes += piece.length));
    }
  };
  return Readable.from(pieces(), { objectMode: false });
}

/** A version of the source, from its metadata. */
export async function sourceOf(ref: ServiceRef, version: string): Promise<Source> {
  return sourceFrom(version, (await headOf(ref, version))?.Metadata);
}

/** The files of a version by path, each with the beginning of its digest; undefined if there were too many for its metadata. */
export async function filesOf(ref: ServiceRef, version: string): Promise<ReadonlyMap<string, string> | undefined> {
  return manifestIn((await headOf(ref, version))?.Metadata);
}

/** The S3 object of one version of the source, or of the newest; `undefined` if there is none. */
export function headOf(ref: ServiceRef, version?: string): Promise<HeadObjectCommandOutput | undefined> {
  const { names, stack } = ref;
  const VersionId = version === undefined ? {} : { VersionId: version };
  const command = new HeadObjectCommand({ Bucket: names.sourceBucket, Key: stack.delivery.sourceKey, ...VersionId });
  return head(ref.aws.s3(command));
}

/** The digest of an object's archive, if its metadata has it. */
export const digestOf = ({ Metadata }: Pick<HeadObjectCommandOutput, "Metadata">): string | undefined =>
  Metadata?.[DIGEST];

/** A short token for a version that is valid in any of AWS's token fields. */
export const tokenOf = (version: string): string => `fairlead-${fingerprint(version, 40)}`;

function metadataOf(archive: Archive, by: string, before: Record<string, string> | undefined): Record<string, string> {
  const files = new Map(archive.files.map(({ path, digest }) => [path, shortDigest(digest)]));
  const changed = changedSince(manifestIn(before), files);
  const metadata = {
    [DIGEST]: ascii(archive.digest),
    [FILES]: String(archive.files.length),
    [BY]: ascii(by),
    ...(archive.commit === undefined ? {} : { [COMMIT]: ascii(archive.commit) }),
    ...(changed === undefined ? {} : { [CHANGED]: String(changed) }),
  };
  const packed = gzipSync(JSON.stringify(Object.fromEntries(files)), { level: 9 }).toString("base64");
  const whole = { ...metadata, [MANIFEST]: packed };
  return sizeOf(whole) <= LIMIT ? whole : metadata;
}

const sizeOf = (metadata: Readonly<Record<string, string>>) =>
  Object.entries(metadata).reduce((size, [name, value]) => size + PREFIX.length + name.length + value.length, 0);

/** Headers allow only ASCII, and a proxy that re-encodes other characters would break the signature. */
const ascii = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, "?").trim();

const shortDigest = (digest: string) => digest.slice(digest.indexOf(":") + 1).slice(0, 12);

/** How many files were added, changed or removed; `undefined` if the previous files are not known. */
function changedSince(before: ReadonlyMap<string, string> | undefined, now: ReadonlyMap<string, string>) {
  if (!before) return undefined;
  const paths = new Set([...before.keys(), ...now.keys()]);
  return [...paths].filter((path) => before.get(path) !== now.get(path)).length;
}

function manifestIn(metadata: Record<string, string> | undefined): Map<string, string> | undefined {
  const packed = metadata?.[MANIFEST];
  if (packed === undefined) return undefined;
  try {
    const files = JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8")) as Record<string, string>;
    return new Map(Object.entries(files));
  } catch {
    // Not written by Fairlead: treated as missing.
    return undefined;
  }
}

function sourceFrom(version: string, metadata: Record<string, string> = {}): Source {
  return {
    version,
    digest: metadata[DIGEST],
    commit: metadata[COMMIT],
    files: numberIn(metadata[FILES]),
    changed: numberIn(metadata[CHANGED]),
    by: metadata[BY],
  };
}

const numberIn = (text: string | undefined) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);
