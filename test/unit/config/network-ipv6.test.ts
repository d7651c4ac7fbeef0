import { describe, expect, it } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import { aclRules } from "../../../src/config/network-acls.ts";
import { lines } from "./lines.ts";

const on = (network: object = {}) => ({ network: { ipv6: true, ...network } });
const open = (...allowFrom: string[]) => ({ edge: false, ...on(), balancer: { allowFrom } });

describe("network.ipv6", () => {
  it("lets in everyone by IPv6 too where everyone is let in by default", () => {
    expect(resolveStack({ edge: false, ...on() }).balancer.allowFrom).toEqual(["0.0.0.0/0", "::/0"]);
    expect(resolveStack({ edge: false }).balancer.allowFrom).toEqual(["0.0.0.0/0"]);
    expect(resolveStack(open("203.0.113.0/24")).balancer.allowFrom).toEqual(["203.0.113.0/24"]);
  });

  it("adds rules for IPv6 to network ACLs, after those for IPv4", () => {
    const rules = (direction: "in" | "out") =>
      aclRules({ deny: ["2001:db8::/32"], public: [], private: [] }, "private", direction, {
        vpc: "10.0.0.0/16",
        ipv6: true,
      });
    const { denied, always } = rules("in");
    const told = [...denied, ...always].map(
      ({ number, protocol, fromPort, toPort, cidr }) => `${number} ${protocol} ${fromPort}-${toPort} ${cidr}`,
    );
    expect(told).toEqual([
      "1 -1 -1--1 2001:db8::/32",
      "1000 -1 -1--1 10.0.0.0/16",
      "1010 tcp 1024-65535 0.0.0.0/0",
      "1020 udp 1024-65535 0.0.0.0/0",
      "1030 icmp 3-4 0.0.0.0/0",
      "1040 tcp 1024-65535 ::/0",
      "1050 udp 1024-65535 ::/0",
      "1060 icmpv6 2-0 ::/0",
    ]);
    expect(rules("out").always.map(({ number, cidr }) => [number, cidr])).toEqual([
      [1000, "0.0.0.0/0"],
      [1010, "::/0"],
    ]);
  });

  it.each([
    [
      on({ vpc: "vpc-0123456789abcdef0", privateSubnets: ["subnet-0a1b2c3d", "subnet-0a1b2c3e"], publicSubnets: [] }),
      "network.ipv6: true only applies to a VPC that the stack creates;",
    ],
    [
      on({ privateSubnets: ["10.0.10.0/24", "10.0.20.0/25"] }),
      `network.privateSubnets[1]: "10.0.20.0/25" is too small for network.ipv6: AWS gives the VPC 256 IPv6 ranges for subnets, one for each /24 of 10.0.0.0/16; allowed: /24 or larger, or a smaller network.cidr`,
    ],
    [
      open("2001:db8::1/32"),
      `balancer.allowFrom[0]: "2001:db8::1/32" is not written as AWS stores it; did you mean "2001:db8::/32"?`,
    ],
    [
      open("2001:db8/32"),
      `balancer.allowFrom[0]: "2001:db8/32" is not an IPv4 or IPv6 range or the id of a prefix list;`,
    ],
    [
      on({ acls: { deny: ["2001:DB8::/32"] } }),
      `network.acls.deny[0]: "2001:DB8::/32" is not written as AWS stores it; did you mean "2001:db8::/32"?`,
    ],
    [on({ acls: { deny: ["2001:db8/32"] } }), `network.acls.deny[0]: "2001:db8/32" is not an IPv6 range;`],
    [
      { network: { acls: { private: [{ direction: "in", ports: "443", cidr: "::/0" }] } } },
      `network.acls.private[0].cidr: "::/0" is an IPv6 range, and the VPC has IPv4 addresses only; allowed: IPv4 ranges, or network.ipv6: true`,
    ],
  ])("refuses what it cannot do: %j", (config, message) => {
    const found = lines(config);
    expect(found.filter((line) => line.startsWith(message))).toHaveLength(1);
  });

  it("takes subnets of any size where the VPC is small, and IPv6 ranges of a user's own", () => {
    expect(
      lines({
        edge: false,
        balancer: { allowFrom: ["2001:db8::/32", "pl-0123456789abcdef0"] },
        ...on({
          cidr: "10.0.0.0/20",
          publicSubnets: ["10.0.0.0/27", "10.0.0.32/27"],
          privateSubnets: ["10.0.1.0/28", "10.0.1.16/28"],
          acls: { deny: ["2001:db8:1::/48"], private: [{ direction: "out", protocol: "icmp", cidr: "::/0" }] },
        }),
      }),
    ).toEqual([]);
  });
});
