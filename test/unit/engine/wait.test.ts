import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { Graph } from "../../../src/engine/graph.ts";
import type { AnyObserved } from "../../../src/engine/resource-kind.ts";
import type { Snapshot } from "../../../src/engine/snapshot.ts";
import { Poller, type Waiting } from "../../../src/engine/wait.ts";
import { run, ToyStore, Toys } from "../../support/toy.ts";

const seen = (ready: boolean): AnyObserved => ({
  id: "a",
  spec: {},
  attrs: {},
  owner: undefined,
  ready,
  status: "pending",
});

/** Waits for something that is ready `after` ms; `looks` are the times at which it was looked at. */
function waiting(clock: VirtualClock, after: number, more: Partial<Waiting> = {}) {
  const looks: number[] = [];
  const snapshots: Snapshot[] = [];
  const subject: Waiting = {
    what: "Waiting for it",
    usual: 60,
    observe: async (snapshot) => {
      looks.push(clock.now());
      snapshots.push(snapshot);
      return seen(clock.now() >= after);
    },
    over: (observed) => observed?.ready ?? false,
    ...more,
  };
  return { subject, looks, snapshots };
}

describe("the poller", () => {
  it("polls early and often at first, and less often the longer it waits", async () => {
    const clock = new VirtualClock(0);
    const { subject, looks } = waiting(clock, 600_000);
    expect(await new Poller(clock).until({ ...subject, usual: 300 })).toEqual(seen(true));
    expect(looks.slice(0, 3)).toEqual([100, 600, 1_100]);
    const gaps = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
    expect(Math.min(...gaps)).toBe(500);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(5_000);
    expect(gaps.at(-1)).toBeLessThanOrEqual(5_250);
    expect(looks.at(-1)).toBeLessThanOrEqual(605_250);
  });

  it("notices what takes as long as usual within a few seconds, with few polls until then", async () => {
    const clock = new VirtualClock(0);
    const { subject, looks } = waiting(clock, 190_000);
    await new Poller(clock).until({ ...subject, usual: 190 });
    expect(looks.length).toBeLessThan(90);
    expect(looks.filter((at) => at > 25_000 && at < 95_000).length).toBeLessThan(18);
    expect(looks.at(-1)).toBeLessThan(195_250);
  });

  it.each([2, 10, 20, 40, 80])(
    "notices within five seconds what is ready after %i seconds, far sooner than usual",
    async (after) => {
      const clock = new VirtualClock(0);
      const { subject, looks } = waiting(clock, after * 1_000);
      await new Poller(clock).until({ ...subject, usual: 190 });
      const late = (looks.at(-1) ?? 0) - after * 1_000;
      expect(late).toBeLessThanOrEqual(after < 25 ? Math.max(750, after * 30 + 250) : 5_000);
    },
  );

  it("polls less often for what little waits for, but as soon at first", async () => {
    const clock = new VirtualClock(0);
    const { subject, looks } = waiting(clock, 20_000, { unhurried: true });
    await new Poller(clock).until(subject);
    expect(looks.slice(0, 3)).toEqual([100, 1_100, 2_100]);
    expect(looks.length).toBeLessThan(20);
    expect(looks.at(-1)).toBeLessThan(22_250);
  });

  it("is held up by no poll that takes long, and makes none twice at a time", async () => {
    const clock = new VirtualClock(0);
    const poller = new Poller(clock);
    let [going, most] = [0, 0];
    const retried = waiting(clock, 40_000);
    const slow = poller.until({
      ...retried.subject,
      async observe(snapshot) {
        most = Math.max(most, ++going);
        await clock.sleep(30_000);
        going--;
        return retried.subject.observe(snapshot);
      },
    });
    const quick = waiting(clock, 2_000);
    await poller.until(quick.subject);
    expect(clock.now()).toBeLessThan(3_500);
    await slow;
    expect(most).toBe(1);
    expect(retried.looks).toHaveLength(2);
  });

  it("asks at once for what is usually ready within seconds", async () => {
    const clock = new VirtualClock(0);
    const { subject, looks } = waiting(clock, 300, { usual: 2 });
    await new Poller(clock).until(subject);
    expect(looks).toEqual([0, 250, 500]);
  });

  it("polls everything that is due together through one snapshot", async () => {
    const clock = new VirtualClock(0);
    const poller = new Poller(clock);
    const [one, two] = [waiting(clock, 20_000), waiting(clock, 20_000)];
    await Promise.all([poller.until(one.subject), poller.until(two.subject)]);
    expect(one.looks.length).toBeGreaterThan(5);
    expect(two.looks).toEqual(one.looks);
    expect(two.snapshots.every((snapshot, index) => snapshot === one.snapshots[index])).toBe(true);
    expect(new Set(one.snapshots).size).toBe(one.looks.length);
  });

  it.each([0, 30, 150, 230, 400])(
    "makes the later polls of two waits together whose first ones were %i ms apart",
    async (apart) => {
      const clock = new VirtualClock(0);
      const poller = new Poller(clock);
      const [one, two] = [waiting(clock, 100_000, { usual: 110 }), waiting(clock, 100_000, { usual: 110 })];
      const first = poller.until(one.subject);
      await clock.sleep(apart);
      await Promise.all([first, poller.until(two.subject)]);
      const late = (looks: readonly number[]) => looks.filter((at) => at > 30_000);
      expect(late(one.looks).length).toBeGreaterThan(20);
      expect(late(two.looks)).toEqual(late(one.looks));
    },
  );

  it("polls a new wait when that is due, whatever else it waits for", async () => {
    const clock = new VirtualClock(0);
    const poller = new Poller(clock);
    const [one, two] = [waiting(clock, 60_000, { usual: 300 }), waiting(clock, 50_000, { usual: 2 })];
    const first = poller.until(one.subject);
    await clock.sleep(50_005);
    await poller.until(two.subject);
    expect(clock.now()).toBe(50_005);
    await first;
  });

  it("lets a wait join one in progress, and continue when the other is over", async () => {
    const clock = new VirtualClock(0);
    const poller = new Poller(clock);
    const [one, two] = [waiting(clock, 5_000), waiting(clock, 30_000)];
    const first = poller.until(one.subject);
    await clock.sleep(3_000);
    const second = poller.until(two.subject);
    await first;
    expect(clock.now()).toBeLessThan(6_000);
    await second;
    expect(two.looks[0]).toBeLessThanOrEqual(3_500);
    expect(clock.now()).toBeGreaterThanOrEqual(30_000);
  });

  it("says what it waited for, and for how long, when it takes far longer than usual", async () => {
    const clock = new VirtualClock(0);
    const { subject } = waiting(clock, Infinity, { usual: 10 });
    const error = await new Poller(clock).until(subject).catch((reason: unknown) => reason);
    const seconds = Math.round(clock.now() / 1000);
    expect(error).toEqual(
      new Error(
        `Waiting for it: still pending after ${seconds} s (usually 10 s). It may still succeed: run again to keep waiting.`,
      ),
    );
    expect(clock.now()).toBeGreaterThan(360_000);
    expect(clock.now()).toBeLessThanOrEqual(366_000);
  });

  it("says of what never came that it is not there", async () => {
    const { subject } = waiting(new VirtualClock(0), Infinity, { usual: 10, observe: async () => undefined });
    await expect(new Poller(new VirtualClock(0)).until(subject)).rejects.toThrow(
      "Waiting for it: still not visible after 360 s (usually 10 s). It may still succeed: run again to keep waiting.",
    );
  });

  it("fails only the wait whose poll fails", async () => {
    const clock = new VirtualClock(0);
    const poller = new Poller(clock);
    const refused = new Error("refused");
    const bad = waiting(clock, 0, { observe: () => Promise.reject(refused) });
    const good = waiting(clock, 2_000);
    const ends = await Promise.allSettled([poller.until(bad.subject), poller.until(good.subject)]);
    expect(ends).toEqual([
      { status: "rejected", reason: refused },
      { status: "fulfilled", value: seen(true) },
    ]);
  });

  it("ends every wait with the signal's reason", async () => {
    const clock = new VirtualClock(0);
    const stop = new AbortController();
    const poller = new Poller(clock, stop.signal);
    const reason = new Error("stopped");
    const all = Promise.allSettled([1, 2].map(() => poller.until(waiting(clock, Infinity).subject)));
    await clock.sleep(1_000);
    stop.abort(reason);
    expect(await all).toEqual([
      { status: "rejected", reason },
      { status: "rejected", reason },
    ]);
    expect(clock.now()).toBe(1_000);
  });

  it("reports each poll that did not end the wait", async () => {
    const clock = new VirtualClock(0);
    const told: (string | undefined)[] = [];
    const { subject, looks } = waiting(clock, 1_000, { waited: (observed) => told.push(observed?.status) });
    await new Poller(clock).until(subject);
    expect(told).toEqual(looks.slice(0, -1).map(() => "pending"));
  });
});

describe("waiting in a run", () => {
  it("costs one list for all resources of a type that become ready together", async () => {
    const toys = new Toys();
    const kind = toys.kind("toy", { timing: { ready: 20 } });
    const graph = new Graph<Toys>();
    for (const id of ["a", "b", "c"]) graph.add(id, kind, { name: id });
    await run(toys, graph, new ToyStore(toys));
    const times = toys.calls.filter(({ verb, at }) => verb === "list" && at > 0).map(({ at }) => at);
    expect(times.length).toBeGreaterThan(5);
    expect(new Set(times).size).toBe(times.length);
  });

  it.each(["failed", "stuck"] as const)("fails at once on what is %s, with the provider's reason", async (how) => {
    const toys = new Toys();
    const graph = new Graph<Toys>();
    graph.add("a", toys.kind("toy", { timing: { ready: 100 } }), {});
    toys.before = ({ verb, at }) => {
      if (verb === "list" && at > 10_000) toys.record("a#1")[how] = "no capacity";
    };
    const { applied } = await run(toys, graph, new ToyStore(toys));
    expect(applied.outcomes.get("make a")?.error).toEqual(new Error("toy a (a#1) cannot become ready: no capacity"));
    expect(toys.clock.now()).toBeLessThan(11_000);
  });

  it("reports what it waits for, since when and how long that usually takes", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const graph = new Graph<Toys>();
    graph.add("a", toys.kind("toy", { timing: { ready: 20, gone: 30 } }), {});
    const made = await run(toys, graph, store);
    expect(made.events.find(({ event }) => event === "waiting")).toEqual({
      event: "waiting",
      id: "a",
      for: "ready",
      status: "pending",
      usual: 20,
      since: 0,
      at: 100,
    });
    const since = toys.clock.now();
    const gone = await run(toys, graph, store, { teardown: true });
    expect(gone.events.find(({ event }) => event === "waiting")).toEqual({
      event: "waiting",
      id: "a",
      for: "gone",
      status: "deleting",
      usual: 30,
      since,
      at: since + 100,
    });
  });

  it("changes nothing of what an interrupted teardown did not get to delete, once that is ready", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const graph = new Graph<Toys>();
    graph.add("a", toys.kind("toy", { timing: { ready: 100 }, fields: { name: { immutable: true } } }), { name: "x" });
    await run(toys, graph, store);
    store.text = store.text?.replace('"status":"created"', '"status":"deleting"');
    toys.record("a#1").readyAt = toys.clock.now() + 50_000;
    const { ends } = await run(toys, graph, store);
    expect(ends).toEqual({ "make a": "done" });
    expect(toys.log).toEqual(["create a#1"]);
    expect((await store.state()).resources["a"]?.status).toBe("created");
  });

  it("waits for what an earlier run did not see become ready, and not again once it is", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const graph = new Graph<Toys>();
    graph.add("a", toys.kind("toy", { timing: { ready: 100 } }), {});
    toys.before = ({ verb, at }) => {
      if (verb === "list" && at > 10_000) throw new Error("refused");
    };
    expect((await run(toys, graph, store)).ends).toEqual({ "make a": "failed" });
    toys.revive();
    const second = await run(toys, graph, store);
    expect(second.plan.actions.map(({ action }) => action)).toEqual(["noop"]);
    expect(toys.clock.now()).toBeGreaterThanOrEqual(100_000);
    const now = toys.clock.now();
    expect((await run(toys, graph, store)).events).toEqual([]);
    expect(toys.clock.now()).toBe(now);
  });
});
