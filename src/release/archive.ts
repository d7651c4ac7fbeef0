// The ZIP archive of a source, written file by file: whatever its size, only a part of it is in memory.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync, Zip, ZipDeflate } from "fflate";
import { SourceError } from "./ignore.ts";

/** The bytes of an archive, as often as they are needed: an upload that fails is sent again. */
export interface ArchiveContent {
  readonly size: number;
  /** All of it where it is small, or piece by piece from its beginning. */
  body(): Uint8Array | AsyncIterable<Uint8Array>;
  /** Gives up what it takes of the disk. */
  close(): Promise<void>;
}

/** What is put into an archive. */
export interface Entry {
  readonly path: string;
  /** Where it is on disk. */
  readonly place: string;
  /** The Unix mode of its file. */
  readonly mode: number;
}

/** An archive of at most so many bytes is held in memory; a larger one is written to disk. */
const IN_MEMORY = 32 * 1024 * 1024;
/** How much of a file is read and compressed at a time. The archive depends on it, so it is always filled. */
const PIECE = 256 * 1024;

/**
 * Packs files, in the given order. `scratch`: the folder for an archive that is too large for the memory. That file has no name: it is gone
 * with the process, however that ends. `read` is called with how many bytes have been packed so far. Returns the archive and its digest, and of each file
 * the digest and the size in bytes.
 */
export async function pack(
  entries: readonly Entry[],
  scratch: string,
  {
    inMemory = IN_MEMORY,
    read = () => {},
  }: { readonly inMemory?: number; readonly read?: (bytes: number) => void } = {},
) {
  const target = new Target(scratch, inMemory);
  const written: Uint8Array[] = [];
  // Each call of `push` below hands over what it compressed before it returns.
  const zip = new Zip((error, data) => {
    if (error) throw error;
    written.push(data);
  });
  const flush = async () => {
    for (const data of written.splice(0)) await target.write(data);
  };
  try {
    let total = 0;
    const files: { path: string; digest: string; bytes: number }[] = [];
    for (const { path, place, mode } of entries) {
      // The date is written in local time. `zlib` is not used: its output depends on the processor. A size that follows the content, because
      // it is not known before, is read by every unzipper: Go's archive/zip, with which Terraform packs its archives, writes no other.
      const fileOf = (level: 0 | 6) =>
        Object.assign(new ZipDeflate(path, { level }), { mtime: new Date(1980, 0, 1), os: 3, attrs: mode * 0x10000 });
      let file: ZipDeflate | undefined;
      const hash = createHash("sha256");
      let bytes = 0;
      await eachPiece(place, async (piece, last) => {
        if (!file) zip.add((file = fileOf(last || shrinks(piece) ? 6 : 0)));
        hash.update(piece);
        bytes += piece.length;
        file.push(piece, last);
        await flush();
        read((total += piece.length));
      });
      files.push({ path, digest: `sha256:${hash.digest("hex")}`, bytes });
    }
    zip.end();
    await flush();
    return { content: target, digest: target.digest(), files };
  } catch (error) {
    await target.close();
    throw error;
  }
}

/**
 * Whether it is worth the time to compress a large file that begins so: images, archives and models are compressed already. Others are written as
 * stored blocks of a deflated file, because a stored file whose size follows it cannot be read as a stream (java.util.zip.ZipInputStream).
 */
const shrinks = (piece: Uint8Array): boolean => deflateSync(piece, { level: 1 }).length < piece.length * 0.97;

/** Reads a file piece by piece; an empty one is a single empty piece. */
async function eachPiece(place: string, take: (piece: Uint8Array, last: boolean) => Promise<void>): Promise<void> {
  const file = await open(place);
  try {
    let ahead = await filled(file);
    do {
      const piece = ahead;
      ahead = piece.length === PIECE ? await filled(file) : new Uint8Array();
      await take(piece, ahead.length === 0);
    } while (ahead.length > 0);
  } finally {
    await file.close();
  }
}

/** The next piece of a file, shorter only at its end. */
async function filled(file: FileHandle): Promise<Uint8Array> {
  const piece = new Uint8Array(PIECE);
  let length = 0;
  while (length < PIECE) {
    const { bytesRead } = await file.read(piece, length, PIECE - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return piece.subarray(0, length);
}

/** Where an archive is written: memory, and from a certain size on a file without a name. */
class Target implements ArchiveContent {
  size = 0;
  readonly #scratch: string;
  readonly #inMemory: number;
  readonly #hash = createHash("sha256");
  #parts: Uint8Array[] = [];
  #file: FileHandle | undefined;

  constructor(scratch: string, inMemory: number) {
    this.#scratch = scratch;
    this.#inMemory = inMemory;
  }

  async write(data: Uint8Array): Promise<void> {
    this.#hash.update(data);
    this.size += data.length;
    this.#parts.push(data);
    if (!this.#file && this.size <= this.#inMemory) return;
    try {
      this.#file ??= await nameless(this.#scratch);
      for (const part of this.#parts.splice(0)) await this.#file.appendFile(part);
    } catch (error) {
      throw new SourceError(
        `The archive of the source cannot be written to ${this.#scratch}: ${(error as Error).message}. Free space there, or exclude what the image does not need with .dockerignore.`,
        { cause: error },
      );
    }
  }

  digest(): string {
    return `sha256:${this.#hash.digest("hex")}`;
  }

  body(): Uint8Array | AsyncIterable<Uint8Array> {
    if (this.#file) return createReadStream("", { fd: this.#file.fd, start: 0, end: this.size - 1, autoClose: false });
    this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0] ?? new Uint8Array();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    this.#parts = [];
  }
}

/** A new file for its owner alone, which is deleted as soon as it is open. */
async function nameless(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true });
  const place = join(folder, `source-${process.pid}.zip`);
  await rm(place, { force: true });
  const file = await open(place, "wx+", 0o600);
  await rm(place, { force: true });
  return file;
}
