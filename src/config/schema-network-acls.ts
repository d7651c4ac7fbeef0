import * as z from "zod";

import { closed, field, named, needed, oneOf, optional, text } from "./fields.ts";

/* The settings of the network ACLs. */

const CIDR = "a range of addresses, such as 203.0.113.0/24";
const cidr = () => z.string({ error: CIDR });

const rule = named(
  "NetworkAclRule",
  "A rule of your own in a network ACL.",
  closed({
    direction: needed(
      oneOf(["in", "out"]),
      "Whether the rule is for what comes into the subnets or for what leaves them.",
    ),
    action: field(oneOf(["allow", "deny"]), "allow", "What happens to packets that match."),
    protocol: field(
      oneOf(["tcp", "udp", "icmp", "all"]),
      "tcp",
      "Protocol of the packets; `icmp` means all of its types.",
    ),
    ports: optional(
      text(/^\d{1,5}(-\d{1,5})?$/, `a port or a range of ports in quotes, such as "443" or "8000-8999"`),
      "required for `tcp` and `udp`, and not allowed for others",
      "Ports that packets are sent to, whatever their direction.",
    ),
    cidr: needed(cidr(), "Range of addresses that packets come from, or with `out` that they go to."),
  }),
);

const RULES = `a list of rules, such as { direction: "in", ports: "5432", cidr: "192.0.2.0/24" }`;
const rules = () => z.array(rule, { error: RULES });

export const acls = optional(
  named(
    "NetworkAclsConfig",
    "Network ACLs for the tiers of subnets.",
    closed({
      deny: field(
        z.array(cidr(), { error: `a list of ranges, such as ["203.0.113.0/24"]` }),
        [],
        "Address ranges that nothing in the VPC exchanges packets with, before every other rule. The load balancer does not see the addresses of viewers behind CloudFront, so this does not block those.",
      ),
      public: field(
        rules(),
        [],
        "Rules for the public subnets, in this order, before those that a stack needs. The first rule that matches decides.",
      ),
      private: field(rules(), [], "The same for the private subnets."),
    }),
  ),
  "all subnets have the VPC's default network ACL, which allows everything",
  "One network ACL for the public subnets and one for the private ones. Into public subnets they let HTTP, HTTPS and answers, into private ones only the VPC and answers; everything may leave. `{}` for just that.",
);
