import { describe, expect, it } from "vitest";
import { LockedError, type StateStore } from "../../../state/state.ts";
import { stackHold } from "../../../src/cli/hold.ts";
import type { CliContext } from "../../../src/cli/context.ts";

/** A store whose lock another command holds the first `times` times, and what became of it. */
function store(times: number) {
  const seen: string[] = [];
  let left = times;
  const lock: StateStore["lock"] = async (verb) => {
    if (left-- > 0) {
      seen.push("refused");
      throw new LockedError("A reconcile holds the lock.");
    }
    seen.push(`${verb} locks`);
    return async () => void seen.push("gives back");
  };
  return { seen, store: { lock, record: async () => 1 } as unknown as StateStore };
}

function hold(times: number) {
  const told: string[] = [];
  const { seen, store: kept } = store(times);
  const terminal = { line: (text = "") => void told.push(text) };
  const context = { terminal, stop: new AbortController().signal } as unknown as CliContext;
  return { seen, told, hold: stackHold(kept, { target: "aws" }, context, { verb: "deploy" }) };
}

describe("the lock of a command that changes what AWS runs now and then", () => {
  it("is held around each change, and given back where that fails", async () => {
    const { hold: held, seen } = hold(0);
    expect(await held.changing(async () => seen.push("changes"))).toBe(2);
    await expect(held.changing(() => Promise.reject(new Error("AWS refused.")))).rejects.toThrow("AWS refused.");
    expect(seen).toEqual(["deploy locks", "changes", "gives back", "deploy locks", "gives back"]);
  });

  it("is not waited for where the command has just begun", async () => {
    const { hold: held, seen } = hold(1);
    await expect(held.changing(async () => seen.push("changes"))).rejects.toBeInstanceOf(LockedError);
    expect(seen).toEqual(["refused"]);
  });

  it("is waited for in the middle of a release, which is reported once", async () => {
    const { hold: held, seen, told } = hold(2);
    await held.changing(async () => seen.push("changes"), true);
    expect(seen).toEqual(["refused", "refused", "deploy locks", "changes", "gives back"]);
    expect(told).toEqual(["Waiting for the lock: A reconcile holds the lock."]);
  });

  it("is not held while a person is waited for", async () => {
    const { hold: held, seen } = hold(0);
    await held.waiting(async () => seen.push("waits"));
    expect(seen).toEqual(["waits"]);
  });
});
