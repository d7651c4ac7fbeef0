import { describe, expect, it } from "vitest";
import { settingPaths } from "../../src/config/parts.ts";
import { walk } from "./edits.ts";
import { ELSEWHERE, VALUES } from "./settings.ts";
import { walksFrom } from "./walks.ts";

const walks = walksFrom({});

describe("a walk of edits over a live stack", () => {
  it("knows values for every setting", () => {
    const all = settingPaths().filter((path) => !ELSEWHERE.test(path) && !path.startsWith("service.taskPolicy."));
    const known = Object.keys(VALUES);
    // A group is covered by what is in it.
    const lacking = all.filter((path) => !known.includes(path) && !known.some((one) => one.startsWith(`${path}.`)));
    expect(lacking).toEqual([]);
  });

  it("converges step by step without an interruption that no plan announced, or is refused before anything is changed", () =>
    walks(walk));
});
