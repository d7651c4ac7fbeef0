import { statSync, watch, type FSWatcher } from "node:fs";
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
  const watchers = new Map<string, { readonly watcher: FSWatcher; readonly of: number }>();
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
    const of = inode(folder);
    if (watchers.has(folder) || of === undefined) return;
    const watcher = watch(folder, (_, name) => {
      if (names === undefined || name === null || names.includes(name)) soon();
    });
    // The folder is gone: it is looked for again with the next change beside it.
    watcher.on("error", () => {
      watcher.close();
      watchers.delete(folder);
    });
    watchers.set(folder, { watcher, of });
  };
  const follow = () => {
    // A folder that was removed and made again is another one, which the watcher of the former does not see.
    for (const [folder, { watcher, of }] of watchers)
      if (inode(folder) !== of) {
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
    for (const { watcher } of watchers.values()) watcher.close();
  };
}

const inode = (folder: string): number | undefined => statSync(folder, { throwIfNoEntry: false })?.ino;
