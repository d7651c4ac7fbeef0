// Amounts of US dollars as people read them.

/** From the least to the most. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** `1,234.50`. Not by `toLocaleString`, whose first use loads its tables, which takes as long as a tenth of a plan. */
const money = (usd: number): string => usd.toFixed(2).replaceAll(/\B(?=(?:\d{3})+\.)/g, ",");

/** `131.20 to 188.40`, or one number. */
export const amount = ({ from, to }: Range): string => between(money(from), money(to));

/** `+32.40`, or `0.00 to +72.10`. */
export const signedAmount = ({ from, to }: Range): string => between(withSign(from), withSign(to));

const withSign = (usd: number): string => (usd < 0.005 ? money(Math.abs(usd) < 0.005 ? 0 : usd) : `+${money(usd)}`);

/** Less than half a cent is nothing. */
export const isNoticeable = ({ from, to }: Range): boolean => Math.abs(from) >= 0.005 || Math.abs(to) >= 0.005;

/** A range in words. */
export const between = (from: string, to: string): string => (from === to ? from : `${from} to ${to}`);
