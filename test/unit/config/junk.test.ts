import * as fc from "fast-check";
import { expect, test } from "vitest";

import { canonicalCidr, contains, formatCidr, overlaps, parseCidr } from "../../../src/config/cidr.ts";
import { ConfigError } from "../../../src/config/errors.ts";
import { memorySizes } from "../../../src/config/fargate.ts";
import { namesOf } from "../../../src/config/naming.ts";
import { zonesOf } from "../../../src/config/regions.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { settingPaths } from "../../../src/config/parts.ts";
import type { Stack } from "../../../src/config/stack.ts";

/** Resolves to a stack or to problems; anything else that is thrown fails the test. */
function attempt(config: unknown, env?: string): Stack | ConfigError {
  try {
    return resolveStack(config, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** What is wrong with an answer of `resolveStack`; nothing, whatever it was given. */
function faults(result: Stack | ConfigError): string[] {
  const rules = result instanceof ConfigError ? rulesOfErrors(result) : rulesOfStacks(result);
  return Object.keys(rules).filter((rule) => !rules[rule]);
}

function rulesOfErrors({ problems, message }: ConfigError): Record<string, boolean> {
  const lines = message.split("\n");
  return {
    "there is a problem": problems.length > 0,
    "each is a line": lines.length === problems.length && !message.includes("\r"),
    "each says where": problems.every(({ path }) => path !== ""),
    "none is told twice": new Set(lines).size === lines.length,
  };
}

function rulesOfStacks(stack: Stack): Record<string, boolean> {
  const { network, region, services } = stack;
  const running = services.filter((service) => service.type !== "job");
  // Junk that is accepted never names an existing VPC: no text of it is the id of one.
  if (network.vpc !== undefined) throw new Error(`${network.vpc} is not of these settings`);
  const zones = network.zones.length;
  const texts = [network.cidr, ...network.publicSubnets, ...network.privateSubnets];
  const [vpc, ...subnets] = texts.map((text) => parseCidr(text) ?? { base: 0, bits: 0 });
  const names = namesOf(stack, "123456789012");
  return {
    "Fargate sells the size": services.every(({ container }) => memorySizes(container.cpu).includes(container.memory)),
    "the count is within bounds": running.every(
      ({ scaling, service }) => scaling.min <= service.desiredCount && service.desiredCount <= scaling.max,
    ),
    "there is a service": services.length > 0,
    "zones are the region's": network.zones.every((zone) => zonesOf(region).includes(zone)),
    "each zone has two subnets": network.publicSubnets.length === zones && network.privateSubnets.length === zones,
    "ranges are canonical": [vpc, ...subnets].every(
      (range, i) => range && formatCidr(canonicalCidr(range)) === texts[i],
    ),
    "subnets are in the VPC": subnets.every((range) => vpc && contains(vpc, range)),
    "subnets are apart": subnets.every((one, i) => subnets.every((other, k) => i === k || !overlaps(one, other))),
    "the target group's name fits": names.targetGroup.length <= 32,
    "the bucket's name fits": names.artifactBucket.length <= 63,
    "the roles' names fit": Object.values(names.roles).every((role) => role.length <= 64),
  };
}

/** Sets a path in an object, making what is missing on the way. */
function set(target: Record<string, unknown>, path: string, value: unknown): void {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  const next: Record<string, unknown> = typeof inner === "object" && inner !== null ? { ...inner } : {};
  target[key] = next;
  set(next, rest.join("."), value);
}

test("whatever is given, the answer is a stack or a list of problems", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
  });
  fc.assert(
    fc.property(anything, fc.option(fc.string(), { nil: undefined }), (raw, env) => {
      expect(faults(attempt(raw, env))).toEqual([]);
    }),
  );
});

test("the same with values that nearly fit, in the places where they belong", () => {
  const octet = fc.integer({ min: 0, max: 40 });
  const range = fc
    .tuple(octet, octet, fc.integer({ min: 14, max: 29 }))
    .map(([b, c, bits]) => `10.${b}.${c}.0/${bits}`);
  const letter = fc.constantFrom("a", "b", "c", "z");
  const zone = fc.tuple(fc.constantFrom("ap-northeast-1", "us-east-1"), letter).map((parts) => parts.join(""));
  const value = fc.oneof(
    fc.integer({ min: -1, max: 5000 }),
    fc.constantFrom(256, 512, 1024, 2048, 4096, 30, 100, 200),
    fc.boolean(),
    fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/),
    fc.constantFrom("us-east-1", "/x", "200", "single", "none"),
    range,
    fc.array(fc.oneof(range, zone), { minLength: 1, maxLength: 4 }),
    fc.dictionary(fc.string(), fc.string()),
    fc.anything(),
  );
  const paths = settingPaths()
    .filter((path) => path !== "environments")
    .flatMap((path) => (path.includes("*") ? ["web", "api"].map((name) => path.replaceAll("*", name)) : [path]));
  const edits = fc.array(fc.tuple(fc.constantFrom(...paths), fc.boolean(), value), { maxLength: 6 });
  fc.assert(
    fc.property(edits, fc.constantFrom(undefined, "dev", "prod", "pord"), (settings, env) => {
      const config = {};
      for (const [path, override, given] of settings) set(config, override ? `environments.prod.${path}` : path, given);
      expect(faults(attempt(config, env))).toEqual([]);
    }),
    { numRuns: Number(process.env["JUNK_RUNS"] ?? 2000) },
  );
});

test("settings that contain themselves, or lie very deep, are refused like any other", () => {
  const cycle: Record<string, unknown> = { container: { port: 80 } };
  cycle["network"] = cycle;
  cycle["environments"] = { prod: cycle };
  expect(faults(attempt(cycle, "prod"))).toEqual([]);
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) deep = { network: deep };
  expect(faults(attempt(deep))).toEqual([]);
  expect(
    faults(attempt(JSON.parse(`{"__proto__": {"name": 1}, "container": {"environment": {"__proto__": "x"}}}`))),
  ).toEqual([]);
});
