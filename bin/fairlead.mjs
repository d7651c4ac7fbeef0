#!/usr/bin/env node
// Starts the command line. In a checkout it builds first where a source is newer than the last build.
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bundle = `${root}dist/cli.js`;

// The SDK warns on stderr for as long as it supports this Node and will not for ever; users can do nothing about it here.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

if (existsSync(`${root}src`) && isStale()) {
  const { buildDist } = await import("../scripts/build.mjs");
  await buildDist();
}
const { main } = await import("../dist/cli.js");
process.exitCode = await main(process.argv.slice(2));

function isStale() {
  if (!existsSync(bundle)) return true;
  const built = statSync(bundle).mtimeMs;
  return ["src", "reconcilers", "state", "scripts"].some((folder) =>
    readdirSync(root + folder, { withFileTypes: true, recursive: true }).some(
      (entry) =>
        /\.(ts|mjs)$/.test(entry.name) && statSync(`${entry.parentPath ?? entry.path}/${entry.name}`).mtimeMs > built,
    ),
  );
}
