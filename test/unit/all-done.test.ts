import { describe, expect, it } from "vitest";
import { allDone } from "../../src/all-done.ts";

describe("all of them", () => {
  it("have ended before the first failure in their order is thrown", async () => {
    const ended: string[] = [];
    const work = async (name: string, turns: number, fails = false) => {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      ended.push(name);
      if (fails) throw new Error(name);
    };
    await expect(allDone([work("late", 9, true), work("early", 1, true), work("last", 20)])).rejects.toThrow("late");
    expect(ended).toEqual(["early", "late", "last"]);
    await expect(allDone([work("good", 1)])).resolves.toBeUndefined();
  });
});
