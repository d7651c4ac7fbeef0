import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { whenCreated, whenReady } from "../../../src/engine/output.ts";
import { UncertainAnswer } from "../../../src/engine/resource-kind.ts";
import { run, ToyStore, Toys, type ToyKind } from "../../support/toy.ts";

/** How long a call takes, in milliseconds. */
const CALL = 100;

/** A network that is usable before its note is written, and what refers to it. */
function stage() {
  const toys = new Toys();
  toys.latency = CALL;
  const whole = toys.kind("network", { later: ["note"], timing: { ready: 30 } });
  const network: ToyKind = {
    ...whole,
    create: (services, spec, making) =>
      whole.create(services, spec, {
        ...making,
        created: async (id) => {
          await making.created(id);
          making.usable({ id, address: `${id}/v1` });
        },
      }),
  };
  toys.kinds.set("network", network);
  const part = toys.kind("part");
  const graph = new Graph<Toys>();
  const made = graph.add("network", network, { note: "set" });
  const subnet = graph.add("subnet", part, { uses: [made.id] });
  graph.add("ordered", part, {}, { after: [made] });
  graph.add("whole", part, { mentions: whenCreated(made.id) });
  graph.add("settled", part, { mentions: made.id }, { after: [made] });
  graph.add("ready", part, { mentions: whenReady(made.id) });
  graph.add("late", part, { uses: [made.id, subnet.id] });
  return { toys, store: new ToyStore(toys), graph };
}

/** Every resource of the stage, made once. */
const ALL = ["late#1", "network#1", "ordered#1", "ready#1", "settled#1", "subnet#1", "whole#1"];
const DONE = Object.fromEntries(ALL.map((id) => [`make ${id.slice(0, -2)}`, "done"]));
const configures = ({ verb }: { readonly verb: string }) => verb === "configure";

describe("what is usable before its settings are written", () => {
  it("has begun what only refers to it, and nothing that is ordered after it or waits for more", async () => {
    const { toys, store, graph } = stage();
    const { applied, ends } = await run(toys, graph, store);
    expect(ends).toEqual(DONE);
    const begun = (id: string) => (applied.outcomes.get(`make ${id}`)?.startedAt ?? 0) - CALL;
    const [at, created] = [begun("network") + CALL, begun("network") + 2 * CALL];
    expect(begun("subnet")).toBe(at);
    for (const id of ["ordered", "whole", "settled"]) expect(begun(id)).toBe(created);
    expect(begun("ready")).toBeGreaterThan(created);
    expect(applied.outcomes.get("make subnet")?.after).toBe("make network");
  });

  it("has its id in the store before or with the intent of what refers to it", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph, store);
    const withSubnet = store.history.filter(({ resources }) => resources["subnet"] !== undefined);
    expect(withSubnet[0]?.resources).toMatchObject({ network: { status: "creating", id: "network#1" } });
    expect(withSubnet.filter(({ resources }) => resources["network"]?.id === undefined)).toEqual([]);
  });

  it("lets what has begun go on where its settings fail, skips the rest, and gets them in the next run", async () => {
    const { toys, store, graph } = stage();
    const refused = new Error("The setting was refused.");
    toys.before = (call) => {
      if (configures(call)) throw refused;
    };
    const { applied, ends } = await run(toys, graph, store);
    expect(ends).toEqual({
      "make network": "failed",
      "make subnet": "done",
      "make ordered": "skipped",
      "make whole": "skipped",
      "make settled": "skipped",
      "make ready": "skipped",
      "make late": "skipped",
    });
    expect(applied.outcomes.get("make network")?.error).toBe(refused);
    for (const id of ["ordered", "late", "ready"])
      expect(applied.outcomes.get(`make ${id}`)?.why).toBe("network failed");
    expect((await store.read())?.resources).toMatchObject({
      network: { status: "creating", id: "network#1" },
      subnet: { status: "created", id: "subnet#1" },
    });
    toys.revive();
    const again = await run(toys, graph, store);
    expect(again.plan.actions.find(({ id }) => id === "network")?.action).toBe("update");
    expect(again.ends).toMatchObject({ "make network": "done", "make late": "done" });
    expect(toys.ids).toEqual(ALL);
    expect(toys.record("network#1").spec.note).toBe("set");
  });

  it("goes on where the answer to a setting is lost, and is not made twice", async () => {
    const { toys, store, graph } = stage();
    let lost = false;
    toys.after = (call) => {
      if (!configures(call) || lost) return;
      lost = true;
      throw new UncertainAnswer("The answer was lost.");
    };
    expect((await run(toys, graph, store)).ends).toEqual(DONE);
    expect(toys.ids).toEqual(ALL);
  });

  it.each(["before", "after"] as const)("is neither lost nor doubled by a death %s any call or write", async (when) => {
    const calls = async (fatal: number) => {
      const { toys, store, graph } = stage();
      let count = 0;
      toys[when] = () => {
        if (count++ === fatal) toys.die();
      };
      await run(toys, graph, store).catch(() => {});
      toys.revive();
      expect((await run(toys, graph, store)).ends).toEqual(DONE);
      expect(toys.ids, `call ${fatal}`).toEqual(ALL);
      expect(toys.record("network#1").spec.note).toBe("set");
      const recorded = Object.values((await store.read())?.resources ?? {});
      expect(new Set(recorded.map(({ id }) => id))).toEqual(new Set(ALL));
      return count;
    };
    const all = await calls(Number.POSITIVE_INFINITY);
    expect(all).toBeGreaterThan(20);
    for (let fatal = 0; fatal < all; fatal++) await calls(fatal);
  });

  it("is not usable before its id is told, and looked for again", async () => {
    const { toys, store } = stage();
    const plain = toys.kind("early");
    let tries = 0;
    const early: ToyKind = {
      ...plain,
      create: async (services, spec, making) => {
        if (tries++ === 0) making.usable({ id: "early#1", address: "early#1/v1" });
        return plain.create(services, spec, making);
      },
    };
    toys.kinds.set("early", early);
    const graph = new Graph<Toys>();
    graph.add("early", early, {});
    const { ends, events } = await run(toys, graph, store);
    expect(ends).toEqual({ "make early": "done" });
    expect(events.filter(({ event }) => event === "uncertain")).toHaveLength(1);
    expect(toys.ids).toEqual(["early#1"]);
  });
});
