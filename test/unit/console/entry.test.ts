import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entryTo, openerOf } from "../../../src/console/entry.ts";

const ADDRESS = 'http://127.0.0.1:4000/?token=secret&open="<a>';

describe("the way into the console", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "fairlead-entry-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("is a page that nobody else on the machine can read, and that goes on to the address", () => {
    const { file } = entryTo(ADDRESS, join(directory, ".fairlead"));
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
    const text = readFileSync(file, "utf8");
    expect(text).toContain('url=http://127.0.0.1:4000/?token=secret&amp;open=&quot;&lt;a>">');
    expect(text).toContain('<meta name="referrer" content="no-referrer">');
  });

  it("is removed with its folder, and a second time without complaint", () => {
    const { file, remove } = entryTo(ADDRESS, directory);
    remove();
    remove();
    expect([existsSync(file), readdirSync(directory)]).toEqual([false, []]);
  });

  it.each([
    ["linux", ["xdg-open"]],
    ["darwin", ["open"]],
    ["win32", ["cmd", "/c", "start", ""]],
  ] as const)("is opened on %s by a command line that has the name of the file alone", (platform, words) => {
    const { file } = entryTo(ADDRESS, directory);
    const line = openerOf(file, platform);
    expect(line).toEqual([...words, file]);
    expect(line.join(" ")).not.toContain("secret");
  });
});
