import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { command, type Ended } from "./command.ts";

const PRELOADED = new URL("pause.mjs", import.meta.url).href;

/**
 * Runs a command that changes something, with `--json`, and `meanwhile` while it stands still: it holds its locks, has told of its
 * first action that is done and has more to do. Answers what both came to.
 */
export async function paused<T>(
  directory: string,
  args: readonly string[],
  meanwhile: () => Promise<T>,
): Promise<{ ended: Ended; met: T }> {
  const path = join(directory, "pause.pipe");
  execFileSync("mkfifo", [path]);
  // Open for both, so that neither side waits for the other to open it.
  const pipe = openSync(path, "r+");
  const env = { NODE_OPTIONS: `--import=${PRELOADED}`, FAIRLEAD_TEST_PIPE: path };
  let going: Promise<T> | undefined;
  try {
    const ended = await command(directory, [...args, "--json"], env, (said) => {
      if (said.includes("✓")) going ??= meanwhile().finally(() => writeSync(pipe, "."));
    });
    if (!going) throw new Error(`The command did nothing: ${ended.stderr}`);
    return { ended, met: await going };
  } finally {
    closeSync(pipe);
    rmSync(path);
  }
}
