// npm run build:single: the whole CLI as one file, dist/fairlead.mjs, for machines and images that get no packages.
import { chmod } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildDist } from "./build.mjs";
import { chunksOf } from "./build/chunks.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

await buildDist();
const { main, texts } = await chunksOf(`${root}dist/cli`);
await build({
  stdin: {
    contents: `import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runChunks } from "./bin/chunks.mjs";
import { start } from "./bin/start.mjs";
const texts = ${JSON.stringify(texts)};
const folder = fileURLToPath(new URL("fairlead", import.meta.url));
process.env["FAIRLEAD_PROGRAM"] ??= \`node \${relative("", fileURLToPath(import.meta.url))}\`;
await start(() => runChunks({ folder, main: ${JSON.stringify(main)}, textOf: (name) => texts[name] }).exported);`,
    resolveDir: root,
  },
  banner: { js: "#!/usr/bin/env node" },
  outfile: `${root}dist/fairlead.mjs`,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  logLevel: "warning",
});
await chmod(`${root}dist/fairlead.mjs`, 0o755);
