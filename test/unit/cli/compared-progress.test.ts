import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import { comparedProgress, progressComparisonLines } from "../../../src/cli/compared-progress.ts";
import { ProgressComparison } from "../../../src/page/compared-progress.tsx";
import type { ActionProgress, Run, RunAction, RunProgress } from "../../../state/state.ts";
import { holderOf, progressOf, runOf } from "../../support/states.ts";

const action = (id: string, from: number, ms: number, more: Partial<RunAction> = {}): RunAction => ({
  id,
  type: "toy",
  action: "create",
  outcome: "done",
  from,
  ms,
  ...more,
});
const PAST: Run = {
  ...runOf("reconcile"),
  number: 11,
  seconds: 203,
  // The first two seconds went into reads.
  actions: [
    action("network/vpc", 2_000, 900),
    action("edge/cdn", 2_900, 180_000),
    action("balancer/main", 2_900, 60_000),
    action("logs/old", 2_900, 40),
    action("compute/service", 182_900, 20_000),
  ],
  calls: { "ec2.CreateVpc": 1, "cloudFront.GetDistribution": 80 },
};
const doing = (id: string, state: ActionProgress["state"], more: Partial<ActionProgress> = {}): ActionProgress => ({
  id,
  type: "toy",
  action: "create",
  state,
  ...more,
});
const ROWS = [
  doing("network/vpc", "done", { started: 0, ended: 2_900 }),
  doing("edge/cdn", "waiting", { started: 2_900, waited: 3_000, usual: 200 }),
  doing("balancer/main", "running", { started: 2_900 }),
  doing("queue/jobs", "failed", { started: 10, ended: 70 }),
  doing("compute/service", "pending"),
];
const now = (more: Partial<RunProgress> = {}): RunProgress => ({
  ...progressOf({ elapsed: 80_000, actions: ROWS, done: 2, all: 5, calls: 60 }),
  ...holderOf("reconcile"),
  of: "run",
  isAlive: true,
  ...more,
});

describe("a run of the history beside the one in progress", () => {
  it("pairs what both do: what goes on comes first, and has taken longer only once it has", () => {
    const { actions } = comparedProgress(PAST, now());
    expect(
      actions.map(({ id, past, current, difference }) => [id, past?.ms, current?.state, current?.ms, difference]),
    ).toEqual([
      ["edge/cdn", 180_000, "waiting", 77_100, undefined],
      ["balancer/main", 60_000, "running", 77_100, 17_100],
      ["compute/service", 20_000, "pending", undefined, undefined],
      ["network/vpc", 900, "done", 2_900, 2_000],
      ["queue/jobs", undefined, "failed", 60, undefined],
      ["logs/old", 40, undefined, undefined, undefined],
    ]);
  });

  it("says how far the other one was after as long a time, counted from its first action", () => {
    expect(comparedProgress(PAST, now()).pastThen).toEqual({ done: 3, all: 5, secondsLeft: 120.9 });
    expect(comparedProgress(PAST, now({ elapsed: 300_000 })).pastThen).toEqual({ done: 5, all: 5, secondsLeft: 0 });
    const untimed = { ...PAST, actions: PAST.actions.map(({ from: _from, ...rest }) => rest) };
    expect(comparedProgress(untimed, now()).pastThen).toBeUndefined();
  });

  it("pairs the two halves of a replacement with those of the other run", () => {
    const past = {
      ...PAST,
      actions: [action("a", 0, 10, { action: "delete" }), action("a", 0, 500, { action: "replace" })],
    };
    const actions = [
      doing("a", "done", { action: "replace", started: 0, ended: 600 }),
      doing("a", "done", { action: "delete", started: 600, ended: 640 }),
    ];
    expect(
      comparedProgress(past, now({ actions })).actions.map((one) => [one.current?.action, one.difference]),
    ).toEqual([
      ["replace", 100],
      ["delete", 30],
    ]);
  });

  it("has the stages of a release for its actions", () => {
    const stages = [
      { stage: "Source", status: "Succeeded", started: 0, ended: 4_000 },
      { stage: "Build", status: "InProgress", started: 4_000 },
    ];
    const { actions } = comparedProgress({ ...PAST, actions: [] }, now({ of: "release", actions: [], stages }));
    expect(actions.map(({ id, current }) => [id, current?.state, current?.ms])).toEqual([
      ["Build", "running", 76_000],
      ["Source", "done", 4_000],
    ]);
  });

  it("says it in lines", () => {
    expect(progressComparisonLines(comparedProgress(PAST, now()))).toEqual([
      "After 1 min 20 s, run 11 had done 3 of its 5 actions, and needed 2 min 01 s more.",
      "In progress:",
      "                 edge/cdn: create, waiting for 1 min 17 s; in run 11: create, 3 min 00 s",
      "        +17.1 s  balancer/main: create, running for 1 min 17 s; in run 11: create, 1 min 00 s",
      "Took longer or less time:",
      "         +2.0 s  network/vpc: create, 2.9 s; in run 11: create, 900 ms",
      "Still to come: compute/service",
      "Only in the run in progress: queue/jobs",
      "Only in run 11: logs/old",
      "60 API calls so far, 81 in run 11",
    ]);
    const late = progressComparisonLines(comparedProgress(PAST, now({ elapsed: 300_000, isAlive: false })));
    expect(late.slice(0, 2)).toEqual([
      "After 5 min 00 s, run 11 had done 5 of its 5 actions.",
      "In progress when it died:",
    ]);
    expect(late).toContain("Not begun: compute/service");
  });

  it("names so many of a large stack, and how many more there are", () => {
    const actions = Array.from({ length: 60 }, (_, n) =>
      doing(`a/${n}`, n < 30 ? "running" : "pending", { started: 0 }),
    );
    const lines = progressComparisonLines(comparedProgress(PAST, now({ actions })));
    expect(lines.filter((line) => line.includes("running for"))).toHaveLength(20);
    expect(lines).toContain("  10 more");
    expect(lines.find((line) => line.startsWith("Still to come:"))).toMatch(/ and 10 more$/);
  });

  it("shows it as a page: both bars of each action, and how far each run was", () => {
    const html = renderToString(h(ProgressComparison, { comparison: comparedProgress(PAST, now()) }));
    const said = html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
    for (const text of [
      "So far 1 min 20 s run 11 took 3 min 23 s",
      "Done 2 of 5 run 11 had done 3 of 5 by then",
      "edge/cdn 11 create, 3 min 00 s now create, waiting for 1 min 17 s",
      "now create, running for 1 min 17 s +17.1 s",
      "Still to come: 1 compute/service 11 create, 20.0 s now create, not begun",
      "Only in the run in progress: 1 queue/jobs now create failed, 60 ms",
      "Only in run 11: 1 logs/old",
    ])
      expect(said).toContain(text);
    expect(html).toContain('class="half going"');
    expect(html).toContain('class="half broken"');
    expect(html).not.toMatch(/ style=|<script/);
    const died = renderToString(h(ProgressComparison, { comparison: comparedProgress(PAST, now({ isAlive: false })) }));
    expect(died).toContain("In progress when it died");
  });
});
