import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackConfig } from "../../src/index.ts";

/** An empty folder with a stack.config.ts in it. */
export function project(config: StackConfig = {}): {
  directory: string;
  edit(config: StackConfig): void;
  remove(): void;
} {
  const directory = mkdtempSync(join(tmpdir(), "fairlead-"));
  const edit = (edited: StackConfig) =>
    writeFileSync(
      join(directory, "stack.config.ts"),
      `import { defineStack } from "fairlead";\n\nexport default defineStack(${JSON.stringify(edited, undefined, 2)});\n`,
    );
  edit(config);
  return { directory, edit, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
