import { cpSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Copies an example into a folder, with the packages that its config imports installed there. */
export function copyExample(name: string, directory: string): void {
  cpSync(join(root, "examples", name), directory, {
    recursive: true,
    filter: (path) => !/\/(?:state|\.fairlead|node_modules)$/.test(path),
  });
  rmSync(join(directory, "node_modules"), { force: true });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"), "dir");
}
