import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a test file does to the modules that it shares a worker with, or to the machine. */
export type Footprint = "keeps apart" | "mocks clients" | "starts processes" | "none";

/**
 * `vi.mock` replaces a module for the whole worker; `mockClient` replaces the `send` of an SDK client until it is restored (the simulator is asked
 * without one).
 */
const REPLACES_MODULES = /\bvi\.(mock|hoisted)\(/;
/**
 * A constant of a module is one for the whole worker: who changes it changes it for the files after it, unless by `changed`, which takes it back.
 */
const CHANGES_CONSTANTS = /\bObject\.assign\([A-Z][A-Z_]+,|^\s*[A-Z][A-Z_]+(\.\w+|\[[^\]]+\]) = /m;
const MOCKS_CLIENTS = /from "aws-sdk-client-mock"/;
/** Each takes as long to start as dozens of tests without one. */
const STARTS_PROCESSES = /from "node:child_process"|\bfork\(/;
const IMPORTS = /from "(\.{1,2}\/[^"]+)"/g;

/** The test files in `folders` below `root`, by what they do to other files in the same worker. Paths are relative to `root`. */
export function testFiles(root: string, folders: readonly string[]): Readonly<Record<Footprint, string[]>> {
  const files: Record<Footprint, string[]> = {
    "keeps apart": [],
    "mocks clients": [],
    "starts processes": [],
    none: [],
  };
  for (const file of folders.flatMap((folder) => testsIn(root, folder))) {
    const text = textOf(join(root, file), new Set());
    const mocks = MOCKS_CLIENTS.test(text);
    const apart = REPLACES_MODULES.test(text) || CHANGES_CONSTANTS.test(text);
    const footprint = apart ? "keeps apart" : mocks ? "mocks clients" : "none";
    files[footprint === "none" && STARTS_PROCESSES.test(text) ? "starts processes" : footprint].push(file);
  }
  return files;
}

const testsIn = (root: string, folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(folder, name));

/** A test file's text with that of everything below `test/` that it imports. */
function textOf(path: string, seen: Set<string>): string {
  if (seen.has(path) || !path.includes("/test/")) return "";
  seen.add(path);
  const text = readFileSync(path, "utf8");
  return [text, ...[...text.matchAll(IMPORTS)].map(([, to = ""]) => textOf(join(dirname(path), to), seen))].join("\n");
}
