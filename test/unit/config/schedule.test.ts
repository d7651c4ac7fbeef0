import { describe, expect, test } from "vitest";
import { isSchedule, isTimezone } from "../../../src/config/schedule.ts";

describe("a schedule", () => {
  test.each([
    "rate(1 minute)",
    "rate(5 minutes)",
    "at(2030-02-28T03:00:00)",
    "cron(0 3 * * ? *)",
    "cron(15 10 ? * 6L 2030-2032)",
    "cron(0/15 8-17 ? * MON-FRI *)",
    "cron(0 0 L * ? *)",
    "cron(0 0 15W * ? *)",
    "cron(0 0 ? JAN,JUL SUN#2 *)",
  ])("%s is taken", (schedule) => {
    expect(isSchedule(schedule)).toBe(true);
  });
  test.each([
    "rate(1 hours)",
    "rate(5 minute)",
    "rate(0 days)",
    "rate(1.5 hours)",
    "at(2030-02-30T03:00:00)",
    "at(2030-02-28T03:00)",
    "cron(0 3 * * *)",
    "cron(0 3 * * * *)",
    "cron(0 3 ? * ? *)",
    "cron(60 3 * * ? *)",
    "cron(0 3 * 13 ? *)",
    "cron(0 3 ? * 0 *)",
    "cron(0 3 5-1 * ? *)",
    "every day",
    "cron(0 3 * * ? *) ",
    "cron(0/0 3 * * ? *)",
  ])("%s is refused", (schedule) => {
    expect(isSchedule(schedule)).toBe(false);
  });
});

test("a time zone is one of the IANA data base", () => {
  expect(["UTC", "Europe/Berlin", "Asia/Tokyo"].filter((name) => !isTimezone(name))).toEqual([]);
  expect(["Berlin", "europe/berlin", "", "UTC+1"].filter((name) => isTimezone(name))).toEqual([]);
});
