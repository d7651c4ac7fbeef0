import type { Checker } from "./checker.ts";
import { canonicalCidr, formatCidr, parseCidr } from "./cidr.ts";
import { canonicalIpv6, formatIpv6Cidr, parseIpv6Cidr } from "./ipv6.ts";

/** Amazon VPC User Guide, "Amazon VPC quotas": inbound rules per security group. A prefix list counts as its maximum number of entries. */
const MOST_RULES = 60;
const FROM = "balancer.allowFrom";

/** Rules for what is in front of the load balancer: a CDN, or whoever may reach it directly. */
export function checkEdge(check: Checker): void {
  const { edge, alarms, shared } = check.stack;
  // That of a shared stack is set in its own config.
  if (shared || !check.usable("edge")) return;
  if (edge === undefined) {
    checkSources(check);
    if (alarms && alarms.cdnErrors !== false && check.isSetBeside("alarms.cdnErrors", "edge"))
      check.report(
        "alarms.cdnErrors",
        alarms.cdnErrors,
        "has no CDN to watch, because edge is false; allowed: omit it",
      );
    return;
  }
  if (check.usable("edge.staticPath", "edge.apiPath") && edge.staticPath === edge.apiPath)
    check.report("edge.apiPath", edge.apiPath, "is the same as edge.staticPath; allowed: two different patterns");
  const { vpc, privateSubnets, zones } = check.stack.network;
  // ELB API reference, CreateLoadBalancer, Subnets: "You must specify subnets from at least two Availability Zones."
  if (edge.origin === "vpc" && vpc === undefined && check.usable("edge.origin", "network") && privateSubnets.length < 2)
    check.report(
      "edge.origin",
      edge.origin,
      `puts the load balancer into the private subnets, and they are in ${zones.join(", ")} alone, where a load balancer needs two zones; allowed: "public", or network.zones with two zones`,
    );
  if (check.isSetBeside(FROM, "edge") && check.usable(FROM))
    check.report(
      FROM,
      check.stack.balancer.allowFrom,
      "only applies to a stack without CDN: with one, the load balancer lets in CloudFront alone; allowed: with edge: false",
    );
}

function checkSources(check: Checker): void {
  const { allowFrom } = check.stack.balancer;
  if (!check.usable(FROM)) return;
  const hasIpv6 = check.stack.network.ipv6 === true;
  for (const [index, source] of allowFrom.entries()) {
    const report = (rest: string) => check.report(FROM, source, rest, `[${index}]`);
    if (allowFrom.indexOf(source) < index) report("is listed twice; allowed: once");
    if (/^pl-[0-9a-f]{8,17}$/.test(source)) continue;
    const canonical = canonicalRange(source);
    if (source.includes(":") && !hasIpv6)
      report(
        "is an IPv6 range, and the load balancer has IPv4 addresses only; allowed: IPv4 ranges, or network.ipv6: true",
      );
    else if (canonical === undefined)
      report(
        `is not an ${hasIpv6 ? "IPv4 or IPv6" : "IPv4"} range or the id of a prefix list; allowed: such as 203.0.113.0/24, or pl-0123456789abcdef0`,
      );
    else if (canonical !== source)
      report(
        source.includes(":")
          ? `is not written as AWS stores it; did you mean "${canonical}"? allowed: the first address of the range, in its shortest form`
          : `has host bits set; did you mean "${canonical}"? allowed: the first address of the range`,
      );
  }
  const ports = check.stack.domains.length > 0 ? 2 : 1;
  if (allowFrom.length * ports > MOST_RULES) {
    const rest = `has ${allowFrom.length} ranges for two ports, and a security group can have ${MOST_RULES} rules; allowed: at most ${MOST_RULES / ports}, or a prefix list`;
    check.report(FROM, allowFrom, rest);
  }
}

/** A range as AWS stores it; nothing if it is none. */
function canonicalRange(text: string): string | undefined {
  const [ipv4, ipv6] = [parseCidr(text), parseIpv6Cidr(text)];
  if (ipv4) return formatCidr(canonicalCidr(ipv4));
  return ipv6 && formatIpv6Cidr(canonicalIpv6(ipv6));
}
