import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import { publicAttrs, sealed, unsealed } from "../../../src/engine/secret.ts";
import { planned, run, ToyStore, Toys } from "../../support/toy.ts";

const HASH = /^sha256:[0-9a-f]{64}$/;

function stage() {
  const toys = new Toys();
  const kind = toys.kind("toy", {
    fields: { password: { secret: true, writeOnly: true }, size: { immutable: true } },
    attrs: { key: { secret: true } },
  });
  const graph = (password: string, size = 1) => {
    const all = new Graph<Toys>();
    const a = all.add("a", kind, { password, size, name: `n${size}` });
    all.add("b", toys.kind("user"), { mentions: a.address });
    return all;
  };
  return { toys, store: new ToyStore(toys), kind, graph };
}

describe("a secret", () => {
  it("is hashed in a spec for the state, and opened again only by the same value", () => {
    const { kind } = stage();
    const stored = sealed(kind, { password: "hunter2", note: "x" });
    expect(stored).toEqual({ password: expect.stringMatching(HASH), note: "x" });
    expect(unsealed(kind, stored, { password: "hunter2" })).toEqual({ password: "hunter2", note: "x" });
    expect(unsealed(kind, stored, { password: "hunter3" })).toEqual(stored);
    expect(unsealed(kind, stored, {})).toEqual(stored);
    expect(sealed(kind, { note: "x" })).toEqual({ note: "x" });
  });

  it("is left out of the attributes for the state", () => {
    expect(publicAttrs(stage().kind, { id: "a", key: "k" })).toEqual({ id: "a" });
  });

  it("is in no write of the state and in no event, whatever is done: made, changed, replaced, adopted, deleted", async () => {
    const { toys, store, graph } = stage();
    const events: unknown[] = [];
    const step = async (...of: Parameters<typeof graph>) => events.push((await run(toys, graph(...of), store)).events);
    await step("hunter2");
    await step("hunter3");
    await step("hunter3", 2);
    store.text = undefined;
    await step("hunter3", 2);
    events.push((await run(toys, graph("hunter3", 2), store, { teardown: true })).events);
    expect(toys.log).toEqual([
      "create a#1",
      "create b#1",
      "update a#1 password",
      "create a#2",
      "update b#1 mentions",
      "delete a#1",
      "update a#2 password",
      "delete b#1",
      "delete a#2",
    ]);
    expect(store.history.length).toBeGreaterThan(10);
    expect(JSON.stringify([store.history, events])).not.toMatch(/hunter|s3cr3t/);
  });

  it("that is the same is no change, and one that is another is seen and hidden in the plan", async () => {
    const { toys, store, graph } = stage();
    await run(toys, graph("hunter2"), store);
    expect(toys.record("a#1").key).toMatch(/^s3cr3t/);
    expect((await planned(toys, graph("hunter2"), store)).actions.map(({ action }) => action)).toEqual([
      "noop",
      "noop",
    ]);
    const plan = await planned(toys, graph("hunter3"), store);
    expect(plan.actions[0]).toMatchObject({ action: "update" });
    expect(plan.actions[0]?.differences).toEqual([
      { path: "password", old: "(secret)", new: "(secret)", cause: "change", replaces: false },
    ]);
    await run(toys, graph("hunter3"), store);
    expect(toys.record("a#1").spec.password).toBe("hunter3");
  });
});
