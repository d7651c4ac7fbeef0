import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import type { AnyKind } from "../../../src/engine/resource-kind.ts";
import type { ApplyContext } from "../../../src/engine/apply-context.ts";
import type { Applied } from "../../../src/engine/apply.ts";
import { deletedIn, LISTED_FOR, untilUnlisted } from "../../../src/engine/until-unlisted.ts";

/** Waits for `a` to leave a list that shows it until `seconds`; answers for how long that took, and how often it was listed. */
async function waited(seconds: number, { stop, fails }: { stop?: AbortSignal; fails?: true } = {}) {
  const clock = new VirtualClock(0);
  let lists = 0;
  const owned = async () => {
    lists++;
    if (fails) throw new Error("not authorized");
    return clock.now() < seconds * 1000 ? [{ id: "a", owner: "x" }] : [];
  };
  const kind = { type: "toy/thing", timing: { listed: 15 }, list: owned } as unknown as AnyKind<object>;
  const ctx = { services: {}, clock, stop } as unknown as ApplyContext<object>;
  await untilUnlisted(ctx, [
    { kind, id: "a" },
    { kind, id: "b" },
  ]);
  return { seconds: clock.now() / 1000, lists };
}

describe("what was deleted and is still listed", () => {
  it("costs one list where it is not", async () => {
    expect(await waited(0)).toEqual({ seconds: 0, lists: 1 });
  });

  it("is waited for until no list shows it, less and less often", async () => {
    const { seconds, lists } = await waited(100);
    expect(seconds).toBeGreaterThanOrEqual(100);
    expect(seconds).toBeLessThanOrEqual(115);
    expect(lists).toBeLessThan(15);
  });

  it("is given up after five minutes, where the list cannot be read, and where the run is stopped", async () => {
    expect((await waited(3_600)).seconds).toBeGreaterThanOrEqual(LISTED_FOR / 1000);
    expect((await waited(3_600)).seconds).toBeLessThan(LISTED_FOR / 1000 + 20);
    expect(await waited(3_600, { fails: true })).toEqual({ seconds: 0, lists: 1 });
    expect((await waited(3_600, { stop: AbortSignal.abort() })).lists).toBe(0);
  });
});

describe("what a run deleted", () => {
  const kind = { type: "toy/thing", timing: { listed: 15 }, list: async () => [] } as unknown as AnyKind<object>;
  const deleted = (task: object) =>
    deletedIn({
      tasks: [{ step: "delete", key: "delete a", ...task }],
      outcomes: new Map([["delete a", { state: "done" }]]),
    } as unknown as Applied<object>);

  it("is waited for by the id that was observed", () => {
    expect(deleted({ action: { kind, observed: { id: "a-1" } } })).toEqual([{ kind, id: "a-1" }]);
  });

  it("is waited for by the recorded id if a run that died had deleted it already", () => {
    expect(deleted({ action: { kind, known: { id: "a-1" } } })).toEqual([{ kind, id: "a-1" }]);
    const generation = { kind, generation: { id: "a-0" }, observed: undefined };
    expect(deleted({ action: { kind, observed: { id: "a-1" } }, generation })).toEqual([{ kind, id: "a-0" }]);
    expect(deleted({ action: { kind, known: undefined } })).toEqual([]);
  });
});
