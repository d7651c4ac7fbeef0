// Builds dist/: the CLI with all its dependencies in chunks, and the modules that a stack.config.ts and tests of its kinds import.
import { mkdir, rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildChunks } from "./build/chunks.mjs";
import { modules } from "./build/modules.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Writes each file under another name first, so that a command that starts meanwhile never reads an incomplete one. */
export async function buildDist() {
  const fresh = `${root}dist.${process.pid}`;
  await mkdir(`${root}dist`, { recursive: true });
  await Promise.all([
    buildChunks(root, `${root}dist/cli`),
    build({
      ...modules(root),
      outdir: fresh,
      format: "esm",
      // Libraries that are CommonJS require Node's own modules, which an ES module cannot without this.
      banner: {
        js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
      },
    }),
  ]);
  for (const file of ["index.js", "testing.js"]) await rename(`${fresh}/${file}`, `${root}dist/${file}`);
  await rm(fresh, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildDist();
