import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { schedule } from "../../../src/engine/schedule.ts";
import type { Before, Task } from "../../../src/engine/tasks.ts";
import { Toys } from "../../support/toy.ts";

/** How long a task's calls take, and how long it then waits, in milliseconds; and what it fails with. */
interface Course {
  readonly calls?: number;
  readonly waits?: number;
  readonly fails?: Error;
  /** Fails while it waits, after its calls have returned. */
  readonly late?: boolean;
}

const kind = new Toys().kind("toy");

function task(id: string, before: readonly (string | Before)[] = [], weight = 1): Task<Toys> {
  const action = {
    id,
    kind,
    action: "create",
    why: undefined,
    foreign: [],
    differences: [],
    order: undefined,
  } as const;
  return {
    step: "make",
    key: `make ${id}`,
    before: before.map((one) => (typeof one === "string" ? { task: `make ${one}`, until: "ready" } : one)),
    weight,
    action: { ...action, observed: undefined, known: undefined, node: undefined },
  };
}

/** Runs the tasks on a virtual clock; answers what happened when, and the outcomes. */
async function course(
  tasks: readonly Task<Toys>[],
  courses: Readonly<Record<string, Course>> = {},
  { limit = 10, stop }: { limit?: number; stop?: AbortSignal } = {},
) {
  const clock = new VirtualClock(0);
  const log: string[] = [];
  const skipped: string[] = [];
  const perform = async ({ action: { id } }: Task<Toys>, created: () => void) => {
    const { calls = 10, waits = 0, fails, late } = courses[id] ?? {};
    log.push(`${clock.now()} ${id}`);
    await clock.sleep(calls);
    if (fails && !late) throw fails;
    created();
    await clock.sleep(waits);
    if (fails) throw fails;
  };
  const outcomes = await schedule(tasks, perform, {
    clock,
    limit,
    stop,
    skipped: ({ action: { id } }, why) => skipped.push(`${id}: ${why}`),
  });
  return { log, skipped, outcomes };
}

const created = (id: string): Before => ({ task: `make ${id}`, until: "created" });

describe("the schedule", () => {
  it("starts each task the moment that what comes before it has happened", async () => {
    const { log } = await course(
      [task("a"), task("b"), task("c", ["a"]), task("d", [created("a")]), task("e", ["b", "d"])],
      { a: { calls: 10, waits: 90 }, b: { calls: 50 }, d: { calls: 5 } },
    );
    expect(log).toEqual(["0 a", "0 b", "10 d", "50 e", "100 c"]);
  });

  it("starts those of the greatest weight first", async () => {
    const { log } = await course([task("light"), task("heavy", [], 9), task("middle", [], 5)], {}, { limit: 1 });
    expect(log).toEqual(["0 heavy", "10 middle", "20 light"]);
  });

  it("lets no more than the limit make calls at once, and those that only wait do not count", async () => {
    const { log } = await course(
      [task("a", [], 4), task("b", [], 3), task("c", [], 2), task("d", [], 1)],
      { a: { calls: 10, waits: 1000 }, b: { calls: 30 } },
      { limit: 2 },
    );
    expect(log).toEqual(["0 a", "0 b", "10 c", "20 d"]);
  });

  it("gives the place of a task that fails in its calls to another, and counts one that fails later once", async () => {
    const fails = new Error("refused");
    const { log, outcomes } = await course(
      [task("a", [], 4), task("b", [], 3), task("c", [], 2), task("d", [], 1)],
      { a: { fails }, b: { fails, late: true, waits: 5 }, c: { calls: 100 } },
      { limit: 1 },
    );
    expect(log).toEqual(["0 a", "10 b", "20 c", "120 d"]);
    expect([...outcomes.values()].map(({ state }) => state)).toEqual(["failed", "failed", "done", "done"]);
  });

  it("skips what comes after a failure, however far, with the name of what failed", async () => {
    const fails = new Error("refused");
    const { log, skipped, outcomes } = await course([task("a"), task("b", ["a"]), task("c", ["b"]), task("other")], {
      a: { fails },
    });
    expect(log).toEqual(["0 a", "0 other"]);
    expect(skipped).toEqual(["b: a failed", "c: a failed"]);
    expect(outcomes.get("make a")).toEqual({ state: "failed", error: fails, startedAt: 0, doneAt: 10 });
    expect(outcomes.get("make b")).toEqual({ state: "skipped", why: "a failed" });
    expect(outcomes.get("make other")).toEqual({ state: "done", startedAt: 0, createdAt: 10, doneAt: 10 });
  });

  it("continues with what needed only the id of a task that fails later", async () => {
    const late = { fails: new Error("refused"), late: true, waits: 50 };
    const { log, skipped } = await course([task("a"), task("b", [created("a")]), task("c", ["a"])], { a: late });
    expect(log).toEqual(["0 a", "10 b"]);
    expect(skipped).toEqual(["c: a failed"]);
  });

  it("remembers when each started, made its calls and was done, and what it waited for longest", async () => {
    const { outcomes } = await course([task("a"), task("b"), task("c", ["a", "b"])], {
      a: { calls: 20 },
      b: { calls: 5, waits: 40 },
    });
    expect(Object.fromEntries(outcomes)).toEqual({
      "make a": { state: "done", startedAt: 0, createdAt: 20, doneAt: 20 },
      "make b": { state: "done", startedAt: 0, createdAt: 5, doneAt: 45 },
      "make c": { state: "done", startedAt: 45, createdAt: 55, doneAt: 55, after: "make b" },
    });
  });

  it("starts nothing new once it is stopped, and waits for what runs", async () => {
    const stop = new AbortController();
    const running = course([task("a"), task("b", ["a"]), task("c")], { c: { calls: 30 } }, { stop: stop.signal });
    stop.abort();
    const { log, skipped, outcomes } = await running;
    expect(log).toEqual(["0 a", "0 c"]);
    expect(skipped).toEqual(["b: the run was stopped"]);
    expect(outcomes.get("make c")).toMatchObject({ state: "done", doneAt: 30 });
  });

  it("is over at once where there is nothing to do", async () => {
    expect((await course([])).outcomes.size).toBe(0);
  });
});
