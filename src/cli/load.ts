import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { types } from "node:util";
import { createJiti } from "jiti";
import * as fairlead from "../index.ts";
import { UsageError } from "./exit.ts";
import { CONFIG_FILE } from "./context.ts";
import { paste } from "./paste.ts";

/**
 * Runs the config file and returns its default export. The file is code, so running it means trusting it. Throws
 * `UsageError` where there is none, where it does not run, and where it exports nothing. What it exports is answered inside an object:
 * it may be a promise, which is no configuration and is not waited for.
 */
export async function loadConfig(directory: string, file: string = CONFIG_FILE): Promise<{ readonly config: unknown }> {
  const path = resolve(directory, file);
  if (!existsSync(path))
    throw new UsageError(
      `There is no ${file} in ${directory}${file === CONFIG_FILE ? " or a folder above it" : ""}. Run this in the folder of your stack, pass --config, or write a config for what is here with: ${paste({ target: "local" }, "init")}`,
    );
  if (path.endsWith(".json")) return { config: readJson(path, file) };
  const jiti = createJiti(import.meta.url, {
    // What the file imports is this program's own, so that its kinds send through this program's clients.
    virtualModules: { fairlead },
    moduleCache: false,
    // A file without a default export would pass for a stack with nothing but defaults.
    interopDefault: false,
  });
  let config: unknown;
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => void unheard.push(reason);
  // A promise in the file that is rejected and that nobody waits for: Node would end the process for it, with a stack trace.
  process.on("unhandledRejection", hear);
  try {
    config = (await jiti.import<{ default?: unknown } | undefined>(path))?.default;
    // The file may export a promise, which is refused as such.
    if (types.isPromise(config)) config.catch(() => {});
    // Node tells of the others when it is through with all that can be done at once.
    await setImmediate();
  } catch (error) {
    throw new UsageError(`${file} could not be loaded: ${reasonOf(error)}. No changes were made.`, { cause: error });
  } finally {
    process.off("unhandledRejection", hear);
  }
  if (unheard.length > 0)
    throw new UsageError(
      `${file} could not be loaded: unhandled rejection (${reasonOf(unheard[0])}). No changes were made.`,
      { cause: unheard[0] },
    );
  if (config === undefined)
    throw new UsageError(`${file} exports no stack. It should end with: export default defineStack({ ... });`);
  return { config };
}

/** A config without code. `$schema` is for editors (docs/stack.schema.json). */
function readJson(path: string, file: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${file} could not be loaded: ${reasonOf(error)}. No changes were made.`, { cause: error });
  }
  if (typeof parsed !== "object" || parsed === null || !("$schema" in parsed)) return parsed;
  const { $schema: _, ...config } = parsed;
  return config;
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
  return "it throws an error without a message";
}
