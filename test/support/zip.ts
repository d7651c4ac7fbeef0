import { strToU8, type ZippableFile, zipSync } from "fflate";

/** A zip archive of `files`, the longer ones compressed and the others not, as archivers do. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files).map(([path, text]): [string, ZippableFile] => [
    path,
    [strToU8(text), { level: text.length > 100 ? 6 : 0 }],
  ]);
  return Buffer.from(zipSync(Object.fromEntries(entries)));
}
