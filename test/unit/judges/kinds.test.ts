import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kinds, kindsByName } from "../../../src/aws/kinds.ts";
import { CHANGES } from "../../support/by-hand.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const filesIn = (folder: string, end: string) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(end));

describe("each resource kind", () => {
  it("is in src/aws/kinds.ts, and its type is the path of its file", () => {
    const defined = filesIn("src/aws", ".ts").flatMap((path) =>
      Array.from(
        read(`src/aws/${path}`).matchAll(/^export const (\w+) = (?:defineKind|ec2Kind|targetPartKind)\b/gm),
        ([, name]) => `${name} ${path.replace(/\.ts$/, "")}`,
      ),
    );
    const known = Object.entries(kindsByName).map(([name, { type }]) => `${name} ${type}`);
    expect(known.toSorted(), "kindsByName in src/aws/kinds.ts").toEqual(defined.toSorted());
  });

  it("has a change outside Fairlead", () => {
    const types = kinds.map(({ type }) => type).toSorted();
    expect(Object.keys(CHANGES).toSorted(), "CHANGES in test/support/by-hand.ts").toEqual(types);
  });

  it("passes the contract suite", () => {
    const tests = filesIn("test/contract", ".test.ts").map((path) => read(`test/contract/${path}`));
    const without = Object.keys(kindsByName).filter(
      (name) => !tests.some((text) => new RegExp(`kind: ${name}\\b`).test(text)),
    );
    expect(without, "kinds that no file in test/contract has").toEqual([]);
  });
});
