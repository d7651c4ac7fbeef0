import { describe, expect, test } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import { hasOwnCdn, primaryOf, standbyOf } from "../../../src/config/stack-regions.ts";
import { lines } from "./lines.ts";

const BOTH = { regions: ["eu-west-1", "us-west-2"] };

describe("a stack in two regions", () => {
  test("is that of the first one, or of the one that --region picks", () => {
    const first = resolveStack(BOTH);
    expect([first.region, standbyOf(first), primaryOf(first), hasOwnCdn(first)]).toEqual([
      "eu-west-1",
      "us-west-2",
      undefined,
      true,
    ]);
    const second = resolveStack(BOTH, undefined, "eu-central-1", "us-west-2");
    expect([second.region, standbyOf(second), primaryOf(second), hasOwnCdn(second)]).toEqual([
      "us-west-2",
      undefined,
      "eu-west-1",
      false,
    ]);
    expect(second.network.zones).toEqual(["us-west-2a", "us-west-2b"]);
    expect(second.leftBehind).toBeUndefined();
  });

  test("may be one environment, and another one not", () => {
    const file = { region: "eu-central-1", environments: { dev: {}, prod: BOTH } };
    expect(resolveStack(file, "dev")).toMatchObject({ region: "eu-central-1" });
    expect(resolveStack(file, "prod")).toMatchObject({ region: "eu-west-1", ...BOTH });
  });

  test("replicates secrets in the environments that have two; the others ignore what the top level says", () => {
    const file = { replicate: { secrets: true }, environments: { dev: {}, prod: BOTH } };
    expect(resolveStack(file, "prod").replicate).toEqual({ secrets: true });
    expect(resolveStack(file, "dev").regions).toBeUndefined();
    const own = { environments: { dev: { replicate: { secrets: true } }, prod: BOTH } };
    expect(() => resolveStack(own, "dev")).toThrow(
      "environments.dev.replicate.secrets: true has no second region to replicate to",
    );
  });

  test("patches the distribution in the first one only", () => {
    const patch = { "edge/distribution": { comment: "a" }, "compute/cluster": { containerInsights: true } };
    expect(resolveStack({ ...BOTH, patch }).patch).toEqual(patch);
    expect(Object.keys(resolveStack({ ...BOTH, patch }, undefined, undefined, "us-west-2").patch)).toEqual([
      "compute/cluster",
    ]);
  });

  test("was in a region that the config no longer has, whose zones and subnets it does not know", () => {
    const network = { zones: ["eu-west-1a", "eu-west-1b"], nat: "single" };
    const left = resolveStack({ region: "eu-west-1", network }, undefined, undefined, "us-west-2");
    expect(left).toMatchObject({ region: "us-west-2", leftBehind: true, network: { nat: "single" } });
    expect(left.network.zones).toEqual(["us-west-2a", "us-west-2b"]);
    expect(resolveStack({ ...BOTH }, undefined, undefined, "eu-north-1")).toMatchObject({ leftBehind: true });
    expect(resolveStack({ region: "eu-west-1" }, undefined, undefined, "eu-west-1").leftBehind).toBeUndefined();
    expect(() => resolveStack({}, undefined, undefined, "us-west-9")).toThrow('--region: "us-west-9" is not a region');
  });

  test.each<[object, string]>([
    [{ regions: ["eu-west-1"] }, `regions: ["eu-west-1"] is not allowed; allowed: a list of two different regions`],
    [{ regions: ["eu-west-1", "eu-west-9"] }, `regions[1]: "eu-west-9" is not allowed; `],
    [{ regions: ["eu-west-1", "eu-west-1"] }, `regions: ["eu-west-1","eu-west-1"] names one region twice; `],
    [
      { ...BOTH, region: "us-west-2" },
      `region: "us-west-2" is not the first of regions; allowed: omit it, or "eu-west-1"`,
    ],
    [{ ...BOTH, edge: false }, "edge: false leaves out the CDN, which sends requests to both regions; "],
    [{ ...BOTH, edge: { origin: "vpc" } }, `edge.origin: "vpc" is not supported with two regions: `],
    [{ ...BOTH, network: { zones: ["eu-west-1a"] } }, `network.zones: ["eu-west-1a"] are of one region; `],
    [{ ...BOTH, shareable: true }, "shareable: true is for stacks in the same region; "],
    [{ ...BOTH, shared: "platform" }, `shared: "platform/dev" is a stack in one region; `],
    [{ ...BOTH, services: { mailer: { type: "worker" } } }, "regions: "],
    [
      { replicate: { secrets: true } },
      "replicate.secrets: true has no second region to replicate to; allowed: with regions",
    ],
    [{ regions: ["eu-west-1", "ca-west-1"] }, ""],
  ])("%j is refused, in the region that it concerns", (config, told) => {
    const found = [...lines(config), ...lines(config, undefined, "ca-west-1")];
    expect(found.join("\n")).toContain(told === "" ? "has no CodePipeline" : told);
  });
});
