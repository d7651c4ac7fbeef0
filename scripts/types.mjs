// Writes the types of what a stack.config.ts imports to dist/types/, for the package.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = `${root}dist/types`;

execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.types.json`], {
  stdio: "inherit",
});
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
