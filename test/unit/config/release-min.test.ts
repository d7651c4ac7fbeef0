import { expect, test } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/index.ts";

const NIGHTS = { from: "cron(0 20 * * ? *)", until: "cron(0 6 * * ? *)" };

test("a release may raise the minimum up to the maximum", () => {
  const nights = { ...NIGHTS, min: 1, max: 3 };
  expect(resolveStack({ scaling: { min: 2, max: 6, releaseMin: 6, schedule: { nights } } }).scaling.releaseMin).toBe(6);
});

test.each<[StackConfig, string]>([
  [{ scaling: { min: 2, max: 6, releaseMin: 2 } }, "2 does not raise the minimum, which is 2; allowed: at least 3"],
  [{ scaling: { min: 2, max: 6, releaseMin: 7 } }, "7 is above the maximum; allowed: at most 6"],
  [
    { scaling: { min: 2, max: 6, releaseMin: 4, schedule: { nights: { ...NIGHTS, min: 4 } } } },
    "4 is also the minimum of the window nights; allowed: another number than those of windows",
  ],
  [
    { scaling: { min: 2, max: 6, releaseMin: 4, schedule: { nights: { ...NIGHTS, max: 3 } } } },
    "4 is above the maximum of the window nights, which sets no minimum; allowed: at most 3, or a window with a minimum",
  ],
  [
    { services: { web: { image: "nginx" } }, scaling: { min: 2, max: 6, releaseMin: 4 } },
    "4 has no release, since the file names the image; allowed: with build or imageOf",
  ],
])("and refused otherwise: %j", (config, message) => {
  expect(() => resolveStack(config)).toThrow(
    expect.objectContaining({ problems: [{ path: "scaling.releaseMin", message }] }),
  );
});

const many = (count: number): StackConfig => ({
  scaling: { min: 2, max: 6, releaseMin: 4 },
  services: Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `work-${index}`,
      { type: "worker", build: { context: "worker" } } as const,
    ]),
  ),
});

test("the last stage of the pipeline has room for 16 services that a release raises", () => {
  expect(resolveStack(many(16)).services).toHaveLength(16);
  expect(() => resolveStack(many(17))).toThrow(
    expect.objectContaining({
      problems: [
        {
          path: "services",
          message:
            "17 services need 51 actions in the last stage of the pipeline, one for each, one more with release.before and two more with scaling.releaseMin; allowed: at most 50 actions",
        },
      ],
    }),
  );
});
