import { describe, expect, it } from "vitest";
import { parseState } from "../../../state/parse.ts";
import { StateError, type State } from "../../../state/state.ts";

const generation = { id: "x-1", token: "t", spec: { a: [1, null] }, attrs: {}, needs: [{ to: "n", loose: false }] };
const GOOD: State = {
  version: 1,
  serial: 3,
  stack: "demo",
  target: "aws",
  account: "123456789012",
  region: "eu-west-1",
  resources: {
    a: { ...generation, type: "toy", status: "created", old: [{ token: "o", spec: {}, attrs: {}, needs: [] }] },
    b: { token: "t", spec: {}, attrs: {}, needs: [], type: "toy", status: "creating" },
  },
};

/** The error that the text is refused with. */
function refusal(text: string): StateError {
  try {
    parseState(text, "here.json");
  } catch (error) {
    if (error instanceof StateError) return error;
  }
  return expect.unreachable("It was taken.");
}

const withResource = (change: object) => ({
  ...GOOD,
  resources: { a: { ...generation, type: "toy", status: "created", ...change } },
});

describe("reading a state", () => {
  it("answers exactly what was written", () => {
    expect(parseState(JSON.stringify(GOOD), "here.json")).toEqual(GOOD);
  });

  it.each([3, 99])("refuses version %i as newer, whatever is in it", (version) => {
    expect(refusal(JSON.stringify({ version, anything: true })).message).toBe(
      `The state here.json was written by a newer version of Fairlead (state version ${version}, this one reads up to 2). No changes were made. Update Fairlead, then run again.`,
    );
  });

  it.each(["", "{", "null x", JSON.stringify(GOOD).slice(0, 60)])("refuses what is not valid JSON: %j", (text) => {
    expect(refusal(text).message).toMatch(/^The state here\.json is damaged: it is not valid JSON \(/);
    expect(refusal(text).cause).toBeInstanceOf(SyntaxError);
  });

  it.each([
    ["null", "the document", null],
    ["a list", "the document", []],
    ["an older version", "version", { ...GOOD, version: 0 }],
    ["no version", "version", { ...GOOD, version: undefined }],
    ["version 2 without a name", "name", { ...GOOD, version: 2, environment: "dev" }],
    ["version 2 without an environment", "environment", { ...GOOD, version: 2, name: "demo" }],
    ["a serial that is no count", "serial", { ...GOOD, serial: -1 }],
    ["no account", "account", { ...GOOD, account: undefined }],
    ["an unknown status", "resources.a.status", withResource({ status: "lost" })],
    ["a resource without a token", "resources.a.token", withResource({ token: undefined })],
    ["an unknown field of a resource", "resources.a", withResource({ extra: 1 })],
    ["a need without a name", "resources.a.needs.0.to", withResource({ needs: [{ loose: true }] })],
    ["a damaged earlier generation", "resources.a.old.0.spec", withResource({ old: [{ ...generation, spec: 1 }] })],
    ["an unknown field", "the document", { ...GOOD, extra: 1 }],
  ])("refuses %s, and says where", (_what, where, data) => {
    const { message } = refusal(JSON.stringify(data));
    expect(message).toContain(`The state here.json is damaged: ${where}: `);
    expect(message).toContain(
      "It was left unchanged, and no changes were made. Restore a good copy, or move it away: the next run then finds existing resources by their owner tags and names.",
    );
  });
});
