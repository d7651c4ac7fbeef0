import type { SimSubnet } from "./records.ts";

/** An IPv6 address for a new interface of 64 random bits in hexadecimal; `undefined` where the subnet has no range. */
export const ipv6AddressIn = ({ ipv6 }: SimSubnet, hex: string): string | undefined =>
  ipv6 && ipv6.cidr.replace("::/64", `:${[0, 4, 8, 12].map((from) => hex.slice(from, from + 4)).join(":")}`);
