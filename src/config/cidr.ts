/* IPv4 ranges as numbers. Thirty lines of our own rather than a library, whose readers take more spellings than AWS does. */

/** A range of addresses: its first address as a number, and the length of its prefix. */
export interface Cidr {
  readonly base: number;
  readonly bits: number;
}

/** Reads `10.0.0.0/16`; nothing when it is not spelt as AWS wants it. The base may still have host bits set. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const parts = match.slice(1);
  // "010" is eight to some readers and ten to others.
  if (parts.some((part) => part.length > 1 && part.startsWith("0"))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = parts.map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || bits > 32) return undefined;
  return { base: ((a * 256 + b) * 256 + c) * 256 + d, bits };
}

/** Spells a range: `10.0.0.0/16`. */
export function formatCidr(cidr: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(cidr.base / 2 ** shift) % 256);
  return `${octets.join(".")}/${cidr.bits}`;
}

/** How many addresses a range has. */
function sizeOf(cidr: Cidr): number {
  return 2 ** (32 - cidr.bits);
}

/** The same range with its host bits at zero, the only spelling that AWS keeps. */
export function canonicalCidr(cidr: Cidr): Cidr {
  return { base: cidr.base - (cidr.base % sizeOf(cidr)), bits: cidr.bits };
}

/** Whether two ranges share an address. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.base < other.base + sizeOf(other) && other.base < one.base + sizeOf(one);
}

/** Whether `inner` lies in `outer` with all its addresses. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.base >= outer.base && inner.base + sizeOf(inner) <= outer.base + sizeOf(outer);
}

/** The default subnets of a VPC, or nothing when it is too small for them. */
export function defaultSubnets(vpc: string, zones: number): { public: string[]; private: string[] } | undefined {
  const range = parseCidr(vpc);
  if (!range) return undefined;
  // x.x.1.0/24, x.x.2.0/24 ... are public, x.x.10.0/24, x.x.20.0/24 ... private.
  const subnet = (third: number): Cidr => ({ base: range.base + third * 256, bits: 24 });
  const count = Array.from({ length: zones }, (_, index) => index + 1);
  const subnets = { public: count.map(subnet), private: count.map((zone) => subnet(zone * 10)) };
  if (![...subnets.public, ...subnets.private].every((cidr) => contains(range, cidr))) return undefined;
  return { public: subnets.public.map(formatCidr), private: subnets.private.map(formatCidr) };
}
