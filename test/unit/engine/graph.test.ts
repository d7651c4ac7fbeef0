import { describe, expect, it } from "vitest";
import { Graph } from "../../../src/engine/graph.ts";
import {
  edgesIn,
  handle,
  hasUnknown,
  KnownAfterApply,
  loose,
  resolve,
  text,
  whenCreated,
  whenReady,
  type Attribute,
} from "../../../src/engine/output.ts";
import { Toys } from "../../support/toy.ts";
import type { ToyAttrs } from "../../support/toy-spec.ts";

const kind = new Toys().kind("toy");
const known: Attribute = (id, attr) => `<${id}.${attr}>`;
const unknown: Attribute = (id, attr) => new KnownAfterApply(`${id}.${attr}`);

describe("a graph", () => {
  it("infers its arrows from what a spec refers to, at any depth", () => {
    const graph = new Graph<Toys>();
    const a = graph.add("a", kind, {});
    const b = graph.add("b", kind, {});
    graph.add("c", kind, { name: a.id, labels: { at: text`x-${b.address}` } });
    expect(graph.get("c")?.edges).toEqual([
      { to: "a", until: "usable", loose: false },
      { to: "b", until: "usable", loose: false },
    ]);
  });

  it("keeps one arrow to each resource: the stricter of several", () => {
    const graph = new Graph<Toys>();
    const a = graph.add("a", kind, {});
    graph.add("ready", kind, { name: a.id, note: whenReady(a.address) });
    graph.add("loose", kind, { mentions: loose(a.id) });
    graph.add("both", kind, { name: a.id, mentions: loose(a.id) });
    graph.add("created", kind, { name: a.id, note: whenCreated(a.address) });
    graph.add("after", kind, { name: a.id }, { after: [a] });
    graph.add("created and ready", kind, { note: whenCreated(whenReady(a.address)), name: whenCreated(a.id) });
    graph.add("loose and ready", kind, { mentions: loose(whenReady(a.id)), name: a.id });
    expect(graph.nodes.slice(1).map(({ id, edges }) => [id, edges])).toEqual([
      ["ready", [{ to: "a", until: "ready", loose: false }]],
      ["loose", [{ to: "a", until: "usable", loose: true }]],
      ["both", [{ to: "a", until: "usable", loose: false }]],
      ["created", [{ to: "a", until: "created", loose: false }]],
      ["after", [{ to: "a", until: "created", loose: false }]],
      ["created and ready", [{ to: "a", until: "ready", loose: false }]],
      ["loose and ready", [{ to: "a", until: "ready", loose: false }]],
    ]);
  });

  it("takes order that follows from no reference", () => {
    const graph = new Graph<Toys>();
    const a = graph.add("a", kind, {});
    const b = graph.add("b", kind, {});
    graph.add("c", kind, {}, { after: [a], ready: [b] });
    expect(graph.get("c")?.edges).toEqual([
      { to: "a", until: "created", loose: false },
      { to: "b", until: "ready", loose: false },
    ]);
  });

  it("keeps in mind what of an order is for one run only", () => {
    const graph = new Graph<Toys>();
    const [a, b] = [graph.add("a", kind, {}), graph.add("b", kind, {})];
    graph.add("c", kind, { mentions: loose(a.id) }, { meanwhile: [a, b] });
    graph.add("d", kind, { name: a.id }, { meanwhile: [a] });
    expect(graph.get("c")?.edges).toEqual([
      { to: "a", until: "ready", loose: false, recorded: "loose" },
      { to: "b", until: "ready", loose: false, recorded: "not" },
    ]);
    expect(graph.get("d")?.edges).toEqual([{ to: "a", until: "ready", loose: false }]);
  });

  it("keeps in mind what only a change waits for, unless something else has it wait too", () => {
    const graph = new Graph<Toys>();
    const [a, b] = [graph.add("a", kind, {}), graph.add("b", kind, {})];
    graph.add("c", kind, { name: a.id }, { beforeChange: [a, b] });
    graph.add("d", kind, {}, { after: [b], beforeChange: [b] });
    expect(graph.get("c")?.edges).toEqual([
      { to: "a", until: "created", loose: false },
      { to: "b", until: "created", loose: false, changesOnly: true },
    ]);
    expect(graph.get("d")?.edges).toEqual([{ to: "b", until: "created", loose: false }]);
  });

  it("answers its resources in the order in which they were added", () => {
    const graph = new Graph<Toys>();
    for (const id of ["z", "a", "m"]) graph.add(id, kind, {});
    expect(graph.nodes.map(({ id }) => id)).toEqual(["z", "a", "m"]);
    expect(graph.get("nobody")).toBeUndefined();
  });

  it("refuses a name that is taken, and a reference to what is not in it", () => {
    const graph = new Graph<Toys>();
    graph.add("a", kind, {});
    expect(() => graph.add("a", kind, {})).toThrow(new Error("Duplicate resource id: a."));
    const elsewhere = handle<ToyAttrs>("elsewhere");
    expect(() => graph.add("b", kind, { name: elsewhere.id })).toThrow(
      new Error("b references elsewhere, which is not in the graph."),
    );
    expect(() => graph.add("c", kind, {}, { after: [elsewhere] })).toThrow(
      new Error("c references elsewhere, which is not in the graph."),
    );
    expect(graph.nodes.map(({ id }) => id)).toEqual(["a"]);
  });
});

describe("outputs", () => {
  const a = handle<ToyAttrs>("a");

  it("are read at any depth, and plain values stay as they are", () => {
    const spec = { list: [a.id, "x"], deep: { on: text`http://${a.address}:${80}/` }, plain: 3, none: undefined };
    expect(resolve(spec, known)).toEqual({
      list: ["<a.id>", "x"],
      deep: { on: "http://<a.address>:80/" },
      plain: 3,
      none: undefined,
    });
    expect(edgesIn(spec)).toHaveLength(2);
  });

  it("stay unknown where a part is, and a plan reads them as that", () => {
    const resolved = resolve({ list: [a.id], text: text`x-${a.address}-${a.id}` }, unknown);
    expect(resolved).toEqual({ list: [new KnownAfterApply("a.id")], text: new KnownAfterApply("a.address") });
    expect(hasUnknown(resolved)).toBe(true);
    expect(hasUnknown(resolve({ list: [a.id] }, known))).toBe(false);
    expect(hasUnknown(null)).toBe(false);
    expect(JSON.stringify(resolved)).toBe('{"list":["(known after apply)"],"text":"(known after apply)"}');
  });
});
