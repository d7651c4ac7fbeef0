import { deflateRawSync } from "node:zlib";

/** A zip archive of `files`, some of them compressed and some not, as archivers do. CRCs are left out: nobody here reads them. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path);
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    const deflated = packed.length < content.length;
    const bytes = deflated ? packed : content;
    const sizes = [deflated ? 8 : 0, bytes.length, content.length] as const;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    writeSizes(local, 8, sizes);
    local.writeUInt16LE(name.length, 26);
    // Room that only the file's own header has.
    local.writeUInt16LE(4, 28);
    locals.push(local, name, Buffer.alloc(4), bytes);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    writeSizes(entry, 10, sizes);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    entries.push(entry, name);
    offset += local.length + name.length + 4 + bytes.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function writeSizes(header: Buffer, at: number, [method, packed, size]: readonly [number, number, number]) {
  header.writeUInt16LE(method, at);
  header.writeUInt32LE(packed, at + 10);
  header.writeUInt32LE(size, at + 14);
}
