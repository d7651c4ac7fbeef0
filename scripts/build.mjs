// Builds dist/: the CLI with all its dependencies in one file, and the modules that a stack.config.ts and tests of its kinds import.
import { mkdir, rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  minify: true,
  // The SDK's ESM is smaller and starts faster than its CommonJS.
  mainFields: ["module", "main"],
  external: ["jiti"],
  logLevel: "warning",
};

/** Builds into a separate directory first, so that a command that starts meanwhile never reads an incomplete file. */
export async function buildDist() {
  const fresh = `${root}dist.${process.pid}`;
  await Promise.all([
    build({
      ...common,
      entryPoints: ["src/cli/main.ts"],
      outfile: `${fresh}/cli.cjs`,
      // CommonJS, because Node 20 keeps what it compiled of a script, but not of a module: see bin/fairlead.mjs.
      format: "cjs",
      // A script that is compiled so cannot import; it can require.
      supported: { "dynamic-import": false },
      define: { "import.meta.url": "bundleUrl" },
      banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
    }),
    build({ ...common, entryPoints: ["src/index.ts", "src/testing.ts"], outdir: fresh, format: "esm" }),
  ]);
  await mkdir(`${root}dist`, { recursive: true });
  for (const file of ["cli.cjs", "index.js", "testing.js"]) await rename(`${fresh}/${file}`, `${root}dist/${file}`);
  await rm(fresh, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildDist();
