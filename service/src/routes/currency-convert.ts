import { badRequest } from "../errors.ts";
import { queryParameter } from "../input.ts";
import { CURRENCIES, RATES_DATE, type Currency } from "../rates.ts";
import type { Route } from "../router.ts";

const LARGEST_AMOUNT = 1e12;

/** Converts an amount between two currencies at the sample rates. */
export const currencyConvert: Route = {
  method: "GET",
  path: "/api/currency/convert",
  handle: ({ query }) => {
    const amount = amountFrom(query);
    const from = currencyFrom(query, "from");
    const to = currencyFrom(query, "to");
    const rate = to.rate / from.rate;
    const result = round(amount * rate, to.decimals);
    return { json: { amount, from: from.code, to: to.code, rate: round(rate, 6), result, date: RATES_DATE } };
  },
};

function amountFrom(query: URLSearchParams): number {
  const text = queryParameter(query, "amount");
  // Plain decimals only: Number() alone would also accept "0x10", "1e3" and "Infinity".
  const amount = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (amount <= LARGEST_AMOUNT) return amount;
  throw badRequest(`The query parameter "amount" must be a number from 0 to ${LARGEST_AMOUNT}, such as 12.50.`);
}

function currencyFrom(query: URLSearchParams, name: string): Currency {
  const code = queryParameter(query, name).toUpperCase();
  const found = CURRENCIES.find((candidate) => candidate.code === code);
  if (found) return found;
  const known = CURRENCIES.map((candidate) => candidate.code).join(", ");
  throw badRequest(`The query parameter "${name}" must be one of ${known}.`);
}

function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
