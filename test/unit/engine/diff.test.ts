import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diff, type Difference } from "../../../src/engine/diff.ts";
import { equal } from "../../../src/engine/equal.ts";
import { KnownAfterApply } from "../../../src/engine/output.ts";
import { Toys } from "../../support/toy.ts";

type Spec = Readonly<Record<string, unknown>>;
type Switches = Parameters<Toys["kind"]>[1];

/** The difference of a kind with these switches. */
const between = (switches: Switches, desired: Spec, applied: Spec | undefined, observed: Spec) =>
  diff(new Toys().kind("toy", switches), desired, applied, observed);

const difference = (path: string, old: unknown, next: unknown, more: Partial<Difference> = {}): Difference => ({
  path,
  old,
  new: next,
  cause: "change",
  replaces: false,
  ...more,
});

describe("the three-way difference", () => {
  it("is empty where all three are the same", () => {
    const spec = { note: "a", uses: ["x"] };
    expect(between({}, spec, spec, spec)).toEqual({ differences: [], changed: new Set(), target: spec, foreign: [] });
  });

  it("calls an edit of the desired state a change", () => {
    const { differences, changed } = between({}, { note: "b" }, { note: "a" }, { note: "a" });
    expect(differences).toEqual([difference("note", "a", "b")]);
    expect(changed).toEqual(new Set(["note"]));
  });

  it("calls what was changed outside Fairlead drift", () => {
    expect(between({}, { note: "a" }, { note: "a" }, { note: "z" }).differences).toEqual([
      difference("note", "z", "a", { cause: "drift" }),
    ]);
  });

  it("calls everything a change where nothing is remembered", () => {
    expect(between({}, { note: "a" }, undefined, { note: "z" }).differences).toEqual([difference("note", "z", "a")]);
  });

  it("shows the value that an update sets where the desired state fixes bounds only", () => {
    const fields = { count: { planned: (most = 0, now = 0) => Math.min(most, now) } };
    expect(between({ fields }, { count: 6 }, { count: 6 }, { count: 5 }).differences).toEqual([]);
    const { differences, target } = between({ fields }, { count: 6 }, { count: 6 }, { count: 9 });
    expect(differences).toEqual([difference("count", 9, 6, { cause: "drift" })]);
    expect(target).toEqual({ count: 6 });
    // Bounds that were edited where that makes no difference are no edit of the value.
    expect(between({ fields }, { count: 6 }, { count: 8 }, { count: 5 }).differences).toEqual([]);
    expect(between({ fields }, { count: 6 }, undefined, { count: 9 }).differences).toEqual([difference("count", 9, 6)]);
  });

  it("has no changes if the edit was already made outside Fairlead", () => {
    expect(between({}, { note: "b" }, { note: "a" }, { note: "b" }).differences).toEqual([]);
  });

  it("removes a field that was applied and is desired no more", () => {
    const { differences, target } = between({}, {}, { note: "a" }, { note: "a" });
    expect(differences).toEqual([difference("note", "a", undefined)]);
    expect(target).toEqual({ note: undefined });
  });

  it("leaves alone what AWS filled in by itself", () => {
    const { differences, target } = between({}, { note: "a" }, { note: "a" }, { note: "a", size: 3 });
    expect(differences).toEqual([]);
    expect(target).toEqual({ note: "a" });
  });

  it("replaces for an immutable field, but sets it in place where it is not set there", () => {
    const switches: Switches = { fields: { size: { immutable: true } } };
    expect(between(switches, { size: 2 }, { size: 1 }, { size: 1 }).differences).toEqual([
      difference("size", 1, 2, { replaces: true }),
    ]);
    expect(between(switches, { size: 1 }, { size: 1 }, {}).differences).toEqual([
      difference("size", undefined, 1, { cause: "drift" }),
    ]);
  });

  it("names the leaf that differs, and a list of another length as a whole", () => {
    const old = { labels: { a: "1", b: "2" }, uses: ["x", "y"] };
    expect(between({}, { labels: { a: "1", b: "3" }, uses: ["x", "z"] }, old, old).differences).toEqual([
      difference("labels.b", "2", "3"),
      difference("uses[1]", "y", "z"),
    ]);
    expect(between({}, { ...old, uses: ["x"] }, old, old).differences).toEqual([difference("uses", ["x", "y"], ["x"])]);
  });

  it.each(["labels", "tags"])(
    "keeps keys of %s that are somebody else's, and removes those that were ours",
    (field) => {
      const { differences, target } = between(
        { fields: { labels: { keyed: true } } },
        { [field]: { ours: "2" } },
        { [field]: { ours: "1", old: "1" } },
        { [field]: { ours: "1", old: "1", theirs: "9" } },
      );
      expect(target).toEqual({ [field]: { ours: "2", theirs: "9" } });
      expect(differences).toEqual([difference(`${field}.ours`, "1", "2"), difference(`${field}.old`, "1", undefined)]);
    },
  );

  it("takes a foreign key over once it is desired", () => {
    const { target } = between(
      { fields: { labels: { keyed: true } } },
      { labels: { k: "ours" } },
      { labels: {} },
      { labels: { k: "z" } },
    );
    expect(target).toEqual({ labels: { k: "ours" } });
  });

  it("removes foreign keys of a record that is not keyed", () => {
    const spec = { labels: { a: "1" } };
    expect(between({}, spec, spec, { labels: { a: "1", b: "2" } }).differences).toEqual([
      difference("labels.b", "2", undefined, { cause: "drift" }),
    ]);
  });

  describe("of an initial field", () => {
    const switches: Switches = { fields: { count: { ignoreDrift: true } } };

    it("leaves what another owner moved where it is, also in what update is given", () => {
      expect(between(switches, { count: 2 }, { count: 2 }, { count: 7 })).toEqual({
        differences: [],
        changed: new Set(),
        target: { count: 7 },
        foreign: [],
      });
    });

    it("is set back where what is observed cannot be the other owner's", () => {
      const bounded: Switches = { fields: { count: { ignoreDrift: (now, { size }) => size === 1 && (now ?? 0) < 9 } } };
      const [spec, applied] = [{ count: 2, size: 1 }, undefined];
      expect([
        between(bounded, spec, applied, { count: 7, size: 1 }).target.count,
        between(bounded, spec, applied, { count: 9, size: 1 }).target.count,
        between(bounded, { ...spec, size: 3 }, applied, { count: 7, size: 3 }).target.count,
      ]).toEqual([7, 2, 2]);
    });

    it("follows an edit of the desired state", () => {
      const { differences, target } = between(switches, { count: 3 }, { count: 2 }, { count: 7 });
      expect(differences).toEqual([difference("count", 7, 3)]);
      expect(target).toEqual({ count: 3 });
    });

    it("is set where it is not there at all", () => {
      expect(between(switches, { count: 2 }, { count: 2 }, {}).differences).toEqual([
        difference("count", undefined, 2, { cause: "drift" }),
      ]);
    });
  });

  it("compares a write-only field with what was applied last", () => {
    const switches: Switches = { fields: { note: { writeOnly: true } } };
    expect(between(switches, { note: "a" }, { note: "a" }, {}).differences).toEqual([]);
    expect(between(switches, { note: "b" }, { note: "a" }, {}).differences).toEqual([difference("note", "a", "b")]);
    expect(between(switches, { note: "b" }, undefined, {}).differences).toEqual([difference("note", undefined, "b")]);
  });

  it("asks the kind's own comparison where both sides have a value, and only there", () => {
    const switches: Switches = { fields: { count: { same: (desired = 0, observed = 0) => observed >= desired } } };
    expect(between(switches, { count: 2 }, { count: 2 }, { count: 5 }).differences).toEqual([]);
    expect(between(switches, { count: 2 }, { count: 2 }, { count: 1 }).differences).toEqual([
      difference("count", 1, 2, { cause: "drift" }),
    ]);
    expect(between(switches, { count: 0 }, { count: 0 }, {}).differences).toEqual([
      difference("count", undefined, 0, { cause: "drift" }),
    ]);
  });

  it("counts a value known after apply as a change", () => {
    const unknown = new KnownAfterApply("net.id");
    const spec = { uses: ["a"] };
    expect(between({ fields: { uses: { immutable: true } } }, { uses: [unknown] }, spec, spec).differences).toEqual([
      difference("uses[0]", "a", unknown, { replaces: true }),
    ]);
    expect(
      between({ fields: { note: { ignoreDrift: true } } }, { note: unknown }, { note: "a" }, { note: "z" }).differences,
    ).toEqual([difference("note", "z", unknown)]);
    expect(
      between({ fields: { note: { ignoreDrift: true } } }, { note: unknown }, undefined, { note: "z" }).differences,
    ).toEqual([difference("note", "z", unknown)]);
  });

  it("says that a secret differs and never what it is", () => {
    const { differences, target } = between(
      { fields: { password: { secret: true } } },
      { password: "new" },
      { password: "old" },
      { password: "old" },
    );
    expect(differences).toEqual([difference("password", "(secret)", "(secret)")]);
    expect(target).toEqual({ password: "new" });
  });
});

describe("applying the target of a difference", () => {
  const value = fc.oneof(fc.constantFrom("a", "b", "c"), fc.integer({ min: 0, max: 3 }));
  const labels = fc.dictionary(fc.constantFrom("x", "y", "z"), fc.constantFrom("1", "2"));
  const spec: fc.Arbitrary<Spec> = fc.record(
    {
      name: value,
      size: value,
      note: value,
      count: value,
      labels,
      tags: labels,
      uses: fc.array(value, { maxLength: 3 }),
    },
    { requiredKeys: [] },
  );
  const all = ["name", "size", "note", "count", "labels", "uses"] as const;
  const fact = fc.constantFrom(undefined, true as const);
  const facts = fc.record({ immutable: fact, ignoreDrift: fact }).map(({ immutable, ignoreDrift }) => ({
    ...(immutable ? { immutable } : {}),
    ...(ignoreDrift ? { ignoreDrift } : {}),
  }));
  const switches = fc.record({ facts: fc.dictionary(fc.constantFrom(...all), facts), keyed: fact }).map((drawn) => {
    const fields: NonNullable<NonNullable<Switches>["fields"]> = drawn.facts;
    return { fields: drawn.keyed ? { ...fields, labels: { ...fields.labels, keyed: drawn.keyed } } : fields };
  });

  it("leaves no difference behind", () => {
    fc.assert(
      fc.property(switches, spec, fc.option(spec, { nil: undefined }), spec, (kind, desired, applied, observed) => {
        const { target } = between(kind, desired, applied, observed);
        expect(between(kind, desired, desired, { ...observed, ...target }).differences).toEqual([]);
      }),
    );
  });

  it("changes exactly the fields that are called changed", () => {
    fc.assert(
      fc.property(switches, spec, spec, spec, (kind, desired, applied, observed) => {
        const { target, changed, differences } = between(kind, desired, applied, observed);
        const moved = Object.keys(target).filter((field) => !equal(target[field], observed[field]));
        expect([...changed].toSorted()).toEqual(moved.toSorted());
        expect(new Set(differences.map(({ path }) => path.split(/[.[]/, 1)[0]))).toEqual(changed);
      }),
    );
  });
});
