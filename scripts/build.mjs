// Builds dist/: the command line with everything that it needs in one file, and what a stack.config.ts imports.
import { mkdir, rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Some dependencies are CommonJS: they require Node's own modules and ask where they are. */
const COMMON_JS = [
  'import { createRequire } from "node:module";',
  'import { fileURLToPath as toPath } from "node:url";',
  "const require = createRequire(import.meta.url);",
  "const __filename = toPath(import.meta.url);",
].join("\n");

/** Builds into a folder of its own first, so that a command that starts meanwhile never reads half a file. */
export async function buildDist() {
  const fresh = `${root}dist.${process.pid}`;
  await build({
    absWorkingDir: root,
    entryPoints: { cli: "src/cli/main.ts", index: "src/index.ts" },
    outdir: fresh,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    minify: true,
    keepNames: true,
    // The SDK's ESM is smaller and starts faster than its CommonJS.
    mainFields: ["module", "main"],
    external: ["jiti"],
    banner: { js: COMMON_JS },
    logLevel: "warning",
  });
  await mkdir(`${root}dist`, { recursive: true });
  for (const file of ["cli.js", "index.js"]) await rename(`${fresh}/${file}`, `${root}dist/${file}`);
  await rm(fresh, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildDist();
