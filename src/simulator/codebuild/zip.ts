// A ZIP archive, read from where it lies: the directory at its end, and of each file only what is asked for
// (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7, 4.3.12 and 4.3.16).
import { crc32 } from "node:zlib";
import { Inflate, strFromU8 } from "fflate";
import type { Bytes } from "../bytes.ts";

/** A file in an archive. */
export interface ZipEntry {
  readonly path: string;
  readonly isDeflated: boolean;
  /** How many bytes it takes in the archive. */
  readonly length: number;
  readonly checksum: number;
  /** Where its own header begins. */
  readonly header: number;
}

const END = 0x06_05_4b_50;
const [CENTRAL, LOCAL] = [0x02_01_4b_50, 0x04_03_4b_50];
/** The fixed parts of the end, of an entry of the directory and of a file's own header. */
const [END_SIZE, CENTRAL_SIZE, LOCAL_SIZE] = [22, 46, 30];
/** The end may have a comment, whose length has two bytes. */
const LONGEST_COMMENT = 0xff_ff;
const UTF8 = 0x08_00;
/** How much is read at a time. */
const PIECE = 256 * 1024;

/** What Go's archive/zip says (ErrFormat), with which CodeBuild's agent reads a source. */
const invalid = (cause?: unknown) => new Error("zip: not a valid zip file", { cause });

/** A part of an archive, whose numbers can be read. */
function read(bytes: Bytes, from: number, length: number): Buffer {
  const part = bytes.read(from, length);
  return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
}

/** The files in an archive; a folder has an entry of its own, which is none. Throws where the bytes are no archive. */
export function entriesIn(bytes: Bytes): ZipEntry[] {
  const tail = read(bytes, Math.max(0, bytes.size - END_SIZE - LONGEST_COMMENT), END_SIZE + LONGEST_COMMENT);
  let end = tail.length - END_SIZE;
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--;
  if (end < 0) throw invalid();
  const directory = read(bytes, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  if (directory.length < tail.readUInt32LE(end + 12)) throw invalid();
  const found: ZipEntry[] = [];
  for (let at = 0; at < directory.length;) {
    if (at + CENTRAL_SIZE > directory.length || directory.readUInt32LE(at) !== CENTRAL) throw invalid();
    const method = directory.readUInt16LE(at + 10);
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => directory.readUInt16LE(at + offset));
    const isUtf8 = (directory.readUInt16LE(at + 8) & UTF8) !== 0;
    const name = directory.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + (nameLength ?? 0));
    const path = strFromU8(name, !isUtf8);
    if (method !== 0 && method !== 8) throw invalid();
    if (!path.endsWith("/"))
      found.push({
        path,
        isDeflated: method === 8,
        length: directory.readUInt32LE(at + 20),
        checksum: directory.readUInt32LE(at + 16),
        header: directory.readUInt32LE(at + 42),
      });
    at += CENTRAL_SIZE + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return found;
}

/** Gives `take` the content of a file piece by piece. Throws where the archive is damaged there. */
export function eachPiece(
  bytes: Bytes,
  { header, length, isDeflated, checksum: wanted }: ZipEntry,
  take: (piece: Uint8Array) => void,
): void {
  const own = read(bytes, header, LOCAL_SIZE);
  if (own.length < LOCAL_SIZE || own.readUInt32LE(0) !== LOCAL) throw invalid();
  const from = header + LOCAL_SIZE + own.readUInt16LE(26) + own.readUInt16LE(28);
  let checksum = 0;
  const give = (piece: Uint8Array) => {
    checksum = crc32(piece, checksum);
    take(piece);
  };
  const inflate = isDeflated ? new Inflate(give) : undefined;
  try {
    for (let done = 0; done < length;) {
      const piece = bytes.read(from + done, Math.min(PIECE, length - done));
      if (piece.length === 0) throw invalid();
      done += piece.length;
      if (inflate) inflate.push(piece, done === length);
      else give(piece);
    }
  } catch (error) {
    throw invalid(error);
  }
  // ErrChecksum there.
  if (checksum !== wanted) throw new Error("zip: checksum error");
}
