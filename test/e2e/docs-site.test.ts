import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const BUILD = 240_000;

describe("the documentation site", () => {
  const out = mkdtempSync(join(tmpdir(), "fairlead-docs-"));
  const page = (path: string) => readFileSync(join(out, path), "utf8");
  const files = () => readdirSync(out, { recursive: true, encoding: "utf8" });

  // The build itself fails on a dead link, and on a document that is in no part of the navigation.
  beforeAll(() => {
    execFileSync(join(root, "node_modules/.bin/vitepress"), ["build", "docs", "--outDir", out], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }, BUILD);
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it("has a page for the README and for each document", () => {
    const documents = readdirSync(join(root, "docs")).filter((path) => path.endsWith(".md"));
    const expected = ["index.html", "contributing.html", "changelog.html", "examples/shop/index.html"];
    expect(files()).toEqual(
      expect.arrayContaining([...expected, ...documents.map((path) => path.replace(/\.md$/, ".html"))]),
    );
    expect(page("index.html")).toContain("Quick start");
  });

  it("shows the pictures of the documents", () => {
    const pictures = (path: string) => page(path).match(/<img src="[^"]+\.svg"/g) ?? [];
    expect([pictures("index.html").length, pictures("stack.html").length]).toEqual([1, 1]);
  });

  it("leads from a document to others, to examples and to source files", () => {
    expect(page("services.html")).toContain('href="/examples/shop/"');
    expect(page("topology.html")).toContain('href="/settings.html"');
    expect(page("architecture.html")).toContain('href="/source/src/config/naming.ts.txt"');
    expect(page("source/src/config/naming.ts.txt")).toBe(readFileSync(join(root, "src/config/naming.ts"), "utf8"));
  });

  it("has a search of its own, and loads nothing from elsewhere", () => {
    expect(files().filter((path) => /localSearchIndex.*\.js$/.test(path))).toHaveLength(1);
    const loaded = files()
      .filter((path) => path.endsWith(".html"))
      .flatMap((path) => Array.from(page(path).matchAll(/<(?:script|link|img)[^>]+?(?:src|href)="(?!\/)([^"]+)"/g)))
      .map(([, url]) => url);
    expect(loaded).toEqual([]);
    const styles = files().filter((path) => path.endsWith(".css"));
    expect(styles.filter((path) => /@import|url\(["']?https?:/.test(page(path)))).toEqual([]);
  });
});
