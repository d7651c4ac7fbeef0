import { basename, dirname } from "node:path";
import { realClock } from "../src/clock.ts";
import { fileHistory } from "./file-history.ts";
import { holdFile, readHolder, sweepLock, unlockFile } from "./file-lock.ts";
import { files, removeUnfinished } from "./files.ts";
import type { ProgressOf, StateStore } from "./state.ts";
import { storeIn } from "./store.ts";

/**
 * A state in a local JSON file `<name>.json`. Next to it are its lock, its backups (`<name>.backups/<serial>.json`), its history
 * (`<name>.history.jsonl`) and, while a run or a release goes on, its progress (`<name>.run` and `<name>.release`).
 */
export function fileStore(path: string): StateStore {
  const beside = path.replace(/\.json$/, "");
  const backups = `${beside}.backups`;
  const lock = `${path}.lock`;
  const progressAt = (of: ProgressOf) => `${beside}.${of}`;
  const own = new Set([path, progressAt("run"), progressAt("release")].map((file) => basename(file)));
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
        await removeUnfinished(dirname(path), (name) => own.has(name));
        await removeUnfinished(backups, () => true);
      } catch (error) {
        await held.release();
        throw error;
      }
      return held;
    },
    holder: () => readHolder(lock),
    unlock: (token) => unlockFile(lock, token),
    clock: realClock,
    progress: (of) => ({
      put: (text) => files.offer(progressAt(of), text),
      remove: async () => void (await files.remove(progressAt(of))),
      get: async () => (await files.get(progressAt(of)))?.text,
      every: 250,
      isQuick: true,
    }),
    ...fileHistory(`${beside}.history.jsonl`),
  });
}
