import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
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
 * `UsageError` where there is none, where it does not run, and where it exports nothing.
 */
export async function loadConfig(directory: string, file: string = CONFIG_FILE): Promise<unknown> {
  const path = resolve(directory, file);
  if (!existsSync(path))
    throw new UsageError(
      `There is no ${file} in ${directory}. Run this where the stack is declared, name the file with --config, or begin with: import { defineStack } from "fairlead"; export default defineStack({});`,
    );
  const fairlead = self();
  const jiti = createJiti(import.meta.url, {
    ...(fairlead === undefined ? {} : { alias: { fairlead } }),
    moduleCache: false,
  });
  let exported: unknown;
  try {
    exported = await jiti.import(path);
  } catch (error) {
    throw new UsageError(`${file} does not run: ${reasonOf(error)}. Nothing was touched.`, { cause: error });
  }
  const config = (exported as { default?: unknown } | undefined)?.default;
  if (config === undefined)
    throw new UsageError(`${file} exports no stack. It should end with: export default defineStack({ ... });`);
  return config;
}

const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]?.replace(/\.$/, "") ?? "";
