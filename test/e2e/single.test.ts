import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What `npm run build:single` makes, in a folder without anything else. */
describe("the single file", () => {
  const directory = mkdtempSync(join(tmpdir(), "fairlead-single-"));
  const fairlead = (...args: string[]) =>
    spawnSync(process.execPath, ["fairlead.mjs", ...args], { cwd: directory, encoding: "utf8" });

  beforeAll(() => {
    execFileSync(process.execPath, [join(root, "scripts/single.mjs")], { cwd: root });
    copyFileSync(join(root, "dist/fairlead.mjs"), join(directory, "fairlead.mjs"));
    writeFileSync(
      join(directory, "stack.config.ts"),
      'import { defineStack } from "fairlead";\nexport default defineStack({ name: "single" });\n',
    );
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("has the same commands, and names itself in what it says to paste", () => {
    const created = fairlead("reconcile");
    expect(created.stdout).toContain("42 created");
    expect(created.stdout).toContain("node fairlead.mjs deploy");
    expect(created.stderr).toBe("");
    expect(fairlead("teardown", "--yes").stdout).toContain("42 deleted");
  });

  it("answers a mistake in a sentence, without a stack trace", () => {
    const refused = fairlead("plan", "--config", "none.ts");
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(/^Error: There is no none\.ts in .*\n$/);
  });
});
