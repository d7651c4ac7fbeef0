/* IPv4 ranges as numbers. Thirty lines of our own instead of a library, since libraries accept more notations than AWS. */

/** A range of addresses: its first address as a number, and its prefix length. */
export interface Cidr {
  readonly base: number;
  readonly bits: number;
}

/** Parses `10.0.0.0/16`; returns nothing if AWS would not accept the notation. Host bits may still be set. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const parts = match.slice(1);
  // Some parsers read "010" as eight, others as ten.
  if (parts.some((part) => part.length > 1 && part.startsWith("0"))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = parts.map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || bits > 32) return undefined;
  return { base: ((a * 256 + b) * 256 + c) * 256 + d, bits };
}

/** Formats a range: `10.0.0.0/16`. */
export function formatCidr(cidr: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(cidr.base / 2 ** shift) % 256);
  return `${octets.join(".")}/${cidr.bits}`;
}

/** The number of addresses in a range. */
function sizeOf(cidr: Cidr): number {
  return 2 ** (32 - cidr.bits);
}

/** The same range with its host bits cleared, the only form that AWS stores. */
export function canonicalCidr(cidr: Cidr): Cidr {
  return { base: cidr.base - (cidr.base % sizeOf(cidr)), bits: cidr.bits };
}

/** Whether two ranges overlap. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.base < other.base + sizeOf(other) && other.base < one.base + sizeOf(one);
}

/** Whether `inner` is entirely within `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.base >= outer.base && inner.base + sizeOf(inner) <= outer.base + sizeOf(outer);
}

/**
 * Which of the 256 equal parts of the VPC's range a subnet begins in: two that do not overlap begin in different ones. Nothing if the subnet is
 * smaller than a part, or outside.
 */
export function partOf(vpc: Cidr, subnet: Cidr): number | undefined {
  const part = sizeOf(vpc) / 256;
  return contains(vpc, subnet) && sizeOf(subnet) >= part ? Math.floor((subnet.base - vpc.base) / part) : undefined;
}

/** The default subnets of a VPC, or nothing if it is too small for them. `publicZones`: how many zones have a public subnet. */
export function defaultSubnets(
  vpc: string,
  zones: number,
  publicZones = zones,
): { public: string[]; private: string[] } | undefined {
  const range = parseCidr(vpc);
  if (!range) return undefined;
  // x.x.1.0/24, x.x.2.0/24 ... are public, x.x.10.0/24, x.x.20.0/24 ... private.
  const subnet = (third: number): Cidr => ({ base: range.base + third * 256, bits: 24 });
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const subnets = { public: upTo(publicZones).map(subnet), private: upTo(zones).map((zone) => subnet(zone * 10)) };
  if (![...subnets.public, ...subnets.private].every((cidr) => contains(range, cidr))) return undefined;
  return { public: subnets.public.map(formatCidr), private: subnets.private.map(formatCidr) };
}
