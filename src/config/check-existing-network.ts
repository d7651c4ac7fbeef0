import type { Checker } from "./checker.ts";
import type { ExistingNetwork } from "./stack.ts";
import { valueAt } from "./tidy.ts";

const PUBLIC = "network.publicSubnets";
const PRIVATE = "network.privateSubnets";
const SUBNET = /^subnet-[0-9a-f]{8,17}$/;

/** Settings of a network that the stack creates, and why they do not apply to an existing one. */
const OF_OWN: readonly (readonly [setting: string, why: string])[] = [
  ["network.cidr", "only applies to a VPC that the stack creates; the ranges of network.vpc are read from AWS"],
  ["network.zones", "only applies to subnets that the stack creates; the subnets of network.vpc already have zones"],
  [
    "network.nat",
    "only applies to NAT gateways that the stack creates; it creates none in network.vpc, where the subnets' routes decide",
  ],
  [
    "network.acls",
    "only applies to subnets that the stack creates; those of network.vpc have the network ACLs of its owner",
  ],
  [
    "network.ipv6",
    "only applies to a VPC that the stack creates; in network.vpc tasks have IPv6 addresses if its owner gave its subnets IPv6 ranges",
  ],
  [
    "network.endpoints",
    "only applies to endpoints in a VPC that the stack creates; those of network.vpc are created by its owner",
  ],
  [
    "network.flowLogs",
    "would be a flow log on a VPC that is not the stack's; whoever owns network.vpc decides on its flow logs",
  ],
  ["network.tasks", "only applies to a network that the stack creates; in network.vpc tasks run in privateSubnets"],
];

/** Rules for an existing network, as far as the config shows. What AWS reports about it is checked before the first change. */
export function checkExistingNetwork(check: Checker, network: ExistingNetwork, given: unknown): void {
  for (const [setting, why] of OF_OWN)
    if (check.isSet(setting) && check.usable(setting))
      check.report(setting, valueAt(given, setting.split(".")), `${why}; allowed: omit it`);

  const { vpc, publicSubnets, privateSubnets } = network;
  // An internal load balancer is in the private subnets.
  const isPublic =
    check.stack.edge?.origin !== "vpc" &&
    check.stack.services.some((service) => service.type === "web" && !service.internal);
  const tiers = [
    { setting: PUBLIC, ids: publicSubnets, needed: isPublic, why: "an internet-facing load balancer needs two zones" },
    { setting: PRIVATE, ids: privateSubnets, needed: true, why: "tasks need two zones" },
  ];
  for (const { setting, ids, needed, why } of tiers) {
    if (!check.usable(setting)) continue;
    if (ids.length < 2 && (needed || ids.length > 0)) {
      const rest = `names ${ids.length === 0 ? "no subnet" : "only one subnet"} of "${vpc}"; ${why}; allowed: the ids of two or more of its subnets`;
      check.report(setting, ids, rest);
    }
    for (const [index, id] of ids.entries()) {
      if (!SUBNET.test(id)) {
        const rest = `is not a subnet id; allowed: with network.vpc, ids of its subnets, such as subnet-0123456789abcdef0`;
        check.report(setting, id, rest, `[${index}]`);
      } else if (ids.indexOf(id) < index) {
        check.report(setting, id, "is listed twice; allowed: each subnet once", `[${index}]`);
      } else if (setting === PRIVATE && publicSubnets.includes(id)) {
        const rest = `is also in ${PUBLIC}, and a task has no public IP address, so it cannot reach the internet from there; allowed: a subnet with a route to a NAT gateway or similar`;
        check.report(setting, id, rest, `[${index}]`);
      }
    }
  }
}
