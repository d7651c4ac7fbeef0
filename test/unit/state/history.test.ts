import { describe, expect, it } from "vitest";
import { parseRun } from "../../../state/history.ts";
import { runOf } from "../../support/states.ts";

const GOOD = { number: 7, ...runOf("reconcile") };

describe("reading a run", () => {
  it("answers exactly what was written", () => {
    expect(parseRun(JSON.stringify(GOOD))).toEqual(GOOD);
    const failed = { ...GOOD, outcome: "failed", error: "no", actions: [{ ...GOOD.actions[0], error: "no" }] };
    expect(parseRun(JSON.stringify(failed))).toEqual(failed);
  });

  it.each([
    ["half a line", JSON.stringify(GOOD).slice(0, 40)],
    ["nothing", ""],
    ["null", "null"],
    ["no number", JSON.stringify({ ...GOOD, number: undefined })],
    ["number 0", JSON.stringify({ ...GOOD, number: 0 })],
    ["an unknown outcome", JSON.stringify({ ...GOOD, outcome: "lost" })],
    ["actions of another form", JSON.stringify({ ...GOOD, actions: [{ id: "a" }] })],
  ])("passes over %s", (_what, text) => {
    expect(parseRun(text)).toBeUndefined();
  });

  it("reads what a later version may have added to it, and leaves that out", () => {
    expect(parseRun(JSON.stringify({ ...GOOD, weather: "fine" }))).toEqual(GOOD);
  });
});
