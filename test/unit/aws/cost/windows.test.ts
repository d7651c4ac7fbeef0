import { describe, expect, it } from "vitest";
import { averageBounds } from "../../../../src/aws/cost/windows.ts";

const USUAL = { min: 2, max: 6 };
const change = (schedule: string, bounds: object, timezone = "Asia/Tokyo") => ({ schedule, timezone, bounds });
const WEEK = 7 * 24;

describe("the average limits of a service", () => {
  it("are the usual ones without scheduled actions, and with one that happens only once", () => {
    expect(averageBounds(USUAL, [])).toEqual(USUAL);
    expect(averageBounds(USUAL, [change("at(2030-01-31T20:00:00)", { min: 0, max: 0 })])).toEqual(USUAL);
  });

  it("count the hours of the nights and of the weekend", () => {
    const nights = [
      change("cron(0 20 ? * MON-FRI *)", { min: 0, max: 0 }),
      change("cron(0 7 ? * MON-FRI *)", { ...USUAL }),
    ];
    const awake = (5 * 13) / WEEK;
    expect(averageBounds(USUAL, nights).min).toBeCloseTo(2 * awake, 10);
    expect(averageBounds(USUAL, nights).max).toBeCloseTo(6 * awake, 10);
  });

  it("change only the limits that a window has, in the order in which windows start and end", () => {
    const actions = [
      change("cron(0 8 * * ? *)", { min: 4 }, "UTC"),
      change("cron(0 20 * * ? *)", { min: 2 }, "UTC"),
      change("cron(0 14 * * ? *)", { min: 5, max: 12 }, "UTC"),
    ];
    // 8 to 14: 4. 14 to 20: 5. From 20 on: 2, and 12 as the maximum all day.
    expect(averageBounds(USUAL, actions)).toEqual({ min: (6 * 4 + 6 * 5 + 12 * 2) / 24, max: 12 });
  });

  it("count a month of the year as a part of the year", () => {
    const december = [change("cron(0 0 1 12 ? *)", { min: 8 }, "UTC"), change("cron(0 0 1 1 ? *)", { min: 2 }, "UTC")];
    // The year that is counted ends with the 10th of January: all of December is in it.
    expect(averageBounds(USUAL, december).min).toBeCloseTo((8 * 31 + 2 * (364 - 31)) / 364, 10);
  });
});
