import { describe, expect, it } from "vitest";
import { hasChanges } from "../../../src/engine/action.ts";
import { Graph } from "../../../src/engine/graph.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";

/** Sets that grow before they shrink, of what comes and goes with them; and what lives by a way out without needing it. */
function stage() {
  const toys = new Toys();
  const part = toys.kind("part", { timing: { ready: 4, gone: 2 } });
  const task = toys.kind("task", { timing: { ready: 9 } });
  const exit = toys.kind("exit", { traits: { deletedLast: true }, timing: { ready: 4, gone: 2 } });
  const plain = toys.kind("plain");
  const wide = toys.kind("table", { traits: { addsFirst: true } });
  // As a route table does: while it only adds, what it has stays beside what it gets.
  const table: typeof wide = {
    ...wide,
    update: (of, seen, spec, changed, updating) => {
      const had = seen.spec.uses ?? [];
      const uses = updating?.addOnly ? [...new Set([...had, ...(spec.uses ?? [])])] : (spec.uses ?? []);
      return wide.update(of, seen, { ...spec, uses }, changed, updating);
    },
  };
  toys.kinds.set("table", table);
  const graph = (version: 1 | 2) => {
    const all = new Graph<Toys>();
    const used = all.add(`part-${version}`, part, {});
    all.add("table", table, { uses: [used.id] });
    // It needs neither: it lives by the table, whichever part that leads to.
    all.add("task", task, { note: `v${version}` });
    if (version === 1) {
      all.add("exit", exit, {});
      all.add("plain", plain, {});
    }
    return all;
  };
  return { toys, store: new ToyStore(toys), graph };
}
type At = ReturnType<typeof stage>;

/** Stands in version 1, with nothing in the log. */
async function standing(): Promise<At> {
  const at = stage();
  await run(at.toys, at.graph(1), at.store);
  at.toys.calls.length = 0;
  return at;
}

async function expectWhole({ toys, store, graph }: At): Promise<void> {
  expect(toys.ids).toEqual(["part-2#1", "table#1", "task#1"]);
  expect(toys.record("table#1").spec.uses).toEqual(["part-2#1"]);
  const { resources } = await store.state();
  expect(Object.keys(resources).toSorted()).toEqual(["part-2", "table", "task"]);
  expect(resources["table"]).toMatchObject({ spec: { uses: ["part-2#1"] }, needs: [{ to: "part-2", loose: false }] });
  expect(hasChanges(await planned(toys, graph(2), store))).toBe(false);
}

describe("what adds first", () => {
  it("is added to first, narrowed once everything else is there, and only then is what it left deleted", async () => {
    const at = await standing();
    const { toys, store, graph } = at;
    const sets: (readonly string[])[] = [];
    toys.after = ({ verb, subject }) => {
      if (verb === "update" && subject === "table#1") sets.push(toys.record("table#1").spec.uses ?? []);
    };
    const { ends, applied } = await run(toys, graph(2), store);
    expect(new Set(Object.values(ends))).toEqual(new Set(["done"]));
    expect(sets).toEqual([["part-1#1", "part-2#1"], ["part-2#1"]]);
    const when = (key: string) => applied.outcomes.get(key);
    expect(when("narrow table")?.startedAt).toBeGreaterThanOrEqual(when("make task")?.doneAt ?? Infinity);
    expect(when("narrow table")?.startedAt).toBeGreaterThanOrEqual(when("make part-2")?.doneAt ?? Infinity);
    expect(when("delete part-1")?.startedAt).toBeGreaterThanOrEqual(when("narrow table")?.doneAt ?? Infinity);
    await expectWhole(at);
  });

  it("does its second step with the attributes that the first one announced", async () => {
    const { toys, store, graph } = await standing();
    const seen: unknown[] = [];
    const kind = toys.kinds.get("table");
    if (!kind) throw new Error("there is no table");
    toys.kinds.set("table", {
      ...kind,
      update: async (of, observed, spec, changed, updating) => {
        seen.push(observed.attrs["secret"]);
        await kind.update(of, observed, spec, changed, updating);
        return updating?.addOnly ? { secret: "announced" } : {};
      },
    });
    const next = graph(2);
    const node = next.get("table");
    Object.assign(node ?? {}, { kind: toys.kinds.get("table") });
    await run(toys, next, store);
    expect(seen).toEqual([undefined, "announced"]);
  });

  it("does its second step when no one has the old values any more, after an edit and not after drift", async () => {
    const at = await standing();
    const cached = at.toys.kind("name", { timing: { cached: 60 } });
    const named = (version: 1 | 2) => {
      const all = at.graph(version);
      all.add("name", cached, { note: `v${version}` });
      return all;
    };
    await run(at.toys, named(1), at.store);
    const took = async (version: 1 | 2) => {
      const { applied } = await run(at.toys, named(version), at.store);
      const made = applied.outcomes.get("make name");
      expect(applied.outcomes.get("narrow table")?.startedAt ?? Infinity).toBeGreaterThanOrEqual(made?.doneAt ?? 0);
      return (made?.doneAt ?? 0) - (made?.startedAt ?? 0);
    };
    expect(await took(2)).toBeGreaterThan(59_999);
    Object.assign(at.toys.record("name#1").spec, { note: "by hand" });
    expect(await took(2)).toBeLessThan(59_000);
  });

  it("has no second step where nothing of it differs", async () => {
    const { toys, store, graph } = await standing();
    const { ends } = await run(toys, graph(1), store);
    expect(Object.keys(ends).filter((key) => key.startsWith("narrow"))).toEqual([]);
  });

  it("needs in the state what it had and what it gets, from the first step to the second", async () => {
    const { toys, store, graph } = await standing();
    toys.before = ({ verb, subject }) => {
      if (verb === "update" && subject === "task#1") throw new Error("no task");
    };
    await run(toys, graph(2), store);
    const { table } = (await store.state()).resources;
    expect(table?.needs.map(({ to }) => to).toSorted()).toEqual(["part-1", "part-2"]);
    // What is applied is what was before: the next run still sees that something is to be taken away.
    expect(table?.spec).toEqual({ uses: ["part-1#1"] });
  });

  it("keeps the old way where something else fails in between, and is narrowed by the next run", async () => {
    const at = await standing();
    const { toys, store, graph } = at;
    toys.before = ({ verb, subject }) => {
      if (verb === "update" && subject === "task#1") throw new Error("no task");
    };
    const { ends } = await run(toys, graph(2), store);
    expect(ends).toEqual({
      "make part-2": "done",
      "make table": "done",
      "make task": "failed",
      "narrow table": "skipped",
      "delete part-1": "skipped",
      "delete exit": "skipped",
      "delete plain": "done",
    });
    expect(toys.record("table#1").spec.uses).toEqual(["part-1#1", "part-2#1"]);
    toys.revive();
    const plan = await planned(toys, graph(2), store);
    const next = plan.actions.flatMap(({ id, action }) => (action === "noop" ? [] : [[id, action]]));
    expect(Object.fromEntries(next)).toEqual({ table: "update", task: "update", "part-1": "delete", exit: "delete" });
    await run(toys, graph(2), store);
    await expectWhole(at);
  });

  it("is narrowed again where the narrowing itself fails", async () => {
    const at = await standing();
    const { toys, store, graph } = at;
    let updates = 0;
    toys.before = ({ verb, subject }) => {
      if (verb === "update" && subject === "table#1" && ++updates === 2) throw new Error("not now");
    };
    const { ends } = await run(toys, graph(2), store);
    expect(ends).toMatchObject({ "make table": "done", "narrow table": "failed", "delete part-1": "skipped" });
    toys.revive();
    await run(toys, graph(2), store);
    await expectWhole(at);
  });

  it.each(["before", "after"] as const)(
    "is finished by the next run, having died %s any call or write",
    async (when) => {
      let deaths = 0;
      for (let at = 1; ; at++) {
        const on = await standing();
        let moments = 0;
        on.toys[when] = ({ verb }) => {
          if (verb !== "list" && ++moments === at) on.toys.die();
        };
        await run(on.toys, on.graph(2), on.store).catch(() => {});
        on.toys.revive();
        if (moments < at) break;
        deaths++;
        await run(on.toys, on.graph(2), on.store);
        await expectWhole(on);
      }
      expect(deaths).toBeGreaterThan(10);
    },
  );
});

describe("what is deleted last", () => {
  it("is deleted once everything else is there, though nothing needs it", async () => {
    const { toys, store, graph } = await standing();
    const { applied } = await run(toys, graph(2), store);
    const when = (key: string) => applied.outcomes.get(key);
    const task = when("make task")?.doneAt ?? Infinity;
    expect(when("delete exit")?.startedAt).toBeGreaterThanOrEqual(task);
    // What is not deleted last and is needed by nothing goes at once.
    expect(when("delete plain")?.startedAt).toBeLessThan(task);
  });

  it("stays where something else fails, and goes with the next run", async () => {
    const at = await standing();
    const { toys, store, graph } = at;
    toys.before = ({ verb, subject }) => {
      if (verb === "update" && subject === "task#1") throw new Error("no task");
    };
    const { applied } = await run(toys, graph(2), store);
    expect(applied.outcomes.get("delete exit")).toMatchObject({ state: "skipped", why: "task failed" });
    expect(toys.ids).toContain("exit#1");
    toys.revive();
    await run(toys, graph(2), store);
    await expectWhole(at);
  });

  it("is deleted at once where everything goes", async () => {
    const { toys, store, graph } = await standing();
    const { ends } = await run(toys, graph(1), store, { teardown: true });
    expect(new Set(Object.values(ends))).toEqual(new Set(["done"]));
    expect(toys.ids).toEqual([]);
  });
});

describe("what an interrupted create added", () => {
  it.each([
    ["its id is recorded", true, "before", "configure"],
    ["its id is recorded", ["note"], "before", "configure"],
    ["only its intent is recorded", ["note"], "after", "create"],
  ] as const)(
    "is removed also where a kind calls it unmanaged unless it is recorded (%s)",
    async (_, addsFirst, when, last) => {
      const toys = new Toys();
      const plain = toys.kind("sub", { traits: { addsFirst }, later: ["count"] });
      // As a subnet does with a range whose addresses were not assigned yet.
      const kind: typeof plain = {
        ...plain,
        async observe(of, look) {
          const seen = await plain.observe(of, look);
          const isHidden = look.spec.note === undefined && look.knownId !== undefined;
          return seen && isHidden ? { ...seen, spec: { ...seen.spec, note: undefined } } : seen;
        },
        update: (of, seen, spec, changed, updating) =>
          plain.update(of, seen, updating?.addOnly ? { ...spec, note: seen.spec.note ?? "" } : spec, changed, updating),
      };
      toys.kinds.set("sub", kind);
      const graph = (spec: object) => {
        const all = new Graph<Toys>();
        all.add("a", kind, spec);
        return all;
      };
      const store = new ToyStore(toys);
      toys.latency = 5;
      toys[when] = ({ verb }) => {
        if (verb === last) toys.die();
      };
      await run(toys, graph({ count: 1, note: "range" }), store);
      toys.revive();
      const { a } = (await store.state()).resources;
      expect(a?.status).toBe("creating");
      // An intent may lack what is known only when its create begins.
      await store.write({ ...(await store.state()), resources: a ? { a: { ...a, spec: a.id ? a.spec : {} } } : {} });
      const without = { count: 1, note: undefined };
      await run(toys, graph(without), store);
      expect(toys.record("a#1").spec).toEqual({ count: 1 });
      expect((await store.state()).resources["a"]).toMatchObject({ status: "created", spec: { count: 1 } });
      expect(hasChanges(await planned(toys, graph(without), store))).toBe(false);
    },
  );
});
