import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Crashes, Moment } from "./driver.ts";

const ALL: readonly Moment[] = ["before call", "after call", "after write"];

const WORDS: Readonly<Record<Moment, string>> = {
  "before call": "before it makes a call that changes something",
  "after call": "when a call was carried out and its answer did not come",
  "after write": "when it has just written its state",
};

/**
 * Tests that the verb, dead at every `step`th of its moments and run once more, comes to what an undisturbed run comes to. The
 * machine's clock stands still meanwhile: how far the simulated one gets is the same everywhere.
 */
export function diesEverywhere(
  begin: () => Promise<Crashes>,
  moments: readonly Moment[] = ALL,
  { first = 1, step = 1 } = {},
): void {
  let crashes: Crashes;
  let undisturbed: Awaited<ReturnType<Crashes["undisturbed"]>>;
  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) });
    crashes = await begin();
    undisturbed = await crashes.undisturbed();
  });
  afterAll(() => {
    crashes.remove();
    vi.useRealTimers();
  });

  for (const moment of moments)
    it(`is ended by the next run where it dies ${WORDS[moment]}`, async () => {
      expect(undisturbed).toMatchObject({ exit: 0, failed: [], planned: {} });
      const complaints: string[] = [];
      let points = 0;
      for (let number = first; ; number += step) {
        const again = await crashes.again({ moment, number });
        if (!again) break;
        points++;
        complaints.push(...differing(again.end, undisturbed).map((what) => `${again.died}: ${what}`));
      }
      expect(complaints).toEqual([]);
      expect(points).toBeGreaterThan(0);
    });
}

/** What is not as it should be, leaf by leaf. */
const differing = (end: unknown, wanted: unknown, path = "end"): string[] => {
  if (!isRecord(end) || !isRecord(wanted)) {
    const [is, should] = [JSON.stringify(end), JSON.stringify(wanted)];
    return is === should ? [] : [`${path} is ${is}, not ${should}`];
  }
  const names = new Set([...Object.keys(end), ...Object.keys(wanted)]);
  return [...names].flatMap((name) => differing(end[name], wanted[name], `${path}.${name}`));
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
