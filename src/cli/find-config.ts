import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { UsageError } from "./exit.ts";
import { CONFIG_FILE } from "./context.ts";

/** The names that a config is found by. */
export const CONFIG_FILES = [
  CONFIG_FILE,
  "stack.config.mts",
  "stack.config.js",
  "stack.config.mjs",
  "stack.config.json",
] as const;

/**
 * The config of the nearest folder that has one, from `directory` upwards, as a path that starts there; undefined if there is none. The search ends
 * at the root of a git checkout, so that a forgotten file in a home folder is not the config of every project below it. Throws `UsageError`
 * where a folder has two.
 */
export function findConfig(directory: string): string | undefined {
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    const [found, second] = configsIn(folder);
    if (found !== undefined && second !== undefined)
      throw new UsageError(
        `${folder} has both ${found} and ${second}, and only one can be the config. Remove one of them, or run again with --config ${found}. No changes were made.`,
      );
    if (found !== undefined) return relative(resolve(directory), join(folder, found));
    if (existsSync(join(folder, ".git")) || dirname(folder) === folder) return undefined;
  }
}

/** The names of the configs in a folder. */
export const configsIn = (folder: string): readonly string[] =>
  CONFIG_FILES.filter((name) => existsSync(join(folder, name)));
