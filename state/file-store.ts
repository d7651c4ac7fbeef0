import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { lockFile } from "./file-lock.ts";
import { parseState } from "./parse.ts";
import type { State, StateStore } from "./state.ts";

/**
 * A state in a local JSON file, with its lock beside it. Writes go to a temporary file that is synced and renamed, so that a reader or
 * a crash sees the old state or the new one; the file can be read by its owner alone.
 */
export function fileStore(path: string): StateStore {
  return {
    where: path,
    async read(): Promise<State | undefined> {
      let text: string;
      try {
        text = await readFile(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
      return parseState(text, path);
    },
    async write(state: State): Promise<void> {
      if (Object.keys(state.resources).length === 0) return rm(path, { force: true });
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
    },
    async lock(verb) {
      const unlock = await lockFile(`${path}.lock`, verb);
      await removeUnfinished(path);
      return unlock;
    },
  };
}

/** What runs that were killed while they wrote have left beside the state; whoever holds the lock is the only one who writes. */
async function removeUnfinished(path: string): Promise<void> {
  const beginning = `${basename(path)}.`;
  for (const name of await readdir(dirname(path)))
    if (name.startsWith(beginning) && /^\d+$/.test(name.slice(beginning.length)))
      await rm(join(dirname(path), name), { force: true });
}
