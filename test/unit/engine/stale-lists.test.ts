import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { untilListsCatchUp } from "../../../src/engine/stale-lists.ts";
import type { Look } from "../../../src/engine/resource-kind.ts";
import type { ResourceState, State } from "../../../state/state.ts";
import { Toys, worldOf } from "../../support/toy.ts";

const MINUTE = 60_000;

const record = (id: string, status: ResourceState["status"]): ResourceState => ({
  type: "toy",
  status,
  token: "t",
  id,
  spec: {},
  attrs: {},
  needs: [],
});

/** A stack of `a`, which the state does not record and lists show for `listed` milliseconds, and `b`, whose delete was interrupted. */
function stage({ exists = false, listed = 10_000, status = "deleting" as ResourceState["status"], at = 0 }) {
  const toys = new Toys();
  const looks: Pick<Look<object>, "knownId" | "direct">[] = [];
  const found = { id: "a#1", owner: "demo/a", ready: true, spec: {}, attrs: { id: "a#1", address: "x" } };
  const b = { ...found, id: "b#1", owner: "demo/b" };
  const base = toys.kind("toy");
  const kind: typeof base = {
    ...base,
    async observe(_toys, { knownId, direct }) {
      looks.push({ knownId, direct });
      const isThere = direct ? exists || knownId === "b#1" : toys.clock.now() < listed;
      return isThere ? (knownId === "b#1" ? b : found) : undefined;
    },
  };
  toys.kinds.set("toy", kind);
  const graph = new Graph<Toys>();
  graph.add("a", kind, {});
  graph.add("b", kind, {});
  const state: State = {
    version: 1,
    serial: 3,
    recordedAt: new Date(at).toISOString(),
    stack: "demo",
    target: "t",
    account: "1",
    region: "r",
    resources: { b: record("b#1", status) },
  };
  const current = new Map([
    ["a", found],
    ["b", b],
  ]);
  const seen = { current, old: new Map(), proven: new Set<string>() };
  const wait = (deletes?: true) =>
    untilListsCatchUp({ ...worldOf(toys), ...(deletes ? { deletes } : {}) }, graph, state, seen, toys.clock);
  return { toys, looks, wait };
}

describe("what an interrupted teardown has deleted and lists still show", () => {
  it("is waited for until no list shows it", async () => {
    const { toys, looks, wait } = stage({});
    expect(await wait()).toBe(true);
    expect(toys.clock.now()).toBeGreaterThanOrEqual(10_000);
    expect(toys.clock.now()).toBeLessThan(20_000);
    // What was being deleted is asked for too, and is still there.
    expect(looks.slice(0, 2)).toEqual([
      { knownId: "a#1", direct: true },
      { knownId: "b#1", direct: true },
    ]);
    expect(looks.slice(2).every(({ knownId }) => knownId === undefined)).toBe(true);
  });

  it("is not waited for longer than five minutes after the last record", async () => {
    const { toys, wait } = stage({ listed: Number.POSITIVE_INFINITY });
    expect(await wait()).toBe(true);
    expect(toys.clock.now()).toBe(5 * MINUTE);
  });

  it("is not waited for longer where another machine's clock is ahead", async () => {
    const { toys, wait } = stage({ listed: Number.POSITIVE_INFINITY, at: 60 * MINUTE });
    expect(await wait()).toBe(true);
    expect(toys.clock.now()).toBe(5 * MINUTE);
  });

  it("is told from what exists and the state has lost", async () => {
    const { toys, looks, wait } = stage({ exists: true });
    expect(await wait()).toBe(false);
    expect(toys.clock.now()).toBe(0);
    expect(looks).toHaveLength(2);
  });

  it.each([
    ["nothing was being deleted", { status: "created" as const }, 0],
    ["that was long ago", {}, 6 * MINUTE],
  ])("costs nothing where %s", async (_, settings, later) => {
    const { toys, looks, wait } = stage(settings);
    await toys.clock.sleep(later);
    expect(await wait()).toBe(false);
    expect(looks).toEqual([]);
  });

  it("is nothing to a teardown", async () => {
    const { looks, wait } = stage({});
    expect(await wait(true)).toBe(false);
    expect(looks).toEqual([]);
  });
});
