import { expect, it } from "vitest";
import { comparisonLines } from "../../../src/cli/comparison-text.ts";
import { oldVersionText } from "../../../src/cli/release-end.ts";
import { whyText } from "../../../src/cli/release-text.ts";
import { ReleaseProgress } from "../../../src/cli/release-progress.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";
import type { ReleaseEvent } from "../../../src/release/events.ts";

/** What a release shows: its lines, and each state of the part that is drawn over. */
function shown(live: boolean, verbose: boolean, events: readonly ReleaseEvent[]) {
  const lines: string[] = [];
  const drawn: (readonly string[])[] = [];
  const terminal = {
    live,
    line: (text = "") => void lines.push(text.trim()),
    draw: (now: readonly string[]) => void drawn.push(now.map((text) => text.trim())),
  } as unknown as Terminal;
  let now = 0;
  const progress = new ReleaseProgress(terminal, { target: "aws", verbose }, () => now, 0);
  for (const event of events) {
    if ("at" in event) now = event.at;
    progress.tell(event);
  }
  progress.pause();
  return { lines, drawn };
}

const tasks = { rollouts: [{ revision: "app:2", running: 1, pending: 1, desired: 2, failed: 0, state: "" }] };
const EVENTS: readonly ReleaseEvent[] = [
  { event: "stage", stage: "Build", status: "InProgress", at: 1_000 },
  { event: "log", line: "#4 [1/9] FROM node:22", at: 21_000 },
  { event: "stage", stage: "Build", status: "Succeeded", at: 61_000 },
  { event: "stage", stage: "Approval", status: "InProgress", at: 61_000 },
  { event: "stage", stage: "Approval", status: "Succeeded", at: 71_000 },
  { event: "stage", stage: "Deploy", status: "InProgress", at: 71_000 },
  { event: "service", message: "has started 2 tasks", at: 72_000 },
  { event: "tasks", ...tasks, targets: { healthy: 1 }, at: 73_000 },
  { event: "stage", stage: "Deploy", status: "Succeeded", at: 99_000 },
  { event: "ended", ending: "live", why: undefined, at: 99_000 },
];

it("a release on a terminal is a line for each stage, and below that what is in progress", () => {
  const { lines, drawn } = shown(true, false, EVENTS);
  expect(lines).toEqual([
    "1 min 01 s  ✓ Build: succeeded (1 min 00 s)",
    "1 min 11 s  ✓ Approval: succeeded (10.0 s)",
    "1 min 39 s  ✓ Deploy: succeeded (28.0 s)",
  ]);
  expect(drawn).toContainEqual(["… Build, 20.0 s  #4 [1/9] FROM node:22"]);
  expect(drawn).toContainEqual(["… Deploy, 2.0 s", "tasks: app:2 1 of 2 running, 1 pending; targets: 1 healthy"]);
  // A question must not be drawn over.
  expect(drawn.flat().filter((text) => text.includes("Approval"))).toEqual([]);
  expect(drawn.at(-1)).toEqual([]);
});

it("a release in a log is plain lines, with the build's own with --verbose alone", () => {
  const plain = shown(false, false, EVENTS);
  expect(plain.lines.slice(0, 3)).toEqual([
    "1.0 s  … Build: in progress",
    "1 min 01 s  ✓ Build: succeeded (1 min 00 s)",
    "1 min 01 s  … Approval: in progress",
  ]);
  expect(plain.lines).toContain("1 min 13 s  tasks: app:2 1 of 2 running, 1 pending; targets: 1 healthy");
  expect(plain.lines.join("\n")).not.toMatch(/FROM node|ECS:/);
  expect(plain.drawn.flat()).toEqual([]);
  const { lines } = shown(false, true, EVENTS);
  expect(lines).toContain("21.0 s  | #4 [1/9] FROM node:22");
  expect(lines).toContain("1 min 12 s  ECS: has started 2 tasks");
});

it("a revision that another one takes the place of has tasks to stop", () => {
  const replaced = { revision: "app:1", running: 2, pending: 0, desired: 0, failed: 0, state: "" };
  const { lines } = shown(false, false, [
    { event: "tasks", rollouts: [...tasks.rollouts, replaced], targets: {}, at: 1_000 },
  ]);
  expect(lines).toEqual(["1.0 s  tasks: app:2 1 of 2 running, 1 pending; app:1 2 running, 2 to stop"]);
});

it("a script that failed is not repeated whole", () => {
  const why = (command: string) =>
    `Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: ${command}. Reason: exit status 1`;
  expect(whyText(why("npm ci"))).toBe(why("npm ci"));
  const script = 'if [ -n "$STOPPED" ]; then\n  echo "$IMAGE has findings."; exit 1;\nfi';
  expect(whyText(why(script))).toBe(why('if [ -n "$STOPPED" ]; then echo "$IMAGE has findings."; exi…'));
  expect(whyText("The container exits.")).toBe("The container exits.");
});

it("only what serves is said to serve", () => {
  const old = { service: "web", revision: "app:1", tasks: 2 };
  expect(oldVersionText({ ...old, healthy: 2 })).toBe(
    "The old version still serves: 2 tasks of app:1 are running, 2 targets are healthy.",
  );
  expect(oldVersionText({ ...old, tasks: 1, healthy: 0 }, true)).toBe(
    "The old version of web has no healthy target, but 1 task of app:1 is running.",
  );
  expect(oldVersionText(old)).toBe("The old version still runs: 2 tasks of app:1 are running.");
  expect(oldVersionText({ service: "web", tasks: 0, healthy: 0 })).toBe("No task of an earlier version is running.");
});

it("a release is compared with what runs, as far as that is known", () => {
  expect(comparisonLines(undefined)).toEqual(["    runs     nothing that was released yet"]);
  expect(comparisonLines({ images: ["app@sha256:1"] })).toEqual([
    "    runs     app@sha256:1",
    "             of none of the last releases",
  ]);
  const files = Array.from({ length: 10 }, (_, at) => `f${at}`);
  expect(comparisonLines({ images: [], executionId: "e1", files, commits: ["1a2 Fix it"] })).toEqual([
    "    runs     the images of release e1",
    "    changes  10 files: f0, f1, f2, f3, f4, f5, f6, f7, and 2 more",
    "    commits  1 commit",
    "             1a2 Fix it",
  ]);
  expect(comparisonLines({ images: [], executionId: "e1", files: [] })[1]).toBe(
    "    changes  no file: the source is the same",
  );
});
