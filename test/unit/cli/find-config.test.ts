import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findConfig } from "../../../src/cli/find-config.ts";
import { loadConfig } from "../../../src/cli/load.ts";
import { paste } from "../../../src/cli/paste.ts";

describe("the config of a folder", () => {
  let root: string;
  const at = (...path: string[]) => join(root, ...path);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "fairlead-find-"));
    // Nothing above the folder counts.
    mkdirSync(at(".git"));
    mkdirSync(at("app/src"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it.each(["stack.config.ts", "stack.config.mts", "stack.config.js", "stack.config.mjs", "stack.config.json"])(
    "may be called %s",
    (name) => {
      writeFileSync(at(name), "");
      expect(findConfig(root)).toBe(name);
    },
  );

  it("is the nearest one, from the folder upwards", () => {
    writeFileSync(at("stack.config.ts"), "");
    expect(findConfig(at("app/src"))).toBe("../../stack.config.ts");
    writeFileSync(at("app/stack.config.json"), "{}");
    expect(findConfig(at("app/src"))).toBe("../stack.config.json");
  });

  it("is not looked for above the checkout", () => {
    writeFileSync(at("stack.config.ts"), "");
    mkdirSync(at("app/.git"));
    expect(findConfig(at("app/src"))).toBeUndefined();
  });

  it("is refused if there are two", () => {
    writeFileSync(at("stack.config.ts"), "");
    writeFileSync(at("stack.config.json"), "{}");
    expect(() => findConfig(at("app"))).toThrow(
      `${root} has both stack.config.ts and stack.config.json, and only one can be the config. Remove one of them, or run again with --config stack.config.ts.`,
    );
  });

  it("is read without its $schema, if it is JSON", async () => {
    writeFileSync(at("stack.config.json"), '{ "$schema": "https://example.com/stack.schema.json", "name": "shop" }');
    expect(await loadConfig(root, "stack.config.json")).toEqual({ config: { name: "shop" } });
    writeFileSync(at("stack.config.json"), '{ "name": }');
    await expect(loadConfig(root, "stack.config.json")).rejects.toThrow(
      /^stack.config.json could not be loaded: .*JSON.*\. No changes were made\.$/,
    );
  });

  it("is not named in commands to paste, which find it too", () => {
    const flags = { target: "local", config: "../stack.config.ts" } as const;
    expect(paste({ ...flags, configFound: true }, "plan")).toBe("npx fairlead plan");
    expect(paste(flags, "plan")).toBe("npx fairlead plan --config ../stack.config.ts");
  });
});
