import { describe, expect, it } from "vitest";
import type { ResourceState, State } from "../../../state/state.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { Journal } from "../../../src/engine/journal.ts";

/** When the virtual clock begins. */
const START = "1970-01-01T00:00:00.000Z";
const EMPTY: State = { version: 1, serial: 4, stack: "s", target: "t", account: "1", region: "r", resources: {} };
/** What its first write makes of it. */
const BEGUN = { ...EMPTY, recordedAt: START, incomplete: true };
const resource = (id: string): ResourceState => ({
  id,
  type: "toy",
  status: "created",
  token: "t",
  spec: {},
  attrs: {},
  needs: [],
});

/** A journal on a store whose writes end when they are let. */
function stage() {
  const writes: { state: State; end: () => void; fail: (error: Error) => void }[] = [];
  const clock = new VirtualClock(0);
  const store = {
    where: "memory",
    read: async () => undefined,
    write: (state: State) => new Promise<void>((end, fail) => void writes.push({ state, end, fail })),
    lock: async () => async () => {},
  };
  const journal = new Journal(store, clock, EMPTY);
  return { clock, writes, journal, ids: () => writes.map(({ state }) => Object.keys(state.resources)) };
}

/** Lets a write begin that waits for what happens at the same moment. */
const turn = async () => {
  for (let times = 0; times < 3; times++) await new Promise((resolve) => setImmediate(resolve));
};

describe("the journal", () => {
  it("knows a change at once, and says so only when it is on disk", async () => {
    const { journal, writes } = stage();
    let told = false;
    const put = journal.put("a", resource("1")).then(() => (told = true));
    expect(journal.get("a")).toEqual(resource("1"));
    expect(journal.state.serial).toBe(5);
    await turn();
    expect(told).toBe(false);
    writes[0]?.end();
    await put;
    expect(writes[0]?.state).toEqual({ ...BEGUN, serial: 5, resources: { a: resource("1") } });
  });

  it("leaves a state that began empty incomplete until told that it is complete, and writes that once", async () => {
    const { journal, writes } = stage();
    const put = journal.put("a", resource("1"));
    await turn();
    writes[0]?.end();
    await put;
    const { incomplete, ...complete } = journal.state;
    expect(incomplete).toBe(true);
    const told = journal.end(new Map(), true);
    await turn();
    writes[1]?.end();
    await told;
    expect(writes[1]?.state).toEqual({ ...complete, serial: 6 });
    await journal.end(new Map(), true);
    const later = journal.put("b", resource("2"));
    await turn();
    writes[2]?.end();
    await later;
    expect(writes).toHaveLength(3);
    expect(journal.state.incomplete).toBeUndefined();
  });

  it("lets changes that come during a write share the next one", async () => {
    const { journal, writes, ids } = stage();
    const first = journal.put("a", resource("1"));
    await turn();
    const later = [journal.put("b", resource("2")), journal.put("c", resource("3")), journal.remove("a")];
    await turn();
    expect(ids()).toEqual([["a"]]);
    writes[0]?.end();
    await first;
    await turn();
    expect(ids()).toEqual([["a"], ["b", "c"]]);
    writes[1]?.end();
    await Promise.all(later);
    expect(journal.state).toEqual({
      ...BEGUN,
      serial: 8,
      resources: { b: resource("2"), c: resource("3") },
    });
    expect(writes).toHaveLength(2);
  });

  it("notifies everyone whose change was in a failed write, and continues to write", async () => {
    const { journal, writes } = stage();
    const full = new Error("disk full");
    const first = journal.put("a", resource("1"));
    await turn();
    const second = journal.put("b", resource("2"));
    writes[0]?.fail(full);
    await expect(first).rejects.toBe(full);
    await turn();
    writes[1]?.end();
    await second;
    expect(writes[1]?.state.resources).toEqual({ a: resource("1"), b: resource("2") });
  });

  it("records several at once, and at the end what was recorded before of those that were not begun, in a write each", async () => {
    const { journal, writes, ids } = stage();
    const put = journal.put("a", resource("1"));
    await turn();
    writes[0]?.end();
    await put;
    const intents = journal.putAll({ a: { ...resource("1"), status: "deleting" }, b: resource("2"), c: resource("3") });
    await turn();
    writes[1]?.end();
    await intents;
    const unbegun = new Map([
      ["a", resource("1")],
      ["b", undefined],
    ]);
    const ended = journal.end(unbegun, false);
    await turn();
    writes[2]?.end();
    await ended;
    expect(ids()).toEqual([["a"], ["a", "b", "c"], ["c", "a"]]);
    expect(writes[2]?.state).toMatchObject({ incomplete: true, resources: { a: resource("1"), c: resource("3") } });
    await journal.end(new Map(), false);
    expect(writes).toHaveLength(3);
  });

  it("lets no virtual time pass while it writes", async () => {
    const { clock, journal, writes } = stage();
    const put = journal.put("a", resource("1"));
    const sleep = clock.sleep(10);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(clock.now()).toBe(0);
    writes[0]?.end();
    await Promise.all([put, sleep]);
    expect(clock.now()).toBe(10);
  });

  it("leaves states that it gave out as they were", async () => {
    const { journal, writes } = stage();
    const before = journal.state;
    const put = journal.put("a", resource("1"));
    await turn();
    writes[0]?.end();
    await put;
    expect(before).toEqual(EMPTY);
  });
});
