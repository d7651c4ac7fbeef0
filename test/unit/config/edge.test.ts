import { describe, expect, test } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import { lines } from "./lines.ts";

const sources = (...allowFrom: string[]) => ({ edge: false, balancer: { allowFrom } });

describe("a stack without CDN", () => {
  test("has no settings of one, and lets in everyone", () => {
    const stack = resolveStack({ edge: false });
    expect(stack.edge).toBeUndefined();
    expect(stack.balancer.allowFrom).toEqual(["0.0.0.0/0"]);
  });

  test("is what one environment may be, and another not", () => {
    const file = { edge: { priceClass: "PriceClass_All" }, environments: { dev: { edge: false }, prod: {} } };
    expect(resolveStack(file, "dev").edge).toBeUndefined();
    expect(resolveStack(file, "prod").edge).toMatchObject({ priceClass: "PriceClass_All", apiPath: "/api/*" });
    const other = { edge: false, environments: { prod: { edge: {} } } };
    expect(resolveStack(other, "prod").edge).toMatchObject({ priceClass: "PriceClass_100" });
  });

  test("may route by five paths, since no value of a rule is the secret", () => {
    const five = { services: { web: {}, api: { path: ["/a", "/b", "/c", "/d", "/e"] } } };
    expect(lines({ edge: false, ...five })).toEqual([]);
    expect(lines(five)).toEqual([expect.stringContaining("allowed: at most 4 in total")]);
    expect(lines({ edge: false, services: { web: {}, api: { path: ["/a", "/b", "/c", "/d", "/e", "/f"] } } })).toEqual([
      expect.stringContaining("a rule supports 5 values; allowed: at most 5 in total"),
    ]);
  });

  test.each<[object, string]>([
    [{ edge: true }, "edge: true is not allowed; allowed: false, or an object with origin, priceClass, "],
    [{ edge: { priceClass: "all" } }, `edge.priceClass: "all" is not allowed; `],
    [
      { edge: { pricClass: "PriceClass_100" } },
      "edge.pricClass: is an unknown setting; did you mean edge.priceClass? ",
    ],
    [sources("203.0.113.0"), `balancer.allowFrom[0]: "203.0.113.0" is not an IPv4 range or the id of a prefix list; `],
    [
      sources("203.0.113.9/24"),
      `balancer.allowFrom[0]: "203.0.113.9/24" has host bits set; did you mean "203.0.113.0/24"? `,
    ],
    [
      sources("::/0"),
      `balancer.allowFrom[0]: "::/0" is an IPv6 range, and the load balancer has IPv4 addresses only; `,
    ],
    [sources("0.0.0.0/0", "0.0.0.0/0"), `balancer.allowFrom[1]: "0.0.0.0/0" is listed twice; allowed: once`],
    [sources("pl-1"), `balancer.allowFrom[0]: "pl-1" is not an IPv4 range or the id of a prefix list; `],
    [sources(), `balancer.allowFrom: [] is not allowed; allowed: a list of 1 to 60 ranges, `],
    [
      { balancer: { allowFrom: ["203.0.113.0/24"] } },
      `balancer.allowFrom: ["203.0.113.0/24"] only applies to a stack without CDN: `,
    ],
    [
      { edge: false, alarms: { emails: ["ops@example.com"], cdnErrors: 2 } },
      "alarms.cdnErrors: 2 has no CDN to watch, because edge is false; allowed: omit it",
    ],
  ])("%j is refused", (config, told) => {
    expect(lines(config)).toEqual([expect.stringContaining(told)]);
  });

  test("has room for half as many ranges where two ports are open", () => {
    const many = Array.from({ length: 31 }, (_, index) => `203.0.${index}.0/24`);
    expect(lines(sources(...many))).toEqual([]);
    expect(lines({ ...sources(...many), domain: "shop.example.com" })).toEqual([
      expect.stringContaining(
        "has 31 ranges for two ports, and a security group can have 60 rules; allowed: at most 30",
      ),
    ]);
  });

  test("keeps what the whole file says of ranges and alarms, which only some environments need", () => {
    const file = {
      alarms: { emails: ["ops@example.com"], cdnErrors: 2 },
      balancer: { allowFrom: ["203.0.113.0/24"] },
      edge: false,
      environments: { dev: { edge: {} }, prod: { edge: false } },
    };
    expect(lines(file, "dev")).toEqual([]);
    expect(lines({ ...file, balancer: {} }, "prod")).toEqual([]);
  });
});
