import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { holds, type ObjectStore } from "./objects.ts";
import { writeWhole } from "./write-whole.ts";

const etagOf = (text: string) => createHash("sha256").update(text).digest("hex");

/**
 * Files by path. A write goes to a temporary file that is synced and renamed, so that a reader or a crash sees either the old or the new
 * text; only its owner can read it. Conditions are checked but not enforced, since the writer holds the lock.
 */
export const files: ObjectStore = {
  async get(path) {
    const text = await absent(readFile(path, "utf8"));
    const changedAt = text === undefined ? undefined : (await absent(stat(path)))?.mtimeMs;
    return text === undefined || changedAt === undefined ? undefined : { text, etag: etagOf(text), changedAt };
  },
  async put(path, text, when) {
    if (when && !holds(when, await files.get(path))) return undefined;
    await writeWhole(path, text);
    return etagOf(text);
  },
  async offer(path, text) {
    // Not synced: after a power failure no process is left to be seen.
    const draft = `${path}.${process.pid}`;
    try {
      await writeFile(draft, text, { mode: 0o600 });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  },
  async remove(path, ifMatch) {
    const now = ifMatch === undefined ? undefined : await files.get(path);
    if (now && now.etag !== ifMatch) return false;
    await rm(path, { force: true });
    return true;
  },
  async list(folder) {
    const names = (await absent(readdir(folder))) ?? [];
    const all = await Promise.all(
      names.map(async (name) => ({ key: folder + name, changedAt: (await absent(stat(folder + name)))?.mtimeMs })),
    );
    return all.flatMap(({ key, changedAt }) => (changedAt === undefined ? [] : [{ key, changedAt }]));
  },
};

/** Removes what dead writers left in a directory of the files that no other process is writing. */
export async function removeUnfinished(folder: string, whose: (name: string) => boolean): Promise<void> {
  for (const name of (await absent(readdir(folder))) ?? []) {
    const [, file] = /^(.+)\.\d+$/.exec(name) ?? [];
    if (file !== undefined && whose(file)) await rm(join(folder, name), { force: true });
  }
}

/** `undefined` if there is no such file or directory. */
export async function absent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
