import { basename, dirname } from "node:path";
import { fileHistory } from "./file-history.ts";
import { holdFile, readHolder, sweepLock, unlockFile } from "./file-lock.ts";
import { files, removeUnfinished } from "./files.ts";
import type { StateStore } from "./state.ts";
import { storeIn } from "./store.ts";

/**
 * A state in a local JSON file `<name>.json`. Next to it are its lock, its backups (`<name>.backups/<serial>.json`) and its history
 * (`<name>.history.jsonl`).
 */
export function fileStore(path: string): StateStore {
  const beside = path.replace(/\.json$/, "");
  const backups = `${beside}.backups`;
  const lock = `${path}.lock`;
  return storeIn({
    where: path,
    objects: files,
    key: path,
    backups: `${backups}/`,
    // A lock is taken over only from a dead process, and a run that lost it by force checks before it writes.
    outlived: false,
    async hold(verb, died) {
      const held = await holdFile(lock, verb, died);
      try {
        // Only the holder of the lock writes.
        await sweepLock(lock);
        await removeUnfinished(dirname(path), (name) => name === basename(path));
        await removeUnfinished(backups, () => true);
      } catch (error) {
        await held.release();
        throw error;
      }
      return held;
    },
    holder: () => readHolder(lock),
    unlock: (token) => unlockFile(lock, token),
    ...fileHistory(`${beside}.history.jsonl`),
  });
}
