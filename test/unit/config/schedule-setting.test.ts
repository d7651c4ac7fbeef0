import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/config/errors.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/config/types.ts";

const SCHEDULE = { sleep: "cron(0 20 ? * MON-FRI *)", wake: "cron(0 7 ? * MON-FRI *)", timezone: "Asia/Tokyo" };
const WINDOW = { from: SCHEDULE.sleep, until: SCHEDULE.wake, timezone: "Asia/Tokyo", min: 0, max: 0 };

function problems(config: StackConfig): string[] {
  try {
    resolveStack(config);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

const windowsOf = (config: StackConfig) =>
  resolveStack(config).services.map((service) => ("scaling" in service ? service.scaling.schedule : undefined));

describe("a stack with a schedule", () => {
  it("has a window without tasks in each web service and worker, beside its own windows, and leaves jobs alone", () => {
    const day = { from: "cron(0 9 * * ? *)", until: "cron(0 17 * * ? *)", timezone: "UTC", min: 3 };
    const config: StackConfig = {
      schedule: SCHEDULE,
      services: {
        web: { scaling: { schedule: { day } } },
        mail: { type: "worker" },
        report: { type: "job", schedule: "rate(1 day)" },
      },
    };
    expect(windowsOf(config)).toEqual([{ day, asleep: WINDOW }, { asleep: WINDOW }, undefined]);
  });

  it("has the window at the top level too, where the only service is a web service", () => {
    expect(resolveStack({ schedule: SCHEDULE }).scaling.schedule).toEqual({ asleep: WINDOW });
    expect(resolveStack({}).scaling.schedule).toEqual({});
  });

  it.each<[string, StackConfig, string]>([
    [
      "both times are the same",
      { schedule: { ...SCHEDULE, wake: SCHEDULE.sleep } },
      'schedule.wake: "cron(0 20 ? * MON-FRI *)" is when `schedule.sleep` is; allowed: another time',
    ],
    [
      "nothing keeps tasks running",
      { schedule: SCHEDULE, services: { report: { type: "job", schedule: "rate(1 day)" } } },
      'schedule: "schedule" stops the tasks of web services and workers; allowed: with at least one',
    ],
    [
      "a window has its name",
      { schedule: SCHEDULE, scaling: { schedule: { asleep: { ...WINDOW, min: 1, max: 1 } } } },
      'scaling.schedule.asleep: "asleep" is the name of the window of `schedule`; allowed: another',
    ],
    [
      "nothing would start a service again",
      { schedule: SCHEDULE, services: { web: {}, mail: { type: "worker", scaling: { min: 0 } } } },
      "services.mail.scaling.min: 0 would leave mail without tasks after `schedule.wake`, which starts as many as the minimum; allowed: at least 1",
    ],
  ])("is refused where %s", (_case, config, line) => {
    expect(problems(config)).toEqual([line]);
  });

  it("accepts a service that is stopped on purpose", () => {
    expect(
      problems({ schedule: SCHEDULE, services: { web: {}, mail: { type: "worker", service: { desiredCount: 0 } } } }),
    ).toEqual([]);
  });
});
