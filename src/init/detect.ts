import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { factsOf, type DockerfileFacts } from "./dockerfile-facts.ts";
import { goApp, type GoApp } from "./go.ts";
import { nodeApp, type NodeApp } from "./node.ts";
import { pythonApp, type PythonApp } from "./python.ts";
import { sight, sourcesIn, textAt, type Sighting, type SourceText } from "./sources.ts";

/** An application in one of the languages that a Dockerfile can be written for. */
export type App = NodeApp | PythonApp | GoApp;

/** What is in a folder. */
export interface Found {
  /** What the stack could be called. */
  readonly name: string;
  /** Nothing is there that could run. */
  readonly isEmpty: boolean;
  readonly app: App | undefined;
  readonly dockerfile: DockerfileFacts | undefined;
  readonly port: Sighting<number> | undefined;
  /** Whether the sources read `PORT`. */
  readonly readsPort: boolean;
  readonly health: Sighting<string> | undefined;
  /** Folders below, each with a Dockerfile of its own, where this one has neither that nor an application. */
  readonly parts: readonly string[];
}

/** What a folder is if nothing in it says so. */
const INERT =
  /^(?:\..*|readme.*|licen[cs]e.*|changelog.*|node_modules|package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(?:lock|workspace)\.yaml|bun\.lockb?|tsconfig\.json|stack\.config\..*|buildspec\.yml)$/i;

/** Looks at what is in a folder, without running any of it. */
export function detect(directory: string): Found {
  const files = sourcesIn(directory);
  const app = nodeApp(directory, files) ?? pythonApp(directory, files) ?? goApp(directory, files);
  const text = textAt(directory, "Dockerfile");
  const dockerfile = text === undefined ? undefined : factsOf(text);
  const parts = app || dockerfile ? [] : partsOf(directory);
  return {
    name: nameOf(app?.name ?? basename(directory)),
    isEmpty: !app && !dockerfile && parts.length === 0 && readdirSync(directory).every((name) => INERT.test(name)),
    app,
    dockerfile,
    port: portIn(dockerfile, files),
    readsPort:
      dockerfile?.usesPort === true || app?.readsPort === true || files.some(({ text: code }) => READS_PORT.test(code)),
    health: healthIn(dockerfile, files),
    parts,
  };
}

/** Folders with a Dockerfile, one or two levels down. */
function partsOf(directory: string): string[] {
  const folders = (path: string) =>
    readdirSync(join(directory, path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(?:\.|node_modules$|copilot$)/.test(entry.name))
      .map(({ name }) => (path === "" ? name : `${path}/${name}`))
      .toSorted();
  const upper = folders("");
  const has = (path: string) => existsSync(join(directory, path, "Dockerfile"));
  return [...upper, ...upper.filter((path) => !has(path)).flatMap(folders)].filter(has);
}

/** A name as the config takes it, short enough for an environment after it. */
export function nameOf(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/^@[^/]*\//, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 18)
    .replace(/-+$/, "");
  return plain === "" ? "app" : plain;
}

const READS_PORT =
  /process\.env(?:\.PORT\b|\[["']PORT["']\])|(?:environ(?:\.get)?|getenv|Getenv|LookupEnv)\s*[([]\s*["']PORT["']/;

/** A number that a server listens on, in the forms that the languages have for it. */
const PORTS = [
  /process\.env(?:\.PORT|\[["']PORT["']\])\s*(?:\?\?|\|\|)\s*["']?(\d{2,5})\b/,
  /(?:environ\.get|getenv)\(\s*["']PORT["']\s*,\s*["']?(\d{2,5})\b/,
  /\.listen\(\s*(?:\{\s*port:\s*)?(\d{2,5})\b/,
  /\b(?:run|serve)\([^)]*\bport\s*=\s*(\d{2,5})\b/,
  /["'](?:0\.0\.0\.0)?:(\d{2,5})["']/,
  /\bport\b\s*(?::\s*\w+\s*)?(?::?=|:)\s*["']?(\d{2,5})\b/i,
];

function portIn(dockerfile: DockerfileFacts | undefined, files: readonly SourceText[]): Sighting<number> | undefined {
  const [exposed] = dockerfile?.ports ?? [];
  if (exposed !== undefined) return { value: exposed, where: "EXPOSE in the Dockerfile" };
  if (dockerfile?.portVariable !== undefined)
    return { value: dockerfile.portVariable, where: "ENV PORT in the Dockerfile" };
  for (const expression of PORTS) {
    const seen = sight(files, expression);
    if (seen !== undefined && Number(seen.value) <= 65_535) return { value: Number(seen.value), where: seen.where };
  }
  return undefined;
}

/** What health routes are called, the most usual first. */
const HEALTH = [
  "/health",
  "/healthz",
  "/api/health",
  "/api/healthz",
  "/healthcheck",
  "/health-check",
  "/health_check",
  "/_health",
  "/_healthcheck",
  "/livez",
  "/readyz",
  "/ping",
  "/up",
];

function healthIn(dockerfile: DockerfileFacts | undefined, files: readonly SourceText[]): Sighting<string> | undefined {
  for (const route of HEALTH) {
    const name = route.slice(1);
    // Frameworks write routes with or without the slash before or after; Next.js has a file for each.
    const seen =
      sight(files, new RegExp(`["'\`](?:[A-Z]+ )?(/${name}/?)["'\`]`)) ??
      sight(files, new RegExp(`\\bpath\\(\\s*r?["'](${name}/?)["']`));
    if (seen !== undefined)
      return { value: seen.value.startsWith("/") ? seen.value : `/${seen.value}`, where: seen.where };
    const file = files.find(({ path }) =>
      new RegExp(`^(?:src/)?(?:app${route}/route|pages${route}(?:/index)?)\\.[jt]sx?$`).test(path),
    );
    if (file) return { value: route, where: file.path };
  }
  return dockerfile?.healthPath === undefined || dockerfile.healthPath === "/"
    ? undefined
    : { value: dockerfile.healthPath, where: "HEALTHCHECK in the Dockerfile" };
}
