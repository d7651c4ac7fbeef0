import { expect, it } from "vitest";
import { changedFiles } from "../../../src/release/source.ts";

it("counts as changed what is new, gone or different, each once", () => {
  const list = (files: Readonly<Record<string, string>>) =>
    Object.entries(files).map(([path, digest]) => ({ path, digest }));
  const before = list({ a: "1", b: "1", c: "1" });
  expect(changedFiles(before, before)).toBe(0);
  expect(changedFiles(before, list({ c: "1", b: "2", d: "1" }))).toBe(3);
  expect(changedFiles(before, [])).toBe(3);
});
