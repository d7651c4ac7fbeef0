// Completes dist/ for the package: as CommonJS what a stack.config.ts and tests of its kinds import, the types of both to dist/types/ and
// dist/types-cjs/, the licences of the libraries in it, and no chunks but those of this build.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildDist } from "./build.mjs";
import { chunksOf } from "./build/chunks.mjs";
import { modules } from "./build/modules.mjs";
import { noticesOf } from "./build/notices.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = `${root}dist/types`;

await buildDist();
const { texts } = await chunksOf(`${root}dist/cli`);
for (const name of readdirSync(`${root}dist/cli`))
  if (name.endsWith(".cjs") && !(name in texts)) rmSync(`${root}dist/cli/${name}`);

await build({
  ...modules(root),
  outdir: `${root}dist`,
  outExtension: { ".js": ".cjs" },
  format: "cjs",
});

writeFileSync(`${root}dist/THIRD-PARTY-NOTICES.txt`, await noticesOf(root));

for (const folder of [out, `${out}-cjs`]) rmSync(folder, { recursive: true, force: true });

execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.types.json`], {
  stdio: "inherit",
});
// The types of the command line's own code, which the public types do not refer to.
for (const folder of ["cli", "help", "init", "page", "picture"])
  rmSync(`${out}/src/${folder}`, { recursive: true, force: true });

/**
 * The package brings its libraries inside one file, without their types. What a declaration takes from them is anything then, so that the
 * package's types need no other package.
 */
function withoutLibraries(text) {
  return text.replaceAll(/^import (?:type )?(.+?) from "(?!\.|node:)[^"]+";$/gms, (_, what) => {
    const [, space] = /^\* as (\w+)$/.exec(what) ?? [];
    if (space === undefined) {
      const names = what.replaceAll(/[{}]|\btype\b/g, "").split(",");
      const local = names.map((name) => name.trim().split(" as ").at(-1)).filter((name) => name !== "");
      return local.map((name) => `type ${name}<A = any, B = any, C = any, D = any, E = any> = any;`).join("\n");
    }
    const used = new Set([...text.matchAll(new RegExp(`\\b${space}\\.(\\w+)`, "g"))].map(([, name]) => name));
    const types = [...used].map((name) => `type ${name}<A = any, B = any, C = any> = any;`);
    return `declare namespace ${space} { ${types.join(" ")} }`;
  });
}

// The sources import each other as .ts, which is not in the package: a .js beside a .d.ts is what every compiler looks for.
for (const entry of readdirSync(out, { withFileTypes: true, recursive: true })) {
  if (!entry.isFile()) continue;
  const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
  const text = readFileSync(path, "utf8").replaceAll(/from "(\.[^"]+)\.ts"/g, 'from "$1.js"');
  writeFileSync(path, withoutLibraries(text));
}

// The same for those who import with `require`: what a declaration is depends on the package.json above it.
cpSync(out, `${out}-cjs`, { recursive: true });
writeFileSync(`${out}-cjs/package.json`, '{ "type": "commonjs" }\n');
