import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { canonicalCidr, contains, formatCidr, overlaps, parseCidr } from "../../../src/config/cidr.ts";
import { nearest } from "../../../src/config/suggest.ts";

describe("cidr", () => {
  const cidr = fc.record({ base: fc.nat(0xff_ff_ff_ff), bits: fc.integer({ min: 0, max: 32 }) });

  test("what is spelt is read back", () => {
    fc.assert(
      fc.property(cidr, (range) => {
        expect(parseCidr(formatCidr(range))).toEqual(range);
      }),
    );
  });

  test("a canonical range is the one that holds the address, and stays as it is", () => {
    fc.assert(
      fc.property(cidr, (range) => {
        const canonical = canonicalCidr(range);
        expect(canonicalCidr(canonical)).toEqual(canonical);
        expect(contains(canonical, { base: range.base, bits: 32 })).toBe(true);
      }),
    );
  });

  test("canonical ranges overlap exactly when one holds the other", () => {
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        const [one, other] = [canonicalCidr(a), canonicalCidr(b)];
        expect(overlaps(one, other)).toBe(contains(one, other) || contains(other, one));
      }),
    );
  });
});

describe("nearest", () => {
  test.each<[string, string | undefined]>([
    ["memry", "memory"],
    ["memroy", "memory"],
    ["MEMORY", "memory"],
    ["prot", "port"],
    ["health_check_path", "healthCheckPath"],
    ["quux", undefined],
    ["", undefined],
    ["x".repeat(10_000), undefined],
  ])("%s", (word, meant) => {
    expect(nearest(word, ["port", "cpu", "memory", "healthCheckPath"])).toBe(meant);
  });
});
