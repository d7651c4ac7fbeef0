import { describe, expect, it } from "vitest";
import type { Action, Plan } from "../../src/engine/action.ts";
import { KnownAfterApply } from "../../src/engine/output.ts";
import { Toys } from "../support/toy.ts";
import { unlike } from "./announced.ts";
import { announced } from "./outage.ts";
import type { Done } from "./recorder.ts";
import { wayOn } from "./refusals.ts";

const kind = new Toys().kind("toy");
const observed = { id: "a#1", spec: {}, attrs: {}, owner: undefined, ready: true };

const planOf = (more: Partial<Action<Toys>>): Plan<Toys> => ({
  actions: [
    {
      id: "a",
      kind,
      action: "noop",
      why: undefined,
      differences: [],
      order: undefined,
      observed,
      known: undefined,
      node: undefined,
      foreign: [],
      ...more,
    },
  ],
  old: [],
  problems: [],
});

const difference = (path: string, wanted: unknown = 2) =>
  ({ path, old: 1, new: wanted, cause: "change", replaces: false }) as const;
const judged = (plan: Plan<Toys>, ...done: Done[]) => unlike(plan, new Map(done.length > 0 ? [["a", done]] : []), true);

describe("what the walks hold a run to", () => {
  const update = planOf({ action: "update", differences: [difference("size"), difference("tags.Name")] });

  it("is each announced action, resource by resource and field by field", () => {
    expect(judged(planOf({}))).toEqual([]);
    expect(judged(update, { step: "update", fields: ["size", "tags"] })).toEqual([]);
    expect(judged(planOf({ action: "create", observed: undefined }), { step: "create" })).toEqual([]);
    const replace = planOf({ action: "replace", order: "create-first", differences: [] });
    expect(judged(replace, { step: "create" }, { step: "delete", id: "a#1" })).toEqual([]);
  });

  it("finds what was done and not announced", () => {
    expect(judged(planOf({}), { step: "update", fields: ["size"] })).toEqual([
      "a: planned was noop, done was update size",
    ]);
    expect(judged(update, { step: "update", fields: ["size", "tags", "count"] })).toHaveLength(1);
    expect(judged(update, { step: "update", fields: ["size", "tags"] }, { step: "delete", id: "a#1" })).toHaveLength(1);
    expect(judged(planOf({ action: "delete" }), { step: "delete", id: "b#1" }).join()).toContain("done was delete b#1");
    expect(unlike({ actions: [], old: [], problems: [] }, new Map([["b", [{ step: "create" }]]]), false)).toEqual([
      "b: planned was nothing, done was create",
    ]);
  });

  it("finds what was planned and not done, except for what is known after apply", () => {
    expect(judged(update, { step: "update", fields: ["size"] })).toEqual([
      "a: planned was update, and its tags was not updated",
    ]);
    expect(judged(planOf({ action: "delete" }))).toHaveLength(1);
    expect(judged(planOf({ action: "replace", order: "delete-first" }), { step: "create" })).toHaveLength(1);
    const unknown = difference("uses", new KnownAfterApply("b.id"));
    expect(judged(planOf({ action: "update", differences: [unknown] }))).toEqual([]);
  });

  it("is the longest of the interruptions that a plan announces", () => {
    expect(announced(planOf({}))).toBeUndefined();
    expect(announced(planOf({ interrupts: { seconds: 120, why: "it moves" } }))).toBe(120_000);
  });
});

describe("what a refusal names", () => {
  it("is done as it says: another range, two steps, a setting, an adoption, a state without the resource", () => {
    const next = { network: { cidr: "10.0.0.0/16", nat: "none" } } as const;
    const range = "network/public-2: AWS cannot move it. Give it a range, such as 10.0.3.0/24.";
    expect(wayOn([range], {}, {}).steps).toEqual([{ network: { publicSubnets: ["10.0.1.0/24", "10.0.3.0/24"] } }]);
    expect(wayOn(["Make the edit in two steps: first one change."], {}, next).steps).toEqual([
      { network: { cidr: "10.0.0.0/16", nat: "perZone" } },
      next,
    ]);
    expect(wayOn(["Revert the edit, or set protect to false."], {}, { protect: true }).steps).toEqual([
      { protect: false },
    ]);
    expect(wayOn(["network.ipv6 cannot be turned off while tasks run."], {}, {}).steps).toEqual([
      { network: { ipv6: true } },
    ]);
    expect([
      ...wayOn(["To adopt it: npx fairlead reconcile --adopt a/b=x-1 or --adopt a/b=x-2"], {}, {}).adopt,
    ]).toEqual([["a/b", "x-1"]]);
    expect(
      wayOn(["The state is wrong: remove both from it (npx fairlead state rm a/b a/c), then run again."], {}, {})
        .forget,
    ).toEqual(["a/b", "a/c"]);
    expect(() => wayOn(["It cannot be done."], {}, {})).toThrow("Nobody can do what this says");
  });
});
