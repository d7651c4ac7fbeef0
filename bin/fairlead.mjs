#!/usr/bin/env node
// Starts the command line. In a checkout it builds first where a source is newer than the last build.
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadChunks } from "./chunks.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Written last by a build. */
const built = `${root}dist/cli.json`;

// The SDK warns on stderr for as long as it supports this Node and will not for ever; users can do nothing about it here.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

// Whoever reads us may have read enough (`| head`).
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });

if (existsSync(`${root}src`) && isStale()) {
  const { buildDist } = await import("../scripts/build.mjs");
  await buildDist();
}
const { main } = loadChunks(`${root}dist/cli`, process.argv[2] ?? "");
process.exitCode = await main(process.argv.slice(2));

function isStale() {
  if (!existsSync(built)) return true;
  const { mtimeMs } = statSync(built);
  return ["src", "reconcilers", "state", "scripts"].some((folder) => hasNewer(root + folder, mtimeMs));
}

/** Whether a source in the folder was written after `time`. Node's own recursive listing takes twice as long. */
function hasNewer(folder, time) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? hasNewer(path, time) : /\.(ts|mjs)$/.test(entry.name) && statSync(path).mtimeMs > time;
  });
}
