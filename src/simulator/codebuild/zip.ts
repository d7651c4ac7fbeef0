import { unzipSync } from "fflate";

/** The files in a zip archive by their path; throws where the bytes are none, in the words of Go's archive/zip (ErrFormat). */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  try {
    const files = Object.entries(unzipSync(bytes));
    // A directory has its own entry without content.
    return new Map(files.flatMap(([path, content]) => (path.endsWith("/") ? [] : [[path, Buffer.from(content)]])));
  } catch (error) {
    throw new Error("zip: not a valid zip file", { cause: error });
  }
}
