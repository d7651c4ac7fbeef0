// Builds dist/: the CLI with all its dependencies in one file, and the modules that a stack.config.ts and tests of its kinds import.
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The SDK's schemas name the traits of their members by constants, `{ [_xN]: _item }`. A computed key may have side effects, so esbuild would keep
 * every schema of a service instead of those of the operations that are called: half a megabyte for EC2.
 */
const plainKeys = {
  name: "plain-keys",
  setup: (bundling) =>
    bundling.onLoad({ filter: /@aws-sdk[\\/].*[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const names = new Map(
        [...text.matchAll(/^const (\w+) = ("[^"\n]*");$/gm)].map(([, name, value]) => [name, value]),
      );
      return { contents: text.replaceAll(/\[(\w+)\](?=: )/g, (key, name) => names.get(name) ?? key) };
    }),
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  minify: true,
  // The SDK's ESM is smaller and starts faster than its CommonJS.
  mainFields: ["module", "main"],
  external: ["jiti"],
  plugins: [plainKeys],
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
      // The whole file is the function that bin/fairlead.mjs calls: it reads it as Latin-1, which takes ASCII only.
      charset: "ascii",
      banner: {
        js: '(function (exports, require, module, __filename, __dirname) {const bundleUrl = require("node:url").pathToFileURL(__filename).href;',
      },
      footer: { js: "})" },
    }),
    build({ ...common, entryPoints: ["src/index.ts", "src/testing.ts"], outdir: fresh, format: "esm" }),
  ]);
  await mkdir(`${root}dist`, { recursive: true });
  for (const file of ["cli.cjs", "index.js", "testing.js"]) await rename(`${fresh}/${file}`, `${root}dist/${file}`);
  await rm(fresh, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildDist();
