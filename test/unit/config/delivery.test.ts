import { describe, expect, it } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/index.ts";
import { lines } from "./lines.ts";

const problems = (config: StackConfig) => lines(config);

describe("delivery.failOn", () => {
  it("is off unless it is set, and takes the severities that have a rank", () => {
    expect(resolveStack({}).delivery.failOn).toBeUndefined();
    expect(resolveStack({ delivery: { failOn: "LOW" } }).delivery.failOn).toBe("LOW");
    expect(problems({ delivery: { failOn: "INFORMATIONAL" as "LOW" } })).toEqual([
      'delivery.failOn: "INFORMATIONAL" is not allowed; allowed: "CRITICAL", "HIGH", "MEDIUM", "LOW"',
    ]);
  });

  it("needs scans", () => {
    expect(problems({ delivery: { failOn: "HIGH" }, registry: { scanOnPush: false } })).toEqual([
      'delivery.failOn: "HIGH" needs image scans, and registry.scanOnPush is false; allowed: with registry.scanOnPush true, or security.enhancedScanning true',
    ]);
    const enhanced = {
      delivery: { failOn: "HIGH" },
      registry: { scanOnPush: false },
      security: { enhancedScanning: true },
    } as const;
    expect(problems(enhanced)).toEqual([]);
  });

  it("needs an image that the pipeline builds", () => {
    const image = "public.ecr.aws/docker/library/httpd:2.4";
    const rest =
      'delivery.failOn: "HIGH" stops releases of the pipeline, and no service here builds an image, so there is no pipeline; allowed: with a service that builds one';
    expect(problems({ delivery: { failOn: "HIGH" }, services: { web: { image } } })).toEqual([rest]);
    expect(
      problems({ delivery: { failOn: "HIGH" }, services: { web: { image }, api: { path: "/a/*", build: {} } } }),
    ).toEqual([]);
  });
});

describe("delivery.keepRevisions", () => {
  it("is 50, or as many as images are kept where those are more", () => {
    expect(resolveStack({}).delivery.keepRevisions).toBe(50);
    expect(resolveStack({ registry: { keepImages: 80 } }).delivery.keepRevisions).toBe(80);
    expect(resolveStack({ delivery: { keepRevisions: 30 } }).delivery.keepRevisions).toBe(30);
  });

  it("is not less than the number of images, which are rolled back to by their revisions", () => {
    expect(problems({ delivery: { keepRevisions: 29 } })).toEqual([
      "delivery.keepRevisions: 29 is less than the number of images that are kept, and an image is rolled back to by its revision; allowed: at least 30 (registry.keepImages)",
    ]);
    expect(problems({ delivery: { keepRevisions: 3 }, registry: { keepImages: 3 } })).toEqual([]);
  });
});
