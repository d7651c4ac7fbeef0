import { describe, expect, it } from "vitest";
import type { StackConfig } from "../../../src/config/types.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { ConfigError } from "../../../src/config/errors.ts";

function refusal(config: StackConfig): string {
  try {
    resolveStack(config);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ path, message }) => `${path}: ${message}`).join("\n");
    throw error;
  }
  return "";
}

describe("the domain names of a stack", () => {
  it("are one or several, and none by default", () => {
    expect(resolveStack({}).domains).toEqual([]);
    expect(resolveStack({ domain: "shop.example.com" }).domains).toEqual(["shop.example.com"]);
    const several = ["shop.example.com", "*.shop.example.com"];
    expect(resolveStack({ domain: several, dns: { zone: "example.com" } }).domains).toEqual(several);
    expect(resolveStack({ environments: { prod: { domain: "example.com" } } }, "prod").domains).toEqual([
      "example.com",
    ]);
  });

  it.each<[string, StackConfig, string]>([
    ["upper case", { domain: "Shop.example.com" }, "domain: "],
    ["a URL", { domain: "https://shop.example.com" }, "domain: "],
    ["eleven names", { domain: Array.from({ length: 11 }, (_, n) => `s${n}.example.com`) }, "a list of up to 10"],
    ["a wildcard first", { domain: ["*.example.com"] }, "is the first domain name"],
    ["a name twice", { domain: ["a.example.com", "a.example.com"] }, "is listed twice"],
    ["a first name that is too long for a certificate", { domain: `${"a".repeat(60)}.example.com` }, "can have 64"],
    ["no public service", { domain: "a.example.com", services: { a: { internal: true } } }, "leads to no service"],
    ["a zone that does not contain it", { domain: "a.example.com", dns: { zone: "example.net" } }, "does not contain"],
    [
      "a host that is none of them",
      { domain: "a.example.com", services: { web: {}, api: { host: "api.example.com" } } },
      'services.api.host: "api.example.com" is none of the domain names',
    ],
    ["another stack's distribution", { domain: "a.example.com", shared: "platform" }, "domain: "],
  ])("are refused: %s", (_what, config, text) => {
    expect(refusal(config)).toContain(text);
  });

  it("allow hosts that match them", () => {
    const services = { web: {}, api: { host: ["api.example.com", "*.example.com"] } };
    expect(refusal({ domain: ["example.com", "*.example.com"], services })).toBe("");
  });
});
