import { expect, test } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/index.ts";

const worker = (scaling: { min?: number; backlogPerTask: number }, rest: StackConfig = {}): StackConfig => ({
  ...rest,
  services: { mailer: { type: "worker", queue: true, service: { desiredCount: scaling.min ?? 2 }, scaling } },
});
test("a backlog per task is scaled on where tasks are counted and one runs", () => {
  expect(resolveStack(worker({ backlogPerTask: 25 })).services).toHaveLength(1);
});

test.each([
  [worker({ backlogPerTask: 25 }, { cluster: { containerInsights: false } }), "with cluster.containerInsights true"],
  [worker({ min: 0, backlogPerTask: 25 }), "with scaling.min of at least 1"],
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
