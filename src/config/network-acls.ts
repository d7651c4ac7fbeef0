import type { OwnNetwork } from "./stack.ts";

/** One rule of a network ACL, as resource kinds take it. */
export interface AclRule {
  readonly number: number;
  readonly action: "allow" | "deny";
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidr: string;
}

export type AclSettings = NonNullable<OwnNetwork["acls"]>;
export type Tier = "public" | "private";
export type Direction = "in" | "out";

const ANYWHERE = "0.0.0.0/0";
const ANYWHERE_IPV6 = "::/0";
/** Where the rules of each sort begin: the first one that matches decides, so denied ranges come first and the stack's own rules last. */
const NUMBERS = { denied: 1, own: 100, always: 1000 };

const ports = (protocol: string, fromPort: number, toPort: number, cidr: string) =>
  ({ action: "allow", protocol, fromPort, toPort, cidr }) as const;
const all = (cidr: string) => ports("-1", -1, -1, cidr);

/**
 * What a tier needs. Network ACLs are stateless: answers to what tasks and NAT gateways asked come to any port from 1024 on ("Ephemeral ports",
 * VPC User Guide), those of the load balancer's clients go out to any. Path MTU discovery needs ICMP type 3 code 4 ("Path MTU Discovery", the same
 * guide). Traffic inside a subnet, and with AWS's DNS, time, metadata and DHCP, is not filtered ("Control subnet traffic with network access
 * control lists"). What may go out is for security groups to say, which are stateful.
 */
const ALWAYS: Readonly<Record<Tier, (vpc: string) => readonly Omit<AclRule, "number">[]>> = {
  public: (vpc) => [all(vpc), ...web(ANYWHERE), ...answers(ANYWHERE), ports("icmp", 3, 4, ANYWHERE)],
  private: (vpc) => [all(vpc), ...answers(ANYWHERE), ports("icmp", 3, 4, ANYWHERE)],
};
const web = (from: string) => [ports("tcp", 80, 80, from), ports("tcp", 443, 443, from)];
const answers = (from: string) => [ports("tcp", 1024, 65_535, from), ports("udp", 1024, 65_535, from)];

/** The same for IPv6, whose routers send "packet too big" as ICMPv6 type 2 code 0 (RFC 4443, section 3.2). */
const ALWAYS_IPV6: Readonly<Record<Tier, readonly Omit<AclRule, "number">[]>> = {
  public: [...web(ANYWHERE_IPV6), ...answers(ANYWHERE_IPV6), ports("icmpv6", 2, 0, ANYWHERE_IPV6)],
  private: [...answers(ANYWHERE_IPV6), ports("icmpv6", 2, 0, ANYWHERE_IPV6)],
};

/** The rules of a tier in one direction, numbered. */
export function aclRules(
  settings: AclSettings,
  tier: Tier,
  direction: Direction,
  { vpc, ipv6 }: { readonly vpc: string; readonly ipv6: boolean },
): { readonly denied: readonly AclRule[]; readonly own: readonly AclRule[]; readonly always: readonly AclRule[] } {
  const numbered = (first: number, step: number, rules: readonly Omit<AclRule, "number">[]): AclRule[] =>
    rules.map((rule, index) => ({ number: first + index * step, ...rule }));
  const own = settings[tier].filter((rule) => rule.direction === direction);
  return {
    denied: numbered(
      NUMBERS.denied,
      1,
      settings.deny.map((cidr) => ({ ...all(cidr), action: "deny" })),
    ),
    own: numbered(
      NUMBERS.own,
      1,
      own.map(({ action, protocol, ports: range, cidr }) => {
        const [from = -1, to = from] = range === undefined ? [] : range.split("-").map(Number);
        const [fromPort, toPort] = protocol === "all" || protocol === "icmp" ? [-1, -1] : [from, to];
        const icmp = cidr.includes(":") ? "icmpv6" : "icmp";
        const named = protocol === "all" ? "-1" : protocol === "icmp" ? icmp : protocol;
        return { action, protocol: named, fromPort, toPort, cidr };
      }),
    ),
    always: numbered(
      NUMBERS.always,
      10,
      direction === "in"
        ? [...ALWAYS[tier](vpc), ...(ipv6 ? ALWAYS_IPV6[tier] : [])]
        : [all(ANYWHERE), ...(ipv6 ? [all(ANYWHERE_IPV6)] : [])],
    ),
  };
}
