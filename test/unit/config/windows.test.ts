import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/config/errors.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/config/types.ts";

const NIGHTS = { from: "cron(0 20 * * ? *)", until: "cron(0 6 * * ? *)" };

function problems(config: StackConfig): string[] {
  try {
    resolveStack(config);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

const nights = (window: object, limits: object = { min: 2, max: 6 }): StackConfig => ({
  scaling: { ...limits, schedule: { nights: { ...NIGHTS, ...window } } },
});

describe("a window of scaling", () => {
  it("has a time zone, and the limits that it names", () => {
    expect(resolveStack(nights({ min: 0 })).scaling.schedule).toEqual({
      nights: { ...NIGHTS, timezone: "UTC", min: 0 },
    });
  });

  it.each([
    [nights({}), 'scaling.schedule.nights: "nights" changes nothing; allowed: with min, max or both'],
    [nights({ min: 7 }), "scaling.schedule.nights.min: 7 is above scaling.max; allowed: at most 6"],
    [nights({ max: 1 }), "scaling.schedule.nights.max: 1 is below scaling.min; allowed: with min of at most 1"],
    [nights({ min: 3, max: 2 }), "scaling.schedule.nights.min: 3 is above max; allowed: at most 2"],
    [
      nights({ min: 0, from: "rate(1 day)" }),
      'scaling.schedule.nights.from: "rate(1 day)" is not allowed; allowed: cron(0 20 ? * MON-FRI *) with its six fields, or at(2030-01-31T20:00:00)',
    ],
    [
      nights({ min: 0, timezone: "Mars" }),
      'scaling.schedule.nights.timezone: "Mars" is not allowed; allowed: an IANA time zone, such as Europe/Berlin',
    ],
    [
      { ...nights({ max: 1, min: 1 }), service: { minHealthyPercent: 100, maxPercent: 150 } },
      "service.maxPercent: 150 leaves no room to deploy 1 task",
    ],
  ])("is refused if AWS could not apply it (%#)", (config, line) => {
    expect(problems(config)).toEqual([expect.stringContaining(line)]);
  });
});
