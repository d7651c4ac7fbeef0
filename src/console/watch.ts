import { existsSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What is watched on the target that is built in. */
export interface Watched {
  /** Where the state is kept; it need not exist yet. */
  readonly stateDirectory: string;
  /** The file that the stack is declared in. */
  readonly config: string;
  /** Milliseconds that something has to be quiet for. */
  readonly quiet: number;
  readonly changed: () => void;
}

/** Tells when the state, its lock, its history, the simulated world or the config have been written. Returns what ends it. */
export function watchState({ stateDirectory, config, quiet, changed }: Watched): () => void {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      follow();
      changed();
    }, quiet);
  };
  /** `names`: the only files that matter there. */
  const start = (folder: string, names?: readonly string[]) => {
    if (watchers.has(folder) || !existsSync(folder)) return;
    const watcher = watch(folder, (_, name) => {
      if (names === undefined || name === null || names.includes(name)) soon();
    });
    // The folder is gone: it is looked for again with the next change beside it.
    watcher.on("error", () => {
      watcher.close();
      watchers.delete(folder);
    });
    watchers.set(folder, watcher);
  };
  const follow = () => {
    for (const [folder, watcher] of watchers)
      if (!existsSync(folder)) {
        watcher.close();
        watchers.delete(folder);
      }
    start(dirname(config), [basename(config), basename(stateDirectory)]);
    start(stateDirectory);
    start(join(stateDirectory, "local"));
  };
  follow();
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
}
