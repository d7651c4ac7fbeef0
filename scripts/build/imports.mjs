import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** The values that TypeScript files of these folders import by name: `{ file, from, names }`, with paths relative to `root`. */
export async function importsOf(root, folders) {
  const found = await Promise.all(
    (await filesOf(root, folders)).map(async (file) => {
      const text = await readFile(join(root, file), "utf8");
      return [...text.matchAll(/^(?:import|export) \{([^}]*)\} from "([^"]+)";$/gm)].map(([, list, specifier]) => ({
        file,
        from: specifier.startsWith(".") ? relative(root, join(root, file, "..", specifier)) : specifier,
        names: list
          .split(",")
          .map((name) => name.trim().split(" as ")[0])
          .filter((name) => name !== "" && !name.startsWith("type ")),
      }));
    }),
  );
  return found.flat();
}

async function filesOf(root, folders) {
  const listed = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name)),
    ),
  );
  return listed.flat().filter((name) => /\.tsx?$/.test(name));
}

/** The names that are imported from each module, of those imports that `isWanted`. */
export function namesBy(imports, isWanted) {
  const byModule = new Map();
  for (const one of imports.filter(isWanted)) {
    const names = byModule.get(one.from) ?? new Set();
    byModule.set(one.from, names);
    for (const name of one.names) names.add(name);
  }
  return new Map([...byModule].filter(([, names]) => names.size > 0));
}
