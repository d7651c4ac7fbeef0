import { tmpdir } from "node:os";
import type { ArchiveContent } from "../../src/release/archive.ts";
import { readSource, type SourceArchive } from "../../src/release/source.ts";

/** Bytes as the content of an archive. */
export const contentOf = (bytes: Uint8Array): ArchiveContent => ({
  size: bytes.length,
  body: () => bytes,
  close: async () => {},
});

/** All bytes of an archive's content. */
export async function bytesOf(content: ArchiveContent): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const body = content.body();
  if (body instanceof Uint8Array) return body;
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

/** A folder's source with the bytes of its archive. */
export async function packed(
  directory: string,
  buildspec?: string,
): Promise<Omit<SourceArchive, "content"> & { zip: Uint8Array }> {
  const { content, ...source } = await readSource({ directory, scratch: tmpdir() }, buildspec);
  const zip = await bytesOf(content);
  await content.close();
  return { ...source, zip };
}
