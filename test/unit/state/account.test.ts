import { describe, expect, it } from "vitest";
import type { Holder } from "../../../state/state.ts";
import { account } from "../../locks/account.ts";
import { stateOf } from "../../support/states.ts";

const holder = (pid: number, verb = "reconcile"): Holder => ({
  who: "a@b",
  pid,
  host: "b",
  verb,
  since: "2026-01-01T00:00:00.000Z",
  token: `${verb} ${pid}`,
});
const DEAD = new Set([2]);
/** Process 2 died in the lock, 3 removed it and had the next turn. */
const HOLDERS = [holder(1), holder(2), holder(3, "state unlock"), holder(3)];
const FIRST = stateOf(1, "a", "b");

describe("the account of the locks suite", () => {
  it("takes a version without a new resource for the fence of a lock of a dead process", () => {
    const states = [FIRST, stateOf(2, "a", "b"), stateOf(3, "a", "b", "c")];
    expect(account({ states, holders: HOLDERS }, DEAD, 0)).toEqual({ wrong: [], fences: 1 });
  });

  it("finds a fence more than there were locks to remove", () => {
    const states = [FIRST, stateOf(2, "a", "b"), stateOf(3, "a", "b")];
    expect(account({ states, holders: HOLDERS }, DEAD, 0).wrong).toEqual(["2 fences for 1 locks that were taken away"]);
  });

  it("finds a fence that is missing, except where the dead one's write came first", () => {
    const states = [FIRST, stateOf(2, "a", "b", "c")];
    expect(account({ states, holders: HOLDERS }, DEAD, 0).wrong).toEqual([
      "0 fences for 1 locks that were taken away, of which 0 died unlocking",
    ]);
    expect(account({ states, holders: HOLDERS }, DEAD, 1)).toEqual({ wrong: [], fences: 0 });
  });

  it("finds a lost write, a gap, two writes at once and a lock taken from the living", () => {
    const states = [FIRST, stateOf(3, "a", "c"), stateOf(4, "a", "c", "d", "e")];
    const living = [holder(1), holder(3, "state unlock")];
    expect(account({ states, holders: living }, DEAD, 1).wrong).toEqual([
      "serial 3 was written after 1",
      "serial 3 lost what was there",
      "serial 4 added d and e",
      "the lock of 1 was taken away, which did not die",
    ]);
  });
});
