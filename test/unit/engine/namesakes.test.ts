import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { UncertainAnswer } from "../../../src/engine/resource-kind.ts";
import { run, ToyStore, Toys } from "../../support/toy.ts";
import { saidBy } from "../../support/toy-chain.ts";
import { byName, named } from "../../support/toy-names.ts";

const ONCE = { markedAtOnce: true } as const;

/** A resource that is found by its name also where it bears no mark: marked by its create call, or only after it. */
function stage(isMarkedAtOnce: boolean) {
  const toys = new Toys();
  const fields = { name: { immutable: true, unique: true } } as const;
  const kind = toys.kind("toy", { fields, ...(isMarkedAtOnce ? { traits: ONCE } : {}) });
  toys.kinds.set("toy", byName(kind));
  return { toys, store: new ToyStore(toys), graph: named(kind) };
}

/** Dies before, or right after, the first call of a verb. */
function dying(toys: Toys, when: "before" | "after", wanted: "create" | "delete") {
  toys[when] = ({ verb }) => {
    if (verb === wanted) toys.die();
  };
}

describe("a resource of the same name that somebody else makes during a run", () => {
  it.each([undefined, "other/a"])(
    "is left as it is where a create is refused after a lost answer (%s)",
    async (owner) => {
      const { toys, store, graph } = stage(true);
      let theirs = "";
      toys.before = ({ verb }) => {
        if (verb !== "create") return;
        theirs = toys.plant("toy", owner, { name: "one", note: "theirs" }).id;
        throw new UncertainAnswer("AlreadyExists, after an attempt without an answer");
      };
      const { ends, applied } = await run(toys, graph, store);
      expect(ends).toEqual({ "make a": "failed" });
      expect(String(applied.outcomes.get("make a")?.error)).toContain(`toy ${theirs} already exists and `);
      expect(String(applied.outcomes.get("make a")?.error)).toContain("It was left as it is.");
      expect(toys.record(theirs).spec.note).toBe("theirs");
      expect(await saidBy(store)).toEqual(["a creating -"]);
    },
  );

  it("is not what a create without an answer made, which is read before its mark", async () => {
    const { toys, store, graph } = stage(true);
    toys.after = ({ verb }) => {
      if (verb !== "create") return;
      const made = toys.record("a#1");
      made.owner = undefined;
      void toys.clock.sleep(2_000).then(() => (made.owner = "demo/a"));
      throw new UncertainAnswer("no answer");
    };
    expect((await run(toys, graph, store)).ends).toEqual({ "make a": "done" });
    expect(toys.ids).toEqual(["a#1"]);
  });
});

describe("a create that was recorded and never sent", () => {
  it.each([false, true])(
    "is forgotten once it is not wanted, whatever somebody else made (teardown: %s)",
    async (teardown) => {
      const { toys, store, graph } = stage(true);
      dying(toys, "before", "create");
      await run(toys, graph, store);
      toys.revive();
      const { id } = toys.plant("toy", undefined, { name: "one", note: "theirs" });
      await run(toys, new Graph<Toys>(), store, { teardown });
      expect(store.text).toBeUndefined();
      expect(toys.ids).toEqual([id]);
    },
  );
});

describe("what an interrupted create made, and did not come to mark", () => {
  it("is deleted by the second teardown where the first one dies before its call", async () => {
    const { toys, store, graph } = stage(false);
    dying(toys, "after", "create");
    await run(toys, graph, store);
    toys.revive();
    toys.record("a#1").owner = undefined;
    dying(toys, "before", "delete");
    await run(toys, graph, store, { teardown: true });
    toys.revive();
    await run(toys, graph, store, { teardown: true });
    expect(toys.ids).toEqual([]);
    expect(store.text).toBeUndefined();
  });

  it("is deleted also where it can bear none, and only its whole spec finds it", async () => {
    const toys = new Toys();
    const store = new ToyStore(toys);
    const top = toys.kind("top", { traits: ONCE });
    const bare = toys.kind("bare", { traits: { ...ONCE, ownerless: true } });
    const bySpec: typeof bare = {
      ...bare,
      async observe(services, look) {
        const [used] = look.spec.uses ?? [];
        const found = services.existing().find(({ id, spec }) => id === look.knownId || spec.uses?.[0] === used);
        if (used === undefined || !found) return undefined;
        const { id, spec } = found;
        return { id, owner: look.owner, spec, ready: true, attrs: { id, address: `${id}/v1` } };
      },
    };
    toys.kinds.set("bare", bySpec);
    const graph = new Graph<Toys>();
    const a = graph.add("a", top, { note: "x" });
    const without = new Graph<Toys>();
    without.add("a", top, { note: "x" });
    graph.add("b", bySpec, { uses: [a.id] });
    toys.after = ({ verb, subject }) => {
      if (verb === "create" && subject === "b") toys.die();
    };
    await run(toys, graph, store);
    expect(toys.ids).toEqual(["a#1", "b#1"]);
    toys.revive();
    await run(toys, without, store);
    expect(toys.ids).toEqual(["a#1"]);
  });
});
