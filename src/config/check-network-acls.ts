import type { Checker } from "./checker.ts";
import { canonicalCidr, formatCidr, overlaps, parseCidr, type Cidr } from "./cidr.ts";
import { canonicalIpv6, formatIpv6Cidr, parseIpv6Cidr } from "./ipv6.ts";
import { aclRules, type Tier } from "./network-acls.ts";
import { show } from "./show.ts";
import type { OwnNetwork } from "./stack.ts";

const ACLS = "network.acls";

/**
 * How many rules an ACL can have in a direction at the most, after its quota was raised, without the last one, which AWS adds ("Amazon VPC
 * quotas": 20 by default, up to 40).
 */
const MOST = 39;

/** Rules for the network ACLs. */
export function checkNetworkAcls(check: Checker, { acls, cidr, ipv6 }: OwnNetwork): void {
  if (!acls || !check.usable(ACLS)) return;
  const vpc = check.usable("network.cidr") ? parseCidr(cidr) : undefined;
  for (const [index, text] of acls.deny.entries()) {
    const at = `[${index}]`;
    const range = readRange(check, `${ACLS}.deny`, text, at);
    if (range === undefined) continue;
    if (vpc && range !== "IPv6" && overlaps(range, vpc)) {
      const rest = `contains addresses of the VPC, ${cidr}, so its subnets could not reach each other; allowed: ranges outside the VPC`;
      check.report(`${ACLS}.deny`, text, rest, at);
    } else if (acls.deny.indexOf(text) < index)
      check.report(`${ACLS}.deny`, text, "is listed twice; allowed: each range once", at);
  }
  for (const tier of ["public", "private"] as const) {
    for (const [index, rule] of acls[tier].entries()) checkRule(check, `${ACLS}.${tier}`, rule, index);
    for (const direction of ["in", "out"] as const) {
      const { denied, own, always } = aclRules(acls, tier, direction, { vpc: cidr, ipv6 });
      const count = denied.length + own.length;
      // What comes from the VPC's own IPv6 range, which AWS chooses.
      const needed = always.length + (ipv6 && direction === "in" ? 1 : 0);
      const most = MOST - needed;
      if (count <= most) continue;
      const rest = `would have ${count} rules for what ${direction === "in" ? "comes into" : "leaves"} the ${tier} subnets, with those of deny; allowed: up to ${most} beside the ${needed} that a stack needs`;
      check.report(own.length > 0 ? `${ACLS}.${tier}` : `${ACLS}.deny`, acls[own.length > 0 ? tier : "deny"], rest);
    }
  }
}

type Rule = NonNullable<OwnNetwork["acls"]>[Tier][number];

function checkRule(check: Checker, setting: string, { protocol, ports, cidr }: Rule, index: number): void {
  const at = `[${index}]`;
  readRange(check, setting, cidr, `${at}.cidr`);
  const hasPorts = protocol === "tcp" || protocol === "udp";
  if (hasPorts && ports === undefined)
    check.report(setting, { protocol }, `has no ports; allowed: "ports", such as "443" or "8000-8999"`, at);
  else if (!hasPorts && ports !== undefined)
    check.report(
      setting,
      ports,
      `cannot be set for ${show(protocol)}, which has no ports; allowed: omit it`,
      `${at}.ports`,
    );
  else if (ports !== undefined) {
    const [from = 0, to = from] = ports.split("-").map(Number);
    if (to > 65_535 || from > to)
      check.report(
        setting,
        ports,
        "is no range of ports; allowed: from 0 to 65535, the lower one first",
        `${at}.ports`,
      );
  }
}

/** A range as AWS stores it: with host bits it would be stored as another one, and would be drift in every plan. */
function readRange(check: Checker, setting: string, text: string, at: string): Cidr | "IPv6" | undefined {
  const range = parseCidr(text);
  if (!range && text.includes(":")) return readIpv6(check, setting, text, at);
  if (!range) {
    check.report(setting, text, "is not an IPv4 range; allowed: an address and a prefix, such as 203.0.113.0/24", at);
    return undefined;
  }
  const canonical = formatCidr(canonicalCidr(range));
  if (canonical === text) return range;
  check.report(
    setting,
    text,
    `has host bits set; did you mean "${canonical}"? allowed: the first address of the range`,
    at,
  );
  return undefined;
}

function readIpv6(check: Checker, setting: string, text: string, at: string): "IPv6" | undefined {
  const range = parseIpv6Cidr(text);
  const canonical = range && formatIpv6Cidr(canonicalIpv6(range));
  if (check.stack.network.ipv6 !== true)
    check.report(
      setting,
      text,
      "is an IPv6 range, and the VPC has IPv4 addresses only; allowed: IPv4 ranges, or network.ipv6: true",
      at,
    );
  else if (canonical === undefined)
    check.report(
      setting,
      text,
      "is not an IPv6 range; allowed: an address and a prefix, such as 2001:db8:1234::/48",
      at,
    );
  else if (canonical === text) return "IPv6";
  else
    check.report(
      setting,
      text,
      `is not written as AWS stores it; did you mean "${canonical}"? allowed: the first address of the range, in its shortest form`,
      at,
    );
  return undefined;
}
