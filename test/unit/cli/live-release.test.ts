import { expect, it } from "vitest";
import { LiveRelease } from "../../../src/cli/live-release.ts";
import type { Rollout } from "../../../src/release/events.ts";

const rollout: Rollout = { revision: "app:2", running: 1, pending: 1, desired: 2, failed: 0, state: "IN_PROGRESS" };

it("knows of each stage when it began and ended, and what builds print stays out of it", () => {
  const live = new LiveRelease({ target: "local" }, 1_000, "r-1");
  live.tell({ event: "stage", stage: "Source", status: "Succeeded", at: 2_000 });
  live.tell({ event: "stage", stage: "Build", status: "InProgress", at: 3_000 });
  live.tell({ event: "log", line: "PASSWORD=hunter2", isStep: true, at: 4_000 });
  expect(live.at(5_000)).toEqual({
    elapsed: 4_000,
    done: 1,
    all: 2,
    secondsLeft: 0,
    actions: [],
    stages: [
      { stage: "Source", status: "Succeeded", ended: 1_000 },
      { stage: "Build", status: "InProgress", started: 2_000 },
    ],
    release: "r-1",
    waitsFor: undefined,
  });
  live.tell({ event: "stage", stage: "Build", status: "Succeeded", at: 60_000 });
  live.tell({ event: "stage", stage: "Deploy", status: "InProgress", at: 60_000 });
  live.tell({ event: "tasks", service: "web", rollouts: [rollout], targets: { healthy: 1 }, at: 61_000 });
  expect(live.at(61_000)).toMatchObject({
    done: 2,
    waitsFor: "web: tasks: app:2 1 of 2 running, 1 pending; targets: 1 healthy",
  });
});

it("says that it waits for approval until the stage goes on", () => {
  const live = new LiveRelease({ target: "local" }, 0, "r-1");
  live.tell({ event: "stage", stage: "Approval", status: "InProgress", at: 0 });
  const subject = { executionId: "r-1", message: "", token: "t", source: undefined, images: [], scans: [], since: 0 };
  live.tell({ event: "approval", subject: { ...subject, source: SOURCE }, at: 0 });
  expect(live.at(10).waitsFor).toBe("It waits for approval.");
  live.tell({ event: "stage", stage: "Approval", status: "Succeeded", at: 20 });
  expect(live.at(20).waitsFor).toBeUndefined();
});

const SOURCE = {
  version: "v",
  digest: undefined,
  commit: undefined,
  files: undefined,
  changed: undefined,
  by: undefined,
};

it("shows a rollback, which no pipeline carries out, as one stage that ends as the rollback does", () => {
  for (const [ending, status, why] of [
    ["live", "Succeeded", undefined],
    ["failed", "Failed", "The tasks stopped."],
  ] as const) {
    const live = new LiveRelease({ target: "local" }, 0);
    live.tell({ event: "tasks", rollouts: [rollout], targets: {}, at: 100 });
    live.tell({ event: "tasks", rollouts: [rollout], targets: {}, at: 200 });
    expect(live.at(200).stages).toEqual([{ stage: "Rollout", status: "InProgress", started: 100 }]);
    live.tell({ event: "ended", ending, why, at: 300 });
    expect(live.at(300)).toMatchObject({ done: 1, all: 1, waitsFor: why });
    expect(live.at(300).stages).toEqual([{ stage: "Rollout", status, started: 100, ended: 300 }]);
  }
});
