import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { whenReady } from "../../../src/engine/output.ts";
import { hasChanges } from "../../../src/engine/action.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";

/** A process that dies at its `at`th moment: before a call or write is carried out, or after it and before the answer. */
interface DeathAt {
  readonly at: number;
  readonly when: "before" | "after";
}

const WHEN = ["before", "after"] as const;

/** A provider with kinds of every sort, and the graphs of two versions of a stack that differ in every way. */
function stage(latency = 0) {
  const toys = new Toys();
  toys.latency = latency;
  const traits = { markedAtOnce: true } as const;
  const net = toys.kind("net", { traits, fields: { size: { immutable: true } }, timing: { ready: 2, gone: 3 } });
  const gate = toys.kind("gate", { fields: { uses: { immutable: true } }, timing: { ready: 9, gone: 4 } });
  const unique = { fields: { size: { immutable: true }, name: { unique: true } }, timing: { gone: 1 } } as const;
  const box = toys.kind("box", { traits, ...unique });
  const part = toys.kind("part", { traits, fields: { uses: { immutable: true } }, later: ["note"] });
  const front = toys.kind("front", { timing: { ready: 6 }, disables: true, needsReady: true });
  const graph = (version: 1 | 2) => {
    const second = version === 2;
    const all = new Graph<Toys>();
    const a = all.add("net/a", net, { size: version });
    const b = all.add("net/b", net, { size: 1, note: `v${version}` });
    const g = all.add("net/gate", gate, { uses: [a.id] });
    const only = all.add("app/box", box, { name: "only", size: version, uses: [b.id] });
    all.add("app/part", part, { uses: [only.id], note: `v${version}` });
    all.add("app/front", front, { uses: [whenReady(g.id), b.id], note: `v${version}` });
    if (second) all.add("app/new", part, { uses: [a.id], mentions: g.address });
    else {
      const old = all.add("old/front", front, { uses: [whenReady(b.id)] });
      all.add("old/part", part, { uses: [old.id, a.id] });
    }
    return all;
  };
  return { toys, store: new ToyStore(toys), graph };
}

/** Lets the process die at a moment; answers how many moments there were. */
function killing(toys: Toys, { at, when }: DeathAt) {
  const seen = { moments: 0 };
  toys[when] = ({ verb }) => {
    if (verb === "list") return;
    seen.moments += 1;
    if (seen.moments === at) toys.die();
  };
  return seen;
}

/** `DEATHS_STEP=4` tries every fourth moment only, `DEATHS_STEP=1` all of them. */
const STEP = Number(process.env["DEATHS_STEP"] ?? 1);

/** Makes the attempt with a death at every moment there is, each time from a fresh stage; returns how many moments there are. */
async function everywhere(when: DeathAt["when"], attempt: (death: DeathAt) => Promise<number>) {
  let at = 1;
  let moments = 0;
  for (; (moments = await attempt({ at, when })) >= at; at += STEP);
  return moments;
}

const OWNERS = {
  1: ["app/box", "app/front", "app/part", "net/a", "net/b", "net/gate", "old/front", "old/part"],
  2: ["app/box", "app/front", "app/new", "app/part", "net/a", "net/b", "net/gate"],
};

const base = (id: string) => id.slice(0, id.indexOf("#"));

/** That exactly what `version` declares exists, is remembered, and has nothing left to be done. */
async function expectWhole({ toys, store, graph }: ReturnType<typeof stage>, version: 1 | 2) {
  expect([...toys.records.keys()].map(base).toSorted()).toEqual(OWNERS[version]);
  const { resources } = await store.state();
  expect(Object.keys(resources).toSorted()).toEqual(OWNERS[version]);
  expect(Object.values(resources).map(({ id, status, old }) => ({ id, status, old }))).toEqual(
    Object.values(resources).map(({ id }) => ({ id: toys.record(id ?? "").id, status: "created", old: undefined })),
  );
  expect(hasChanges(await planned(toys, graph(version), store))).toBe(false);
}

describe("a run that dies and is run again", () => {
  it.each(WHEN)("completes the first apply after dying %s any call or write", async (when) => {
    const deaths = await everywhere(when, async (death) => {
      const at = stage();
      const seen = killing(at.toys, death);
      await run(at.toys, at.graph(1), at.store);
      at.toys.revive();
      await run(at.toys, at.graph(1), at.store);
      await expectWhole(at, 1);
      return seen.moments;
    });
    expect(deaths).toBeGreaterThan(15);
  });

  it.each([
    ["before", 0],
    ["after", 0],
    ["before", 40],
    ["after", 40],
  ] as const)(
    "finishes a change with replacements, having died %s any call or write (latency %i ms)",
    async (when, ms) => {
      const deaths = await everywhere(when, async (death) => {
        const at = stage(ms);
        await run(at.toys, at.graph(1), at.store);
        const seen = killing(at.toys, death);
        await run(at.toys, at.graph(2), at.store);
        at.toys.revive();
        await run(at.toys, at.graph(2), at.store);
        await expectWhole(at, 2);
        return seen.moments;
      });
      expect(deaths).toBeGreaterThan(15);
    },
  );

  it("has the same result however often it dies", async () => {
    const death = fc.record({ at: fc.integer({ min: 1, max: 45 }), when: fc.constantFrom(...WHEN) });
    const step = fc.record({ version: fc.constantFrom(1 as const, 2 as const), death });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async (steps) => {
        const at = stage();
        for (const { version, death: moment } of steps) {
          killing(at.toys, moment);
          await run(at.toys, at.graph(version), at.store);
          at.toys.revive();
        }
        await run(at.toys, at.graph(2), at.store);
        await expectWhole(at, 2);
      }),
      { numRuns: Number(process.env["DEATHS_RUNS"] ?? 100), seed: 20_240_229 },
    );
  });

  it.each(WHEN)("goes back to what was before the change, having died %s any call or write", async (when) => {
    const deaths = await everywhere(when, async (death) => {
      const at = stage();
      await run(at.toys, at.graph(1), at.store);
      const seen = killing(at.toys, death);
      await run(at.toys, at.graph(2), at.store);
      at.toys.revive();
      await run(at.toys, at.graph(1), at.store);
      await expectWhole(at, 1);
      return seen.moments;
    });
    expect(deaths).toBeGreaterThan(15);
  });

  it.each(WHEN)("takes everything down, having died %s any call or write of a change", async (when) => {
    const deaths = await everywhere(when, async (death) => {
      const at = stage();
      await run(at.toys, at.graph(1), at.store);
      const seen = killing(at.toys, death);
      await run(at.toys, at.graph(2), at.store);
      at.toys.revive();
      await run(at.toys, at.graph(2), at.store, { teardown: true });
      expect([...at.toys.records.keys()]).toEqual([]);
      expect(at.store.text).toBeUndefined();
      return seen.moments;
    });
    expect(deaths).toBeGreaterThan(15);
  });

  it.each(WHEN)("finishes a teardown, having died %s any call or write", async (when) => {
    const deaths = await everywhere(when, async (death) => {
      const at = stage();
      await run(at.toys, at.graph(2), at.store);
      const seen = killing(at.toys, death);
      await run(at.toys, at.graph(2), at.store, { teardown: true });
      at.toys.revive();
      await run(at.toys, at.graph(2), at.store, { teardown: true });
      expect([...at.toys.records.keys()]).toEqual([]);
      expect(at.store.text).toBeUndefined();
      return seen.moments;
    });
    expect(deaths).toBeGreaterThan(10);
  });
});
