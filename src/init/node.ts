import { existsSync } from "node:fs";
import { join } from "node:path";
import { nodeVersion } from "./node-version.ts";
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
  /** Packages that an install takes from folders or files outside of the application, which no image has. */
  readonly outside: readonly string[];
}

interface Manifest {
  readonly name?: unknown;
  readonly main?: unknown;
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, unknown>>;
  readonly workspaces?: unknown;
  readonly engines?: { readonly node?: unknown };
}

const MAINS = ["server.js", "server.mjs", "index.js", "index.mjs", "app.js", "src/index.js", "src/server.js"];

/** The application that a package.json describes; one that has only development dependencies and nothing to start is none. */
export function nodeApp(directory: string, files: readonly SourceText[]): NodeApp | undefined {
  const manifest = manifestIn(directory);
  if (manifest === undefined) return undefined;
  const { dependencies = {} } = manifest;
  const start = startOf(directory, manifest);
  if (start === undefined && Object.keys(dependencies).every((name) => name === "fairlead") && files.length === 0)
    return undefined;
  return {
    language: "node",
    name: typeof manifest.name === "string" ? manifest.name : undefined,
    version: nodeVersion(
      [textAt(directory, ".nvmrc"), textAt(directory, ".node-version"), manifest.engines?.node].find(
        (said) => typeof said === "string",
      ),
    ),
    ...nodeInstall(directory),
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

/** How the packages of a folder are installed. */
export function nodeInstall(
  directory: string,
): Pick<NodeApp, "manager" | "locks" | "builds" | "installsWithFiles" | "outside"> {
  const { scripts = {}, dependencies = {}, devDependencies = {}, workspaces } = manifestIn(directory) ?? {};
  const runs = (script: string) => typeof scripts[script] === "string";
  const all = Object.entries({ ...devDependencies, ...dependencies });
  const app = {
    ...managerOf(directory),
    builds: runs("build"),
    installsWithFiles:
      workspaces !== undefined ||
      ["preinstall", "install", "postinstall", "prepare"].some(runs) ||
      all.some(([, from]) => isLocal(from) && !isAbove(from)),
  };
  const installed = installsAll(app) ? all : Object.entries(dependencies);
  return { ...app, outside: installed.flatMap(([name, from]) => (isLocal(from) && isAbove(from) ? [name] : [])) };
}

/** Whether the image's build needs the development dependencies too: to build, to run its scripts, or since only npm can leave them out at once. */
export const installsAll = ({
  manager,
  builds,
  installsWithFiles,
}: Pick<NodeApp, "manager" | "builds" | "installsWithFiles">): boolean =>
  manager !== "npm" || builds || installsWithFiles;

/** Whether a dependency is a path (npm documentation, package.json, "Local Paths"), and whether that is one outside of the folder. */
const isLocal = (from: unknown): from is string =>
  typeof from === "string" && /^(?:(?:file|link|portal):|\.{0,2}\/|~\/)/.test(from);
const isAbove = (from: string): boolean => /^(?:\w+:)?(?:\.\.\/|\/|~\/)/.test(from);

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
