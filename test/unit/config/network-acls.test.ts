import { describe, expect, it } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import { aclRules, type Direction, type Tier } from "../../../src/config/network-acls.ts";
import type { StackConfig } from "../../../src/index.ts";
import { lines } from "./lines.ts";

type Acls = NonNullable<NonNullable<StackConfig["network"]>["acls"]>;

const VPC = "10.0.0.0/16";
const rules = (given: Acls, tier: Tier, direction: Direction) => {
  const { acls, ipv6 = false } = resolveStack({ network: { acls: given } }).network;
  if (!acls) throw new Error("there are none");
  const { denied, own, always } = aclRules(acls, tier, direction, { vpc: VPC, ipv6 });
  return [...denied, ...own, ...always].map(
    ({ number, action, protocol, fromPort, toPort, cidr }) =>
      `${number} ${action} ${protocol} ${fromPort}-${toPort} ${cidr}`,
  );
};

describe("the rules of network ACLs", () => {
  it("let into public subnets HTTP, HTTPS and answers, into private ones the VPC and answers, and everything out", () => {
    const answers = (first: number) => [
      `${first} allow tcp 1024-65535 0.0.0.0/0`,
      `${first + 10} allow udp 1024-65535 0.0.0.0/0`,
      `${first + 20} allow icmp 3-4 0.0.0.0/0`,
    ];
    expect(rules({}, "public", "in")).toEqual([
      "1000 allow -1 -1--1 10.0.0.0/16",
      "1010 allow tcp 80-80 0.0.0.0/0",
      "1020 allow tcp 443-443 0.0.0.0/0",
      ...answers(1030),
    ]);
    expect(rules({}, "private", "in")).toEqual(["1000 allow -1 -1--1 10.0.0.0/16", ...answers(1010)]);
    for (const tier of ["public", "private"] as const)
      expect(rules({}, tier, "out")).toEqual(["1000 allow -1 -1--1 0.0.0.0/0"]);
  });

  it("deny ranges first, in both directions, and have a user's rules before the stack's own", () => {
    const acls: Acls = {
      deny: ["203.0.113.0/24", "198.51.100.7/32"],
      private: [
        { direction: "in", ports: "22", cidr: "192.0.2.0/24" },
        { direction: "out", action: "deny", protocol: "udp", ports: "8000-8999", cidr: "0.0.0.0/0" },
        { direction: "in", protocol: "icmp", cidr: "192.0.2.0/24" },
        { direction: "in", protocol: "all", cidr: "172.16.0.0/12" },
      ],
    };
    const denied = ["1 deny -1 -1--1 203.0.113.0/24", "2 deny -1 -1--1 198.51.100.7/32"];
    expect(rules(acls, "private", "in").slice(0, 5)).toEqual([
      ...denied,
      "100 allow tcp 22-22 192.0.2.0/24",
      "101 allow icmp -1--1 192.0.2.0/24",
      "102 allow -1 -1--1 172.16.0.0/12",
    ]);
    expect(rules(acls, "private", "out").slice(0, 3)).toEqual([...denied, "100 deny udp 8000-8999 0.0.0.0/0"]);
    expect(rules(acls, "public", "out").slice(0, 2)).toEqual(denied);
  });

  const many = Array.from({ length: 34 }, (_, n) => `203.0.113.${n}/32`);
  it.each<[unknown, string]>([
    [
      { deny: ["203.0.113.1/24"] },
      `network.acls.deny[0]: "203.0.113.1/24" has host bits set; did you mean "203.0.113.0/24"? allowed: the first address of the range`,
    ],
    [
      { deny: ["everyone"] },
      `network.acls.deny[0]: "everyone" is not an IPv4 range; allowed: an address and a prefix, such as 203.0.113.0/24`,
    ],
    [
      { deny: ["10.0.0.0/8"] },
      `network.acls.deny[0]: "10.0.0.0/8" contains addresses of the VPC, 10.0.0.0/16, so its subnets could not reach each other; allowed: ranges outside the VPC`,
    ],
    [
      { deny: ["203.0.113.0/24", "203.0.113.0/24"] },
      `network.acls.deny[1]: "203.0.113.0/24" is listed twice; allowed: each range once`,
    ],
    [
      { public: [{ direction: "in", cidr: "192.0.2.0/24" }] },
      `network.acls.public[0]: {"protocol":"tcp"} has no ports; allowed: "ports", such as "443" or "8000-8999"`,
    ],
    [
      { private: [{ direction: "in", protocol: "icmp", ports: "8", cidr: "192.0.2.0/24" }] },
      `network.acls.private[0].ports: "8" cannot be set for "icmp", which has no ports; allowed: omit it`,
    ],
    [
      { private: [{ direction: "in", ports: "9000-8000", cidr: "192.0.2.0/24" }] },
      `network.acls.private[0].ports: "9000-8000" is no range of ports; allowed: from 0 to 65535, the lower one first`,
    ],
    [
      { private: [{ direction: "in", ports: "22", cidr: "192.0.2.9/24" }] },
      `network.acls.private[0].cidr: "192.0.2.9/24" has host bits set; did you mean "192.0.2.0/24"? allowed: the first address of the range`,
    ],
    [true, "network.acls: true is not allowed; allowed: an object with deny, public, private"],
  ])("are refused as %j", (acls, line) => {
    expect(lines({ network: { acls } })).toEqual([line]);
  });

  it("are refused where there are more than AWS ever accepts in a direction", () => {
    expect(lines({ network: { acls: { deny: many.slice(0, 33) } } })).toEqual([]);
    expect(lines({ network: { acls: { deny: many } } })[0]).toContain(
      "would have 34 rules for what comes into the public subnets, with those of deny; allowed: up to 33 beside the 6 that a stack needs",
    );
  });

  it("do not apply to an existing VPC", () => {
    const [A, B, C, D] = ["a", "b", "c", "d"].map((letter) => `subnet-0000000${letter}`);
    const network = { vpc: "vpc-00000001", publicSubnets: [A, B], privateSubnets: [C, D], acls: {} };
    expect(lines({ network })).toEqual([
      "network.acls: {} only applies to subnets that the stack creates; those of network.vpc have the network ACLs of its owner; allowed: omit it",
    ]);
  });
});
