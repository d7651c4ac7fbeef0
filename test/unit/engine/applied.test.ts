import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";
import { saidBy } from "../../support/toy-chain.ts";
import type { ToySpec } from "../../support/toy-spec.ts";

/** One resource, of which others change `count`, `labels` are compared key by key, and `password` cannot be read. */
function stage() {
  const toys = new Toys();
  const fields = {
    count: { ignoreDrift: true },
    labels: { keyed: true },
    password: { writeOnly: true },
    size: { immutable: true },
  } as const;
  const kind = toys.kind("toy", { traits: { markedAtOnce: true }, fields, later: ["password"] });
  const graph = (spec: ToySpec) => {
    const all = new Graph<Toys>();
    all.add("a", kind, spec);
    return all;
  };
  return { toys, store: new ToyStore(toys), graph };
}

const WHOLE = { count: 1, labels: { ours: "1", former: "2" }, password: "p", size: 1 };

/** A teardown that dies once it has recorded what it is about to delete. */
async function giveUp({ toys, store, graph }: ReturnType<typeof stage>) {
  toys.before = ({ verb }) => {
    if (verb === "delete") toys.die();
  };
  await run(toys, graph(WHOLE), store, { teardown: true });
  expect(await saidBy(store)).toEqual(["a deleting a#1"]);
  toys.revive();
  toys.calls.length = 0;
}

describe("what was applied before a teardown that died", () => {
  it("is no change where nothing was edited", async () => {
    const at = stage();
    await run(at.toys, at.graph(WHOLE), at.store);
    await giveUp(at);
    await run(at.toys, at.graph(WHOLE), at.store);
    expect(at.toys.log).toEqual([]);
    expect(await saidBy(at.store)).toEqual(["a created a#1"]);
  });

  it("tells an edit of what others change too, and a key that is no longer wanted from theirs", async () => {
    const at = stage();
    await run(at.toys, at.graph(WHOLE), at.store);
    at.toys.record("a#1").spec = { ...WHOLE, labels: { ...WHOLE.labels, theirs: "3" } };
    await giveUp(at);
    await run(at.toys, at.graph({ ...WHOLE, count: 2, labels: { ours: "1" } }), at.store);
    expect(at.toys.log).toEqual(["update a#1 count labels"]);
    expect(at.toys.record("a#1").spec).toMatchObject({ count: 2, labels: { ours: "1", theirs: "3" } });
  });

  it("still keeps a resource from being replaced because AWS says that it was made otherwise", async () => {
    const at = stage();
    await run(at.toys, at.graph(WHOLE), at.store);
    await giveUp(at);
    at.toys.record("a#1").spec = { ...WHOLE, size: 2 };
    const { problems } = await planned(at.toys, at.graph(WHOLE), at.store);
    expect(problems).toEqual([expect.stringContaining("which cannot change")]);
  });

  it("is unknown of a create that was cut short before", async () => {
    const at = stage();
    at.toys.before = ({ verb }) => {
      if (verb === "configure") at.toys.die();
    };
    at.toys.latency = 5;
    await run(at.toys, at.graph(WHOLE), at.store);
    expect(await saidBy(at.store)).toEqual(["a creating a#1"]);
    at.toys.revive();
    await giveUp(at);
    await run(at.toys, at.graph(WHOLE), at.store);
    expect(at.toys.log).toEqual(["update a#1 password"]);
    expect(at.toys.record("a#1").spec.password).toBe("p");
  });
});

describe("what an interrupted create was about to apply", () => {
  it.each([false, true])(
    "tells a key that is no longer wanted from those of others (adds first: %s)",
    async (isAddedFirst) => {
      const toys = new Toys();
      const traits = isAddedFirst ? ({ addsFirst: true } as const) : {};
      const plain = toys.kind("toy", { traits, fields: { labels: { keyed: true } }, later: ["note"] });
      const kind: typeof plain = {
        ...plain,
        update: (of, seen, spec, changed, updating) => {
          const labels = updating?.addOnly ? { ...seen.spec.labels, ...spec.labels } : (spec.labels ?? {});
          return plain.update(of, seen, { ...spec, labels }, changed, updating);
        },
      };
      toys.kinds.set("toy", kind);
      const graph = (spec: ToySpec) => {
        const all = new Graph<Toys>();
        all.add("a", kind, spec);
        return all;
      };
      const store = new ToyStore(toys);
      toys.latency = 5;
      toys.before = ({ verb }) => {
        if (verb === "configure") toys.die();
      };
      await run(toys, graph({ labels: { ours: "1", former: "2" }, note: "x" }), store);
      expect(await saidBy(store)).toEqual(["a creating a#1"]);
      toys.revive();
      toys.record("a#1").spec = { labels: { ours: "1", former: "2", theirs: "3" } };
      const { plan } = await run(toys, graph({ labels: { ours: "1" }, note: "x" }), store);
      expect(plan.actions.map(({ foreign }) => foreign)).toEqual([["labels.theirs"]]);
      expect(toys.record("a#1").spec).toEqual({ labels: { ours: "1", theirs: "3" }, note: "x" });
      expect((await planned(toys, graph({ labels: { ours: "1" }, note: "x" }), store)).actions[0]?.action).toBe("noop");
    },
  );
});
