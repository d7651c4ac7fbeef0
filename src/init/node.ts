import { existsSync } from "node:fs";
import { join } from "node:path";
import { textAt, type SourceText } from "./sources.ts";

/** A Node.js application. */
export interface NodeApp {
  readonly language: "node";
  readonly name: string | undefined;
  readonly version: string;
  readonly manager: "npm" | "pnpm" | "yarn" | "yarn-berry" | "yarn-pnp" | "bun";
  /** Files that an install needs, besides package.json. */
  readonly locks: readonly string[];
  readonly builds: boolean;
  /** An install runs scripts of the application itself, which need its files. */
  readonly installsWithFiles: boolean;
  /** The words of CMD; undefined if nothing says how it starts. */
  readonly start: readonly string[] | undefined;
  readonly readsPort: boolean;
}

interface Manifest {
  readonly name?: unknown;
  readonly main?: unknown;
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly engines?: { readonly node?: unknown };
}

/** Versions with long-term support that are images too (Node.js release schedule). */
const VERSIONS = ["20", "22", "24"];
const MAINS = ["server.js", "server.mjs", "index.js", "index.mjs", "app.js", "src/index.js", "src/server.js"];

/** The application that a package.json describes; one that has only development dependencies and nothing to start is none. */
export function nodeApp(directory: string, files: readonly SourceText[]): NodeApp | undefined {
  const manifest = manifestIn(directory);
  if (manifest === undefined) return undefined;
  const { scripts = {}, dependencies = {} } = manifest;
  const start = startOf(directory, manifest);
  if (start === undefined && Object.keys(dependencies).every((name) => name === "fairlead") && files.length === 0)
    return undefined;
  const runs = (script: string) => typeof scripts[script] === "string";
  return {
    language: "node",
    name: typeof manifest.name === "string" ? manifest.name : undefined,
    version: versionOf(directory, manifest),
    ...managerOf(directory),
    builds: runs("build"),
    installsWithFiles: ["preinstall", "install", "postinstall", "prepare"].some(runs),
    start,
    // `next start` and `nuxt` servers read it.
    readsPort: "next" in dependencies || "nuxt" in dependencies,
  };
}

function manifestIn(directory: string): Manifest | undefined {
  const text = textAt(directory, "package.json");
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function startOf(directory: string, { scripts = {}, main }: Manifest): readonly string[] | undefined {
  const { start } = scripts;
  if (typeof start === "string") {
    const words = start.trim().split(/\s+/);
    // Process 1 is then the application itself, which gets SIGTERM. `npm` passes it on, later.
    return words[0] === "node" && /^[\w\s./=:@-]+$/.test(start) ? words : ["npm", "start"];
  }
  const file = [main, ...MAINS].find((path) => typeof path === "string" && existsSync(join(directory, path)));
  return typeof file === "string" ? ["node", file] : undefined;
}

function managerOf(directory: string): Pick<NodeApp, "manager" | "locks"> {
  const has = (path: string) => existsSync(join(directory, path));
  const among = (...paths: string[]) => paths.filter(has);
  if (has("pnpm-lock.yaml"))
    return { manager: "pnpm", locks: among("pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc") };
  if (has("yarn.lock")) {
    const settings = textAt(directory, ".yarnrc.yml");
    if (settings === undefined) return { manager: "yarn", locks: among("yarn.lock", ".npmrc", ".yarnrc") };
    const manager = /^nodeLinker:\s*["']?node-modules/m.test(settings) ? "yarn-berry" : "yarn-pnp";
    return { manager, locks: among("yarn.lock", ".yarnrc.yml", ".yarn") };
  }
  if (has("bun.lock") || has("bun.lockb")) return { manager: "bun", locks: among("bun.lock", "bun.lockb") };
  return { manager: "npm", locks: among("package-lock.json", "npm-shrinkwrap.json", ".npmrc") };
}

function versionOf(directory: string, { engines }: Manifest): string {
  const said = textAt(directory, ".nvmrc") ?? textAt(directory, ".node-version") ?? engines?.node;
  const major = typeof said === "string" ? /\d+/.exec(said)?.[0] : undefined;
  return major !== undefined && VERSIONS.includes(major) ? major : "22";
}
