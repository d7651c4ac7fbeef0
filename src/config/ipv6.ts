/* IPv6 ranges as numbers, in the form that AWS stores. */

/** A range: its first address as a number, and its prefix length. */
export interface Ipv6Cidr {
  readonly base: bigint;
  readonly bits: number;
}

const ADDRESS_BITS = 128;
const GROUPS = 8;
const GROUP_BITS = 16n;

/** Parses `2001:db8::/32`; returns nothing if that is no IPv6 range. Host bits may still be set. */
export function parseIpv6Cidr(text: string): Ipv6Cidr | undefined {
  const [, address = "", length = ""] = /^([0-9a-fA-F:]+)\/(\d{1,3})$/.exec(text) ?? [];
  const bits = Number(length);
  const halves = address.split("::");
  if (length === "" || bits > ADDRESS_BITS || halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const left = GROUPS - head.length - tail.length;
  if (halves.length === 2 ? left < 1 : left !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: left }, () => "0"), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return { base: groups.reduce((all, group) => (all << GROUP_BITS) + BigInt(`0x${group}`), 0n), bits };
}

/** The same range with its host bits cleared, the only form that AWS stores. */
export function canonicalIpv6({ base, bits }: Ipv6Cidr): Ipv6Cidr {
  const host = BigInt(ADDRESS_BITS - bits);
  return { base: (base >> host) << host, bits };
}

/** Formats a range in the usual form, with the longest run of zeros left out (RFC 5952). */
export function formatIpv6Cidr({ base, bits }: Ipv6Cidr): string {
  const groups = Array.from({ length: GROUPS }, (_, index) =>
    Number((base >> (GROUP_BITS * BigInt(GROUPS - 1 - index))) & 0xffffn).toString(16),
  );
  const runs = [...groups.join(":").matchAll(/(?<![0-9a-f])0(:0)+(?![0-9a-f])/g)];
  const [longest] = runs.toSorted(([one], [other]) => other.length - one.length);
  if (!longest) return `${groups.join(":")}/${bits}`;
  const text = groups.join(":");
  const before = text.slice(0, longest.index).replace(/:$/, "");
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, "");
  return `${before}::${after}/${bits}`;
}

/** Part `index` of the 256 parts of a VPC's /56, a /64; returns nothing if it is no such range. */
export function subnetRange(vpc: string, index: number): string | undefined {
  const range = parseIpv6Cidr(vpc);
  if (range?.bits !== 56 || index < 0 || index > 255) return undefined;
  return formatIpv6Cidr({ base: canonicalIpv6(range).base + (BigInt(index) << 64n), bits: 64 });
}
