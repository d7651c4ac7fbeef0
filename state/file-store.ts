import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileHistory } from "./file-history.ts";
import { lockFile, readHolder, unlockFile } from "./file-lock.ts";
import { absent, files } from "./files.ts";
import type { StateStore } from "./state.ts";
import { storeIn } from "./store.ts";

/**
 * A state in a local JSON file `<name>.json`. Beside it lie its lock, its backups (`<name>.backups/<serial>.json`) and its history
 * (`<name>.history.jsonl`).
 */
export function fileStore(path: string): StateStore {
  const beside = path.replace(/\.json$/, "");
  const backups = `${beside}.backups`;
  const history = `${beside}.history.jsonl`;
  const lock = `${path}.lock`;
  return storeIn({
    where: path,
    objects: files,
    key: path,
    backups: `${backups}/`,
    async hold(verb) {
      const release = await lockFile(lock, verb);
      await removeUnfinished(path);
      await removeUnfinished(history);
      for (const name of (await absent(readdir(backups))) ?? [])
        if (/\.json\.\d+$/.test(name)) await rm(join(backups, name), { force: true });
      // The operating system says whether a holder lives, so that nobody takes the lock from one that does but by force.
      return { release, check: async () => {} };
    },
    holder: () => readHolder(lock),
    unlock: (token) => unlockFile(lock, token),
    ...fileHistory(history),
  });
}

/** What runs that were killed while they wrote have left beside a file; whoever holds the lock is the only one who writes. */
async function removeUnfinished(path: string): Promise<void> {
  const beginning = `${basename(path)}.`;
  for (const name of await readdir(dirname(path)))
    if (name.startsWith(beginning) && /^\d+$/.test(name.slice(beginning.length)))
      await rm(join(dirname(path), name), { force: true });
}
