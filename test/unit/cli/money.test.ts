import { describe, expect, it } from "vitest";
import { amount, signedAmount } from "../../../src/cli/money.ts";

const only = (usd: number) => ({ from: usd, to: usd });

describe("an amount of money", () => {
  it.each([
    [0, "0.00"],
    [0.5, "0.50"],
    [999.994, "999.99"],
    [999.996, "1,000.00"],
    [1234.5, "1,234.50"],
    [123_456.789, "123,456.79"],
    [1_234_567.8, "1,234,567.80"],
  ])("has cents, and a comma between thousands: %d", (usd, text) => {
    expect(amount(only(usd))).toBe(text);
  });

  it("is a range where it is not known", () => {
    expect(amount({ from: 131.2, to: 1188.4 })).toBe("131.20 to 1,188.40");
  });

  it("has a sign where it is a difference of at least half a cent", () => {
    expect(signedAmount({ from: -1234.5, to: 0.004 })).toBe("-1,234.50 to 0.00");
    expect(signedAmount(only(-0.004))).toBe("0.00");
    expect(signedAmount(only(1072.1))).toBe("+1,072.10");
  });
});
