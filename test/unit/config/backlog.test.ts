import { expect, test } from "vitest";
import { mayIdle } from "../../../src/config/counts.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/index.ts";

const worker = (scaling: { min?: number; backlogPerTask: number }, rest: StackConfig = {}): StackConfig => ({
  ...rest,
  services: { mailer: { type: "worker", queue: true, service: { desiredCount: scaling.min ?? 2 }, scaling } },
});
test.each([{ backlogPerTask: 25 }, { min: 0, backlogPerTask: 25 }])(
  "a backlog per task is scaled on where tasks are counted: %j",
  (scaling) => {
    expect(resolveStack(worker(scaling)).services).toHaveLength(1);
  },
);

test("a service may be without tasks at times if its limits, or those of a window, begin at zero and do not end there", () => {
  const window = { from: "", until: "", timezone: "" };
  expect(mayIdle({ min: 0, max: 3, schedule: {} })).toBe(true);
  expect(mayIdle({ min: 1, max: 3, schedule: { nights: { ...window, min: 0 } } })).toBe(true);
  expect(mayIdle({ min: 1, max: 3, schedule: {} })).toBe(false);
  expect(mayIdle({ min: 1, max: 3, schedule: { asleep: { ...window, min: 0, max: 0 } } })).toBe(false);
  expect(mayIdle({ min: 0, max: 0, schedule: {} })).toBe(false);
});

test.each([
  [worker({ backlogPerTask: 25 }, { cluster: { containerInsights: false } }), "with cluster.containerInsights true"],
])("and refused otherwise: %j", (config, allowed) => {
  expect(() => resolveStack(config)).toThrow(
    expect.objectContaining({
      problems: [
        {
          path: "services.mailer.scaling.backlogPerTask",
          message: expect.stringMatching(new RegExp(`^25 .*; allowed: ${allowed}$`)),
        },
      ],
    }),
  );
});
