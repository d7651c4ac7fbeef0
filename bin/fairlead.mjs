#!/usr/bin/env node
// Starts the command line. In a checkout it builds first where a source is newer than the last build.
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const root = fileURLToPath(new URL("..", import.meta.url));
const bundle = `${root}dist/cli.cjs`;

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
const { main } = load();
process.exitCode = await main(process.argv.slice(2));

function isStale() {
  if (!existsSync(bundle)) return true;
  const built = statSync(bundle).mtimeMs;
  return ["src", "reconcilers", "state", "scripts"].some((folder) => hasNewer(root + folder, built));
}

/** Whether a source in the folder was written after `time`. Node's own recursive listing takes twice as long. */
function hasNewer(folder, time) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? hasNewer(path, time) : /\.(ts|mjs)$/.test(entry.name) && statSync(path).mtimeMs > time;
  });
}

/** Runs the bundle. What Node compiled of it is kept beside it, which makes the next start faster by a fifth of a second. */
function load() {
  const kept = `${bundle}.${process.version}.cache`;
  const cachedData = newerThanBundle(kept) ? readFileSync(kept) : undefined;
  // As Latin-1, a file of this size stays outside of the heap, where it is neither decoded nor collected.
  const source = readFileSync(bundle, "latin1");
  const script = new Script(source, { filename: bundle, ...(cachedData ? { cachedData } : {}) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
  if (!cachedData || script.cachedDataRejected) keep(script, kept);
  return module.exports;
}

function newerThanBundle(kept) {
  return existsSync(kept) && statSync(kept).mtimeMs >= statSync(bundle).mtimeMs;
}

/** Written when the command is over and has compiled what it needs; where the folder cannot be written to, nothing is lost. */
function keep(script, kept) {
  process.on("exit", () => {
    try {
      writeFileSync(`${kept}.${process.pid}`, script.createCachedData());
      renameSync(`${kept}.${process.pid}`, kept);
    } catch {
      // The next start takes as long as this one.
    }
  });
}
