import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { StateError } from "./state.ts";

/** The operating system's reasons why nothing can be written, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EIO: "input/output error",
  EMFILE: "too many open files in this process",
  ENFILE: "too many open files on this machine",
  EACCES: "permission denied",
  EPERM: "permission denied",
};

/**
 * Writes `text` to `path` atomically: to a temporary file `<path>.<pid>` that is written completely, synced, checked and only then renamed;
 * the directory is synced too, since a power failure could otherwise undo the rename. Only the owner can read the file. If it fails, throws
 * `StateError` with the reason, and the previous content remains.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(draft, "w", 0o600);
    try {
      await writeAll(file, text);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw cannotWrite(path, error);
  }
  await syncFolder(dirname(path));
}

/** A write may accept fewer bytes than it was given and only report it by its count. */
async function writeAll(file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, done);
    if (bytesWritten === 0) throw Object.assign(new Error("no more bytes were written"), { code: "ENOSPC" });
    done += bytesWritten;
  }
  await file.sync();
  const { size } = await file.stat();
  if (size !== bytes.length)
    throw Object.assign(new Error(`the file has ${size} bytes instead of ${bytes.length}`), { code: "EIO" });
}

/** Some file systems, and Windows, cannot sync a directory; the rename has been done nevertheless. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch {
    // Nothing can be done about it.
  }
}

/** The consequences of a failed write of the state, as a sentence. */
export function cannotWrite(path: string, error: unknown): StateError {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? message;
  return new StateError(
    `${path} cannot be written: ${reason}${code === "" ? "" : ` (${code})`}. Its previous contents are unchanged, and no further call was made whose result could not be recorded. Fix the cause, then run again to continue.`,
    { cause: error },
  );
}
