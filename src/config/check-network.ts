import type { Checker } from "./checker.ts";
import { canonicalCidr, type Cidr, contains, defaultSubnets, formatCidr, overlaps, parseCidr, partOf } from "./cidr.ts";
import { missingServicesIn, regions, zonesOf } from "./regions.ts";
import { checkNetworkAcls } from "./check-network-acls.ts";
import { checkExistingNetwork } from "./check-existing-network.ts";
import { list, show } from "./show.ts";
import type { OwnNetwork } from "./stack.ts";
import { nearest } from "./suggest.ts";

const VPC = "network.cidr";
const ZONES = "network.zones";
const ENDPOINTS = "network.endpoints";
const NAT = "network.nat";
const TASKS = "network.tasks";
const IPV6 = "network.ipv6";

/** A valid range, and how to refer to it. */
interface Range {
  readonly setting: string;
  readonly item: string;
  readonly text: string;
  readonly cidr: Cidr;
}

/** Rules for the VPC, its subnets and zones. `given` is the config without defaults. */
export function checkNetwork(check: Checker, given: unknown): void {
  if (check.usable("region")) checkRegion(check);
  const { network } = check.stack;
  if (check.stack.shared) return;
  if (network.vpc !== undefined) return checkExistingNetwork(check, network, given);
  // If the VPC is invalid, it is unknown whether these should be ids or ranges.
  if (!check.usable("network.vpc")) return;
  const { cidr, publicSubnets, privateSubnets } = network;
  if (check.usable("region", ZONES)) checkZones(check, network);
  checkTasks(check, network);
  checkEndpoints(check, network);
  checkNetworkAcls(check, network);
  const vpc = check.usable(VPC) ? readRange(check, VPC, cidr, 28) : undefined;
  if (vpc) checkVpc(check, vpc);
  const derivedFits = vpc !== undefined && checkDefaultSubnets(check, network);
  const subnets: Range[] = [];
  // A load balancer rejects subnets smaller than /27; the public ones are for it.
  const tiers = [
    { setting: "network.publicSubnets", cidrs: publicSubnets, smallest: 27 },
    { setting: "network.privateSubnets", cidrs: privateSubnets, smallest: 28 },
  ];
  for (const { setting, cidrs, smallest } of tiers) {
    // Subnets derived from an invalid VPC are meaningless.
    if (!check.usable(setting) || (!derivedFits && !check.isSet(setting))) continue;
    checkCount(check, network, setting, cidrs);
    for (const [index, text] of cidrs.entries()) {
      const range = readRange(check, setting, text, smallest, `[${index}]`);
      if (range) subnets.push(range);
    }
  }
  checkPlaces(check, vpc, subnets);
  if (network.ipv6 && check.usable(IPV6) && vpc) checkParts(check, vpc, subnets);
}

function checkRegion(check: Checker): void {
  const { region } = check.stack;
  const missing = missingServicesIn(region);
  if (missing.length === 0) return;
  const others = regions.filter((one) => missingServicesIn(one).length === 0);
  const area = region.split("-", 1)[0] ?? "";
  const near = others.filter((one) => one.startsWith(`${area}-`));
  const rest = `has no ${missing.join(" and no ")}, which the delivery pipeline needs; allowed: ${list(near.length > 0 ? near : others)}`;
  check.report("region", region, rest);
}

/** Public addresses replace NAT gateways, whose cost would be for nothing; and tasks of other stacks have only the private subnets. */
function checkTasks(check: Checker, { tasks, nat }: OwnNetwork): void {
  if (tasks !== "public" || !check.usable(TASKS, NAT)) return;
  if (nat !== "none") {
    const rest = `would create NAT gateways that tasks in public subnets do not use; allowed with network.tasks "public": "none"`;
    check.report(NAT, nat, rest);
  }
  if (check.stack.shareable && check.usable("shareable")) {
    const rest = `cannot be combined with shareable: the tasks of other stacks run in the private subnets, which would have no way to AWS; allowed: "private"`;
    check.report(TASKS, tasks, rest);
  }
}

function checkEndpoints(check: Checker, { endpoints }: OwnNetwork): void {
  if (!check.usable(ENDPOINTS)) return;
  // What an id is made of: AWS has no two services that differ in a dot.
  const idOf = (name: string) => name.replaceAll(".", "-");
  for (const [index, name] of endpoints.entries()) {
    const [, own] = /^(?:com|cn|aws)\.(?:amazonaws\.)?[a-z]+-[a-z-]+-\d\.(.+)$/.exec(name) ?? [];
    if (own !== undefined) {
      const rest = `is the full name of a service; allowed: its name alone, ${show(own)}`;
      check.report(ENDPOINTS, name, rest, `[${index}]`);
    } else if (endpoints.findIndex((other) => idOf(other) === idOf(name)) < index)
      check.report(ENDPOINTS, name, "is listed twice; allowed: each service once", `[${index}]`);
  }
}

function checkZones(check: Checker, network: OwnNetwork): void {
  const { region } = check.stack;
  const known = zonesOf(region).toSorted();
  for (const [index, zone] of network.zones.entries()) {
    // The zone letters depend on the account: they are checked once it is known.
    if (!/^[a-z]$/.test(zone.slice(region.length)) || !zone.startsWith(region)) {
      const meant = zone.startsWith(region) ? undefined : nearest(zone, known);
      const question = meant === undefined ? "" : `did you mean ${show(meant)}? `;
      const rest = `is not a zone of ${region}; ${question}allowed: ${list(known)}`;
      check.report(ZONES, zone, rest, `[${index}]`);
    } else if (network.zones.indexOf(zone) < index) {
      check.report(ZONES, zone, "is listed twice; allowed: each zone once", `[${index}]`);
    }
  }
}

function readRange(check: Checker, setting: string, text: string, smallest: number, item = ""): Range | undefined {
  const cidr = parseCidr(text);
  if (!cidr && text.startsWith("subnet-")) {
    const rest = `is a subnet id, but the stack creates its own network; allowed: CIDR ranges, or subnet ids together with network.vpc, the id of their VPC`;
    check.report(setting, text, rest, item);
    return undefined;
  }
  if (!cidr) {
    check.report(setting, text, "is not an IPv4 range; allowed: an address and a prefix, such as 10.0.0.0/16", item);
    return undefined;
  }
  if (cidr.bits < 16 || cidr.bits > smallest) {
    const why = smallest === 27 ? " (a load balancer needs /27 or larger)" : "";
    check.report(
      setting,
      text,
      `has a prefix length that AWS does not allow here; allowed: /16 to /${smallest}${why}`,
      item,
    );
    return undefined;
  }
  const canonical = formatCidr(canonicalCidr(cidr));
  if (canonical !== text) {
    const rest = `has host bits set; did you mean "${canonical}"? allowed: the first address of the range`;
    check.report(setting, text, rest, item);
    return undefined;
  }
  return { setting, item, text, cidr };
}

/** Ranges that AWS reserves. */
const reserved = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];

function checkVpc(check: Checker, vpc: Range): void {
  const taken = reserved.find((text) => {
    const range = parseCidr(text);
    return range !== undefined && overlaps(range, vpc.cidr);
  });
  if (taken === undefined) return;
  const rest = `is within ${taken}, which AWS does not allow for a VPC; allowed: a private range, such as 10.0.0.0/16`;
  check.report(VPC, vpc.text, rest);
}

/** Whether default subnets fit into the VPC; reports it if they do not. */
function checkDefaultSubnets(check: Checker, { cidr, zones, publicZones }: OwnNetwork): boolean {
  if (defaultSubnets(cidr, zones.length, publicZones.length)) return true;
  const settings = ["network.publicSubnets", "network.privateSubnets"];
  const unset = settings.filter((path) => !check.isSet(path) && check.usable(path));
  if (unset.length > 0) {
    const pattern = "x.x.1.0/24 and up, x.x.10.0/24 and up";
    check.report(VPC, cidr, `has no room for the default subnets (${pattern}); set ${unset.join(" and ")}`);
  }
  return false;
}

function checkCount(check: Checker, network: OwnNetwork, setting: string, cidrs: readonly string[]): void {
  const { length: zones } = setting === "network.publicSubnets" ? network.publicZones : network.zones;
  if (!check.usable(ZONES) || cidrs.length === zones) return;
  const ranges = cidrs.length === 1 ? "1 range" : `${cidrs.length} ranges`;
  const rest =
    zones === network.zones.length
      ? `has ${ranges} for ${zones === 1 ? "1 zone" : `${zones} zones`}; allowed: one for each of network.zones`
      : `has ${ranges} for 1 zone; allowed: two, because a load balancer needs a subnet in a second zone`;
  check.report(setting, cidrs, rest);
}

/** A subnet's IPv6 range follows from its place in the VPC, which has 256 of them. */
function checkParts(check: Checker, vpc: Range, subnets: readonly Range[]): void {
  const small = subnets.find(({ cidr }) => contains(vpc.cidr, cidr) && partOf(vpc.cidr, cidr) === undefined);
  if (!small) return;
  const rest = `is too small for network.ipv6: AWS gives the VPC 256 IPv6 ranges for subnets, one for each /${vpc.cidr.bits + 8} of ${vpc.text}; allowed: /${vpc.cidr.bits + 8} or larger, or a smaller network.cidr`;
  check.report(small.setting, small.text, rest, small.item);
}

function checkPlaces(check: Checker, vpc: Range | undefined, subnets: readonly Range[]): void {
  for (const [index, subnet] of subnets.entries()) {
    if (vpc && !contains(vpc.cidr, subnet.cidr)) {
      const rest = `is outside the VPC; allowed: ranges inside ${VPC} ${show(vpc.text)}`;
      check.report(subnet.setting, subnet.text, rest, subnet.item);
    }
    for (const other of subnets.slice(0, index)) {
      if (!overlaps(subnet.cidr, other.cidr)) continue;
      const rest = `overlaps with ${other.setting}${other.item} ${show(other.text)}; allowed: ranges that do not overlap`;
      check.report(subnet.setting, subnet.text, rest, subnet.item);
    }
  }
}
