import { expect, it } from "vitest";
import { agesOf } from "../../../src/page/console/age.ts";
import { runOf } from "../../support/states.ts";

const action = (id: string, verb: string, outcome = "done") => ({ id, type: "toy", action: verb, outcome, ms: 1_000 });

it("is that of the last run which made a resource, on the clock of the runs", () => {
  const runs = [
    {
      ...runOf("reconcile"),
      number: 2,
      when: "2026-01-03T00:00:00.000Z",
      actions: [action("a", "update"), action("b", "replace"), action("c", "replace", "failed")],
    },
    {
      ...runOf("reconcile"),
      number: 1,
      when: "2026-01-01T00:00:00.000Z",
      actions: [
        { ...action("a", "create"), from: 59_000 },
        action("b", "create"),
        action("c", "adopt"),
        action("d", "create", "skipped"),
      ],
    },
  ];
  expect([...agesOf(runs, "2026-01-03T01:00:00.000Z")]).toEqual([
    ["b", { text: "replaced 60 min ago", run: 2 }],
    ["a", { text: "created 2 days ago", run: 1 }],
    ["c", { text: "adopted 2 days ago", run: 1 }],
  ]);
});
