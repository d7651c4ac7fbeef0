#!/usr/bin/env node
// Starts the command line. In a checkout it builds first where a source is newer than the last build.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadChunks } from "./chunks.mjs";
import { start } from "./start.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Written last by a build. */
const built = `${root}dist/cli.json`;

const words = process.argv.slice(2);
if (words.length === 1 && ["--version", "-V"].includes(words[0])) {
  // Scripts and other tools ask for it often, and nothing of the program is needed for it.
  await start(() => ({ main: printVersion }));
} else {
  if (existsSync(`${root}src`) && isStale()) {
    const { buildDist } = await import("../scripts/build.mjs");
    await buildDist();
  }
  await start(() => loadChunks(`${root}dist/cli`, words[0] ?? ""));
}

function printVersion() {
  process.stdout.write(`${JSON.parse(readFileSync(`${root}package.json`, "utf8")).version}\n`);
  return 0;
}

function isStale() {
  if (!existsSync(built)) return true;
  const { mtimeMs } = statSync(built);
  return ["src", "reconcilers", "state", "scripts"].some((folder) => hasNewer(root + folder, mtimeMs));
}

/** Whether a source in the folder was written after `time`. Node's own recursive listing takes twice as long. */
function hasNewer(folder, time) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory()
      ? hasNewer(path, time)
      : /\.(tsx?|mjs)$/.test(entry.name) && statSync(path).mtimeMs > time;
  });
}
