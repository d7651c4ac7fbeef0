import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { createJiti } from "jiti";
import { UsageError } from "./exit.ts";

/** The file that a stack is declared in, where no other is named. */
export const CONFIG_FILE = "stack.config.ts";

/** What `import ... from "fairlead"` in that file stands for: beside the bundle, or in the sources. */
const self = () =>
  ["./index.js", "../index.ts"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));

/**
 * Runs the configuration file and answers what it exports by default. The file is code: whoever runs it trusts it. Throws
 * `UsageError` where there is none, where it does not run, and where it exports nothing. What it exports is answered inside an object:
 * it may be a promise, which is no configuration and is not waited for.
 */
export async function loadConfig(directory: string, file: string = CONFIG_FILE): Promise<{ readonly config: unknown }> {
  const path = resolve(directory, file);
  if (!existsSync(path))
    throw new UsageError(
      `There is no ${file} in ${directory}. Run this where the stack is declared, name the file with --config, or begin with: import { defineStack } from "fairlead"; export default defineStack({});`,
    );
  const fairlead = self();
  const jiti = createJiti(import.meta.url, {
    ...(fairlead === undefined ? {} : { alias: { fairlead } }),
    moduleCache: false,
    // A file without a default export would pass for a stack with nothing but defaults.
    interopDefault: false,
  });
  let config: unknown;
  try {
    config = (await jiti.import<{ default?: unknown } | undefined>(path))?.default;
  } catch (error) {
    throw new UsageError(`${file} does not run: ${reasonOf(error)}. Nothing was touched.`, { cause: error });
  }
  // Nobody waits for it, and Node ends a process for what nobody hears of.
  if (types.isPromise(config)) config.catch(() => {});
  if (config === undefined)
    throw new UsageError(`${file} exports no stack. It should end with: export default defineStack({ ... });`);
  return { config };
}

/** What an error says, on one line. A file may throw anything, also what cannot be looked at. */
function reasonOf(error: unknown): string {
  try {
    const words = error instanceof Error ? error.message : error;
    const [line = ""] = typeof words === "string" ? words.split("\n") : [];
    if (line !== "") return line.replace(/\.$/, "");
  } catch {
    // Then it says nothing.
  }
  return "it throws something that says nothing";
}
