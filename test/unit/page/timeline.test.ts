import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import type { TimelineData } from "../../../src/page/data.ts";
import { liveTimeline, pastTimeline } from "../../../src/page/timeline-data.ts";
import { ticksOf, Timeline } from "../../../src/page/timeline.tsx";
import { holderOf, progressOf } from "../../support/states.ts";

const drawn = (timeline: TimelineData) => renderToString(h(Timeline, { timeline, anchor: true }));
/** What a page says, without its markup. */
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

type Past = Parameters<typeof pastTimeline>[0];

const created = { action: "create", outcome: "done" } as const;
const PAST: Past = {
  actions: [
    { id: "network/vpc", type: "ec2/vpc", ...created, from: 1_000, ms: 900 },
    { id: "edge/distribution", type: "cloudfront/distribution", ...created, from: 1_900, ms: 200_000, callMs: 500 },
    { id: "logs/log", type: "logs/log-group", action: "update", outcome: "failed", from: 1_900, ms: 40, error: "No." },
    { id: "compute/service", type: "ecs/service", action: "noop", outcome: "skipped", ms: 0, error: "logs/log failed" },
  ],
  chain: [
    { id: "network/vpc", action: "create", from: 1_000, to: 1_900, waitedFor: "call" },
    { id: "edge/distribution", action: "create", from: 1_900, to: 201_900, waitedFor: "ready" },
  ],
};
const live = (more: Partial<ReturnType<typeof progressOf>> = {}, isAlive = true) =>
  liveTimeline({ ...progressOf({ target: "local", ...more }), ...holderOf("reconcile"), of: "run", isAlive });

describe("the timeline of a run of the history", () => {
  it("begins with its first action, and knows of each what was a call and what was a wait", () => {
    const timeline = pastTimeline(PAST);
    expect(timeline?.length).toBe(200_900);
    expect(timeline?.rows.map(({ id, from, called, to, isCritical }) => [id, from, called, to, isCritical])).toEqual([
      ["network/vpc", 0, undefined, 900, true],
      ["edge/distribution", 900, 1_400, 200_900, true],
      ["logs/log", 900, undefined, 940, false],
      ["compute/service", undefined, undefined, undefined, false],
    ]);
  });

  it("is none of a run that was recorded without its times, or has done nothing", () => {
    expect(pastTimeline({ actions: [{ id: "a", type: "t", ...created, ms: 5 }] })).toBeUndefined();
    expect(pastTimeline({ actions: [] })).toBeUndefined();
  });

  it("marks the critical path and what failed in words too, and says what each bar shows", () => {
    const html = drawn(pastTimeline(PAST) ?? { rows: [], length: 1 });
    const said = textOf(html);
    expect(said).toContain("network/vpc create critical path 900 ms");
    expect(said).toContain("began 900 ms after the start, took 3 min 20 s, of which 3 min 20 s waiting");
    expect(said).toContain("✗ failed 40 ms");
    expect(said).toContain("Skipped: 1");
    expect(said).toContain("compute/service : logs/log failed");
    expect(said).toContain("1 min");
    expect(html.match(/class="lane critical"/g)).toHaveLength(2);
    expect(html.match(/class="lane broken"/g)).toHaveLength(1);
    // Nothing that a content security policy would keep from being shown, and no script.
    expect(html).not.toMatch(/ style=|<script|onclick/);
    expect(html).toContain('id="/network/vpc"');
    for (const layer of ["network", "edge", "logs"]) expect(html).toContain(`<h3>${layer}</h3>`);
  });

  it("draws no bar beyond the page", () => {
    const html = drawn(pastTimeline(PAST) ?? { rows: [], length: 1 });
    const bars = [...html.matchAll(/<rect class="(?:call|wait)" x="([\d.]+)%" y="3" width="([\d.]+)%"/g)];
    expect(bars.length).toBeGreaterThan(3);
    for (const [, x, width] of bars) expect(Number(x) + Number(width)).toBeLessThanOrEqual(100.01);
  });

  it("folds what took little of a large run away, and nothing of a small one", () => {
    const many = (count: number): Past => ({
      actions: [
        ...PAST.actions.slice(0, 3),
        ...Array.from({ length: count }, (_, n) => ({
          id: `layer-${n % 9}/resource-${n}`,
          type: "t",
          ...created,
          from: 2_000 + n * 10,
          ms: 100,
        })),
      ],
      chain: PAST.chain,
    });
    const large = drawn(pastTimeline(many(250)) ?? { rows: [], length: 1 });
    expect(textOf(large)).toContain("250 more, each of which took less than 4.0 s");
    const before = large.slice(0, large.indexOf("<details"));
    expect(before.match(/<li /g)).toHaveLength(3);
    expect(large.match(/<li /g)).toHaveLength(253);
    expect(drawn(pastTimeline(many(5)) ?? { rows: [], length: 1 })).not.toContain("<details");
  });
});

describe("the timeline of a run in progress", () => {
  it("goes on until it is probably over, and says what is waited for and how long that usually takes", () => {
    const timeline = live();
    expect(timeline).toMatchObject({ now: 30_000, length: 202_000 });
    expect(timeline.rows[1]).toMatchObject({
      from: 900,
      called: 2_000,
      to: 30_000,
      expected: 202_000,
      state: "waiting",
    });
    const said = textOf(drawn(timeline));
    expect(said).toContain("now: 30.0 s");
    expect(said).toContain("waiting until ready for 28.0 s, InProgress, usually 3 min");
    expect(said).toContain("usually takes that much longer");
  });

  it("says which call is throttled or retried, and what has not begun", () => {
    const [first] = progressOf().actions;
    const pending = { id: "compute/service", type: "ecs/service", action: "create", state: "pending" } as const;
    const said = textOf(
      drawn(live({ held: "ec2.CreateVpc throttled for 3.3 s", actions: [...(first ? [first] : []), pending] })),
    );
    expect(said).toContain("Waiting ec2.CreateVpc throttled for 3.3 s");
    expect(said).toContain("Not begun yet: 1 + create compute/service");
  });

  it("ends where it died", () => {
    expect(live({}, false)).toMatchObject({ length: 30_000 });
    expect(live({}, false)).not.toHaveProperty("now");
  });

  it("has a lane for each stage of a release", () => {
    const stages = [
      { stage: "Source", status: "Succeeded", ended: 2_000 },
      { stage: "Build", status: "InProgress", started: 2_000 },
      { stage: "Deploy", status: "Failed", started: 2_000, ended: 3_000 },
    ];
    const timeline = live({ actions: [], stages, secondsLeft: 0, waitsFor: "It waits for approval." });
    expect(timeline.rows.map(({ id, state, to }) => [id, state, to])).toEqual([
      ["Source", "done", 2_000],
      ["Build", "running", 30_000],
      ["Deploy", "failed", 3_000],
    ]);
    expect(textOf(drawn(timeline))).toContain("Waiting It waits for approval.");
  });
});

it("has at most six times above it, which people read", () => {
  expect(ticksOf(200_900)).toEqual([0, 60_000, 120_000, 180_000]);
  expect(ticksOf(90)).toEqual([0, 20, 40, 60, 80]);
  for (const length of [1, 9, 77, 1_234, 59_000, 61_000, 599_999, 7_200_000, 90_000_000])
    expect(ticksOf(length).length).toBeLessThanOrEqual(6);
});
