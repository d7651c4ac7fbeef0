import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { S3Object } from "../../../examples/shop/kinds/s3-object.ts";
import { kinds } from "../../../src/aws/kinds.ts";
import { LIVES } from "../../acceptance/lives.ts";
import { MISSING, NOT_ON_MOTO } from "../../acceptance/missing.ts";
import { kindsOf } from "../../support/kinds-of.ts";
import { missingKinds } from "../../support/missing-kinds.ts";
import { FAULTED } from "../../support/optional-stack.ts";
import { CRASHED } from "../../support/stacks.ts";

/** Every kind of Fairlead, and one that a user has written. */
const types = [...kinds, S3Object].map(({ type }) => type).toSorted();
const onMoto = { excused: NOT_ON_MOTO, excuses: "NOT_ON_MOTO (test/acceptance/missing.ts)" };

describe("a resource of each kind is created and deleted", () => {
  it("by the suite `crash`", async () => {
    const stacks = "CRASHED (test/support/stacks.ts)";
    expect(missingKinds({ types, have: await kindsOf(CRASHED), stacks })).toEqual([]);
  });

  it("by the suite `faults`, as far as moto carries it", async () => {
    const stacks = "FAULTED (test/support/optional-stack.ts)";
    expect(missingKinds({ types, have: await kindsOf(FAULTED), stacks, ...onMoto })).toEqual([]);
  });

  it("by requests that AWS's models judge, as far as moto carries it", async () => {
    const stacks = "LIVES (test/acceptance/lives.ts)";
    expect(missingKinds({ types, have: await kindsOf(Object.values(LIVES)), stacks, ...onMoto })).toEqual([]);
  });
});

describe("what these judges read", () => {
  it.each(Object.keys(LIVES))("is what test/acceptance/%s writes", (file) => {
    const text = readFileSync(new URL(`../../acceptance/${file}`, import.meta.url), "utf8");
    expect(text).toContain(`LIVES["${file}"].write(`);
  });

  it("is what test/faults has", () => {
    const text = readFileSync(new URL("../../faults/faults.test.ts", import.meta.url), "utf8");
    expect(text).toContain("describe.each(FAULTED.map(");
  });

  it("excuses a kind only for what moto lacks", () => {
    expect(Object.keys(MISSING)).toEqual(expect.arrayContaining(Object.values(NOT_ON_MOTO)));
  });

  it("says which kind is missing, which has its reason no more, and which there is not", () => {
    const suite = {
      types: ["a/one", "a/two", "a/three"],
      have: new Set(["a/one"]),
      stacks: "STACKS",
      excuses: "EXCUSES",
    };
    expect(missingKinds({ ...suite, excused: { "a/two": "Two.Create" } })).toEqual([
      "No stack of STACKS has a/three: add a setting that makes it to one of them.",
    ]);
    expect(missingKinds({ ...suite, have: new Set(suite.types), excused: { "a/two": "", "a/four": "" } })).toEqual([
      "A stack of STACKS has a/two: take it out of EXCUSES.",
      "There is no kind a/four: take it out of EXCUSES.",
    ]);
  });
});
