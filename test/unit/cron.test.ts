import { describe, expect, it } from "vitest";
import { nextFiring } from "../../src/cron.ts";

const SINCE = Date.parse("2026-01-01T00:00:00Z");

function next(expression: string, timezone?: string, after = SINCE): string {
  const at = nextFiring({ expression, timezone, since: SINCE }, after);
  return Number.isFinite(at) ? new Date(at).toISOString().slice(0, 16) : "never";
}

describe("a schedule fires", () => {
  it.each([
    ["cron(0 20 ? * MON-FRI *)", "Europe/Berlin", "2026-01-01T19:00"],
    ["cron(0 7 ? * 2-6 *)", "Asia/Tokyo", "2026-01-01T22:00"],
    // Days of the week are counted from Sunday, which is 1.
    ["cron(0 0 ? * 1 *)", "UTC", "2026-01-04T00:00"],
    ["cron(0 0 ? * 6L *)", "UTC", "2026-01-30T00:00"],
    ["cron(0 0 ? * 2#1 *)", "UTC", "2026-01-05T00:00"],
    ["cron(0 0 ? * L *)", "UTC", "2026-01-03T00:00"],
    ["cron(0 0 L * ? *)", "UTC", "2026-01-31T00:00"],
    ["cron(0 0 LW * ? *)", "UTC", "2026-01-30T00:00"],
    ["cron(5/15 * * * ? *)", "UTC", "2026-01-01T00:05"],
    ["cron(0 0 1 1 ? 2030)", "UTC", "2030-01-01T00:00"],
    ["cron(0 0 1 1 ? 2020)", "UTC", "never"],
    ["at(2026-02-01T03:00:00)", "Europe/Berlin", "2026-02-01T02:00"],
    ["at(2020-02-01T03:00:00)", "UTC", "never"],
    ["rate(10 minutes)", "UTC", "2026-01-01T00:10"],
  ])("by %s in %s at %s", (expression, timezone, at) => expect(next(expression, timezone)).toBe(at));

  it("at no time that the clocks skip in spring", () => {
    const spring = Date.parse("2026-03-28T12:00:00Z");
    expect(next("cron(30 2 * * ? *)", "Europe/Berlin", spring)).toBe("2026-03-30T00:30");
  });

  it("at a rate from when it was created, and after the moment that is asked for", () => {
    expect(next("rate(1 hour)", undefined, SINCE + 3_600_000)).toBe("2026-01-01T02:00");
    expect(next("rate(1 hour)", undefined, SINCE + 5_400_000)).toBe("2026-01-01T02:00");
  });
});
