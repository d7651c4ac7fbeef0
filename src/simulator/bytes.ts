import { closeSync, openSync, readSync } from "node:fs";

/** Bytes that are read piece by piece from where they lie: what is large is never in memory as a whole. */
export interface Bytes {
  readonly size: number;
  /** At most `length` bytes from an offset on, fewer where there are no more. */
  read(from: number, length: number): Uint8Array;
}

/** The same of bytes that are in memory. */
export const inMemory = (bytes: Uint8Array): Bytes => ({
  size: bytes.length,
  read: (from, length) => bytes.subarray(from, from + length),
});

/** The bytes of a file. */
export class FileBytes implements Bytes {
  readonly path: string;
  readonly size: number;

  constructor(path: string, size: number) {
    this.path = path;
    this.size = size;
  }

  read(from: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.size - from));
    const bytes = new Uint8Array(wanted);
    const file = openSync(this.path, "r");
    try {
      let filled = 0;
      while (filled < wanted) {
        const count = readSync(file, bytes, filled, wanted - filled, from + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    } finally {
      closeSync(file);
    }
  }
}

/** A body that has come in and lies in a file: a command's input has it in the place of the stream that it came as. */
export class ReceivedBytes extends FileBytes {
  /** Its SHA-256 and its MD5, in hexadecimal digits. */
  readonly digest: string;
  readonly md5: string;

  constructor(path: string, size: number, digests: { readonly digest: string; readonly md5: string }) {
    super(path, size);
    this.digest = digests.digest;
    this.md5 = digests.md5;
  }
}
