import { beforeEach, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { ProgressWriter, type ProgressPlace } from "../../../state/progress-writer.ts";
import { holderOf, progressOf } from "../../support/states.ts";

let clock: VirtualClock;
let done: number;
/** What was written, as the actions done by then, and when; and what was removed. */
let log: string[];
beforeEach(() => {
  clock = new VirtualClock(0);
  done = 0;
  log = [];
  kept = undefined;
});

/** What is there. */
let kept: string | undefined;

/** A place whose writes take `takes` milliseconds each. */
function place(takes = 0, more: Partial<ProgressPlace> = {}): ProgressPlace {
  return {
    every: 5_000,
    isQuick: false,
    async put(text) {
      if (takes > 0) await clock.sleep(takes);
      kept = text;
      log.push(`${clock.now()}: ${(JSON.parse(text) as { done: number }).done}`);
    },
    get: async () => kept,
    async remove() {
      log.push(`${clock.now()}: removed`);
    },
    ...more,
  };
}
const writer = (to: ProgressPlace) =>
  new ProgressWriter(to, holderOf("reconcile"), clock, () => progressOf({ done, all: 99 }));

/** So many actions end one after the other, `every` milliseconds apart. */
async function go(writing: ProgressWriter, times: number, every: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    await clock.sleep(every);
    done++;
    writing.changed();
  }
}

it("writes at once, then what changed in each pause together, and removes it at the end", async () => {
  const writing = writer(place());
  await writing.start();
  await go(writing, 12, 1_000);
  await clock.sleep(20_000);
  await writing.end();
  // Nothing is written while nothing changes.
  expect(log).toEqual(["0: 0", "5000: 4", "10000: 9", "15000: 12", "32000: removed"]);
});

it("has one write in flight, however long it takes, and waits for it before it removes anything", async () => {
  const writing = writer(place(11_500));
  await writing.start();
  expect(log).toEqual([]);
  await go(writing, 13, 1_000);
  await writing.end();
  writing.changed();
  await clock.sleep(60_000);
  expect(log).toEqual(["11500: 0", "23000: 11", "23000: removed"]);
});

it("lets a run wait for the first write where one takes no time, and for no other", async () => {
  const writing = writer(place(3, { isQuick: true, every: 250 }));
  await writing.start();
  expect(log).toEqual(["3: 0"]);
  await go(writing, 2, 100);
  expect(log).toEqual(["3: 0"]);
  await writing.end();
});

it("forgets a write that fails, and a removal that does", async () => {
  const tries: number[] = [];
  const failing = async () => {
    tries.push(clock.now());
    throw new Error("503 Slow Down");
  };
  const writing = writer(place(0, { put: failing, remove: failing }));
  await writing.start();
  await go(writing, 6, 1_000);
  await writing.end();
  expect(tries).toEqual([0, 5_000, 6_000]);
});

it("forgets a run that cannot say how far it is", async () => {
  const writing = new ProgressWriter(place(), holderOf("reconcile"), clock, () => {
    throw new Error("unknown");
  });
  await writing.start();
  await writing.end();
  expect(log).toEqual(["0: removed"]);
});

it("says every minute that it exists, where no lock is renewed", async () => {
  const writing = writer(place());
  await writing.start(true);
  await clock.sleep(150_000);
  await writing.end();
  await clock.sleep(150_000);
  expect(log).toEqual(["0: 0", "60000: 0", "120000: 0", "150000: removed"]);
});

it("leaves what another terminal writes of the same release", async () => {
  const [one, other] = [
    writer(place()),
    new ProgressWriter(place(), holderOf("approve", { token: "u" }), clock, () => progressOf()),
  ];
  await one.start(true);
  await clock.sleep(1_000);
  await other.start(true);
  await one.end();
  expect(log).toEqual(["0: 0", "1000: 1"]);
  await other.end();
  expect(log.at(-1)).toBe("1000: removed");
});

it("cuts what is too long to be read, and writes no lock's renewal", async () => {
  let text = "";
  const put = async (written: string) => void (text = written);
  const note = `\u001B[31m${"x".repeat(10_000)}`;
  const [first] = progressOf().actions;
  const holder = holderOf("reconcile", { renewed: "2026-01-01T00:01:00.000Z" });
  const writing = new ProgressWriter(place(0, { put }), holder, clock, () =>
    progressOf({ held: note, actions: [{ id: "a", type: "t", action: "create", state: "done", ...first, note }] }),
  );
  await writing.start();
  await writing.end();
  const written = JSON.parse(text) as { held: string; actions: { note: string }[] };
  expect([written.held.length, written.actions[0]?.note.length]).toEqual([400, 400]);
  expect(written.held).toMatch(/^x+…$/);
  expect(written).not.toHaveProperty("renewed");
});

it("writes nothing of a run that is too large to be watched", async () => {
  const actions = Array.from({ length: 9_000 }, (_, n) => ({
    id: `layer/resource-${n}`,
    type: "ec2/subnet",
    action: "create",
    state: "pending" as const,
  }));
  const writing = new ProgressWriter(place(), holderOf("reconcile"), clock, () => progressOf({ actions }));
  await writing.start();
  await writing.end();
  expect(log).toEqual(["0: removed"]);
});
