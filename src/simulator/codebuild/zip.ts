import { inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** The files in a zip archive by their path; throws where the bytes are none. */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  const end = bytes.length >= 22 ? bytes.lastIndexOf(signature(END_OF_DIRECTORY)) : -1;
  if (end < 0) throw new Error("zip: not a valid zip file");
  const files = new Map<string, Buffer>();
  let from = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    if (bytes.readUInt32LE(from) !== ENTRY) throw new Error("zip: not a valid zip file");
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(from + offset)) as [
      number,
      number,
      number,
    ];
    const path = bytes.toString("utf8", from + 46, from + 46 + name);
    // A directory has its own entry without content.
    if (!path.endsWith("/")) files.set(path, contentOf(bytes, from));
    from += 46 + name + extra + comment;
  }
  return files;
}

function contentOf(bytes: Buffer, entry: number): Buffer {
  const method = bytes.readUInt16LE(entry + 10);
  const size = bytes.readUInt32LE(entry + 20);
  const header = bytes.readUInt32LE(entry + 42);
  // The file's own header may be longer than its entry in the directory says.
  const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  const packed = bytes.subarray(start, start + size);
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRawSync(packed);
  throw new Error(`zip: unsupported compression algorithm ${method}`);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
