import { describe, expect, it } from "vitest";
import { canonicalIpv6, formatIpv6Cidr, parseIpv6Cidr, subnetRange } from "../../../src/config/ipv6.ts";

/** As AWS stores a range: canonical, in the usual form. */
const stored = (text: string) => {
  const range = parseIpv6Cidr(text);
  return range && formatIpv6Cidr(canonicalIpv6(range));
};

describe("IPv6 ranges", () => {
  it.each([
    ["::/0", "::/0"],
    ["2001:db8::/32", "2001:db8::/32"],
    ["2001:DB8:0:0:0:0:0:1/128", "2001:db8::1/128"],
    ["2406:da14:0:5c00::/56", "2406:da14:0:5c00::/56"],
    ["2406:da14:0:5cff::/56", "2406:da14:0:5c00::/56"],
    ["1:0:0:2:0:0:0:3/128", "1:0:0:2::3/128"],
    ["::1/128", "::1/128"],
    ["1:2:3:4:5:6:7:8/64", "1:2:3:4::/64"],
  ])("of %s are stored as %s", (text, expected) => expect(stored(text)).toBe(expected));

  it.each(["", "::", "10.0.0.0/16", "1::2::3/64", "1:2:3/64", "2001:db8::/129", "12345::/16", "1:2:3:4:5:6:7::8/128"])(
    "are not %s",
    (text) => expect(parseIpv6Cidr(text)).toBeUndefined(),
  );

  it("of subnets are parts of a /56", () => {
    expect(subnetRange("2406:da14:1cd:8e00::/56", 0)).toBe("2406:da14:1cd:8e00::/64");
    expect(subnetRange("2406:da14:1cd:8e00::/56", 20)).toBe("2406:da14:1cd:8e14::/64");
    expect(subnetRange("2406:da14:1cd:8e00::/56", 255)).toBe("2406:da14:1cd:8eff::/64");
    expect(subnetRange("2406:da14:1cd:8e00::/56", 256)).toBeUndefined();
    expect(subnetRange("2406:da14::/32", 0)).toBeUndefined();
  });
});
