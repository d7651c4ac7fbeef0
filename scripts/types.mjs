// Writes the types of what a stack.config.ts imports to dist/types/, for the package.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = `${root}dist/types`;

execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.types.json`], {
  stdio: "inherit",
});
// The sources import each other as .ts, which is not in the package: a .js beside a .d.ts is what every compiler looks for.
for (const entry of readdirSync(out, { withFileTypes: true, recursive: true })) {
  if (!entry.isFile()) continue;
  const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(/from "(\.[^"]+)\.ts"/g, 'from "$1.js"'));
}
