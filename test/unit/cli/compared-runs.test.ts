import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { expect, it } from "vitest";
import { comparedLines, comparedRuns } from "../../../src/cli/compared-runs.ts";
import { RunComparison } from "../../../src/page/compared-runs.tsx";
import type { Run, RunAction } from "../../../state/state.ts";
import { runOf } from "../../support/states.ts";

const action = (id: string, ms: number, more: Partial<RunAction> = {}): RunAction => ({
  id,
  type: "toy",
  action: "create",
  outcome: "done",
  ms,
  ...more,
});
const run = (number: number, more: Partial<Run>): Run => ({ ...runOf("reconcile"), number, ...more });

const FIRST = run(11, {
  seconds: 200,
  actions: [action("edge/cdn", 180_000), action("network/vpc", 100), action("logs/old", 40)],
  calls: { "ec2.CreateVpc": 1, "cloudFront.GetDistribution": 80 },
});
const SECOND = run(12, {
  seconds: 140.5,
  actions: [
    action("network/vpc", 900, { outcome: "failed" }),
    action("edge/cdn", 120_000, { action: "update" }),
    action("queue/jobs", 60),
  ],
  calls: { "ec2.CreateVpc": 1, "cloudFront.GetDistribution": 60, "sqs.CreateQueue": 1 },
});

it("pairs what both did, what differs most first, and names what only one did", () => {
  const { actions, calls, difference, first, second } = comparedRuns(FIRST, SECOND);
  expect(actions.map((one) => [one.id, one.first?.ms, one.second?.ms, one.difference])).toEqual([
    ["edge/cdn", 180_000, 120_000, -60_000],
    ["network/vpc", 100, 900, 800],
    ["queue/jobs", undefined, 60, undefined],
    ["logs/old", 40, undefined, undefined],
  ]);
  expect([first.calls, second.calls, difference]).toEqual([81, 62, -59.5]);
  expect(calls[0]).toEqual({ call: "cloudFront.GetDistribution", first: 80, second: 60 });
});

it("says it in lines", () => {
  expect(comparedLines(comparedRuns(FIRST, SECOND))).toEqual([
    "Run 12 took 59.5 s less than run 11.",
    "    -1 min 00 s  edge/cdn: create 3 min 00 s, then update 2 min 00 s",
    "        +800 ms  network/vpc: create 100 ms, then create failed 900 ms",
    "Only in run 11: logs/old",
    "Only in run 12: queue/jobs",
    "81 API calls in run 11, 62 in run 12 (-19): cloudFront.GetDistribution 80 -> 60, sqs.CreateQueue 0 -> 1",
  ]);
  expect(comparedLines(comparedRuns(FIRST, FIRST))).toEqual([
    "Both took the same time.",
    "81 API calls in run 11, 81 in run 11 (±0)",
  ]);
  const died = run(13, { outcome: "died", seconds: undefined, actions: [], calls: {} });
  expect(comparedLines(comparedRuns(FIRST, died))[0]).toBe("How long they took is not known of both.");
});

it("names so many of a large stack, and how many more there are", () => {
  const large = (number: number, ms: number) =>
    run(number, { actions: Array.from({ length: 60 }, (_, n) => action(`a/${n}`, ms + n * ms)) });
  const lines = comparedLines(comparedRuns(large(1, 1_000), large(2, 2_000)));
  expect(lines.filter((line) => line.includes("a/"))).toHaveLength(20);
  expect(lines).toContain("  40 more differences of less time");
  const only = comparedLines(comparedRuns(large(1, 1_000), run(2, { actions: [] })));
  expect(only.find((line) => line.startsWith("Only in run 1:"))).toMatch(/ and 40 more$/);
});

it("shows it as a page: both bars of each action, its difference, and what failed", () => {
  const html = renderToString(h(RunComparison, { comparison: comparedRuns(FIRST, SECOND) }));
  const said = html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
  for (const text of [
    "Run 11 took 3 min 20 s",
    "Difference -59.5 s",
    "edge/cdn 11 create, 3 min 00 s 12 update, 2 min 00 s -1 min 00 s",
    "1 more, which differ by less than 1.8 s",
    "create failed, 900 ms",
    "Only in run 11: 1",
    "Only in run 12: 1",
    "cloudFront.GetDistribution 80 60 -20",
  ])
    expect(said).toContain(text);
  expect(html).toContain('width="66.67%"');
  expect(html).not.toMatch(/ style=|<script/);
});
