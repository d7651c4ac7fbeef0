import { expect, it } from "vitest";
import { howFar, progressLine, toldHowFar } from "../../../src/cli/progress-text.ts";
import { LockedError, type RunProgress } from "../../../state/state.ts";
import { holderOf, progressOf } from "../../support/states.ts";

const command = (...words: readonly string[]) => `npx fairlead ${words.join(" ")}`;

const run = (more: Partial<RunProgress> = {}): RunProgress => ({
  ...progressOf(),
  ...holderOf("reconcile"),
  of: "run",
  isAlive: true,
  ...more,
});
/** When the progress was written. */
const WRITTEN = Date.parse(progressOf().updatedAt);

it("says how much is done, how long the rest takes and what is waited for", () => {
  const waiting = "waiting for edge/distribution (InProgress, usually 3 min 20 s)";
  expect(howFar(run(), WRITTEN)).toBe(`1 of 2 done, about 3 min left, ${waiting}`);
  // Others read it later, and the time goes on.
  expect(howFar(run(), WRITTEN + 100_000)).toBe(`1 of 2 done, about 70 s left, ${waiting}`);
  expect(howFar(run(), WRITTEN + 900_000)).toBe(`1 of 2 done, ${waiting}`);
  expect(howFar(run({ clock: "virtual" }), WRITTEN + 900_000)).toBe(
    `1 of 2 done, about 3 min left of simulated time, ${waiting}`,
  );
  const [first] = progressOf().actions;
  expect(howFar(run({ actions: first ? [first] : [], secondsLeft: 0 }), WRITTEN)).toBe("1 of 2 done");
});

it("names the one of those waited for that takes longest, and how many more there are", () => {
  const wait = (id: string, usual: number) =>
    ({ id, type: "t", action: "create", state: "waiting", started: 0, waited: 0, usual }) as const;
  const actions = [wait("network/nat-1", 60), wait("edge/cdn", 240), wait("network/nat-2", 60)];
  expect(howFar(run({ actions }), WRITTEN)).toContain("waiting for edge/cdn (usually 4 min 00 s) and 2 more");
});

it("tells of a release its stage and what that waits for", () => {
  const stages = [
    { stage: "Source", status: "Succeeded", ended: 900 },
    { stage: "Approval", status: "InProgress", started: 60_000 },
  ];
  const release = { of: "release", verb: "deploy", release: "r-1", actions: [], stages } as const;
  expect(progressLine(run({ ...release, waitsFor: "It waits for approval." }), WRITTEN, command)).toBe(
    "deploy by ann@there since 2026-01-01T00:00:00Z (release r-1): Approval in progress, it waits for approval",
  );
  expect(progressLine(run({ ...release, stages: [] }), WRITTEN, command)).toContain("(release r-1): it has just begun");
  expect(progressLine(run({ ...release, isAlive: false }), WRITTEN, command)).toBe(
    "deploy by ann@there since 2026-01-01T00:00:00Z (release r-1) has died: Approval in progress. The release itself continues on AWS. To follow it: npx fairlead deploy --attach r-1",
  );
});

it("says of a run that died how far it was, and what happens next", () => {
  expect(progressLine(run({ isAlive: false }), WRITTEN, command)).toBe(
    "reconcile by ann@there since 2026-01-01T00:00:00Z has died: 1 of 2 done. The next run continues from there: npx fairlead reconcile",
  );
});

it("tells whom a lock keeps out how far its holder is, and leaves every other error as it is", async () => {
  const storeWith = (found: RunProgress | undefined) => ({
    progress: async (of?: "run" | "release") => (of === "run" ? found : undefined),
  });
  const locked = new LockedError(
    "The state has been locked.",
    holderOf("reconcile", { token: "of the simulated AWS" }),
  );
  const told = await toldHowFar(locked, storeWith(run({ clock: "virtual" })));
  expect(told).toBeInstanceOf(LockedError);
  expect(told).toMatchObject({
    holder: locked.holder,
    message: expect.stringMatching(
      /^The state has been locked by ann@there \(reconcile, process \d+\) since 2026-01-01T00:00:00\.000Z: 1 of 2 done, about 3 min left.+\. To wait until that run has finished: npx fairlead status --wait\./,
    ),
  });
  // Nothing is known, it is that of another process, or it has died.
  for (const found of [undefined, run({ pid: 1 }), run({ isAlive: false })])
    expect(await toldHowFar(locked, storeWith(found))).toBe(locked);
  for (const error of [new Error("no"), new LockedError("unreadable")])
    expect(await toldHowFar(error, storeWith(run()))).toBe(error);
});
