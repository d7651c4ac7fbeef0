import { BASE, CURRENCIES, RATES_DATE } from "../rates.ts";
import type { Route } from "../router.ts";

/** Lists the currencies with their sample rates. */
export const currency: Route = {
  method: "GET",
  path: "/api/currency",
  handle: () => ({
    json: { base: BASE, date: RATES_DATE, note: "Sample rates, not for real money.", currencies: CURRENCIES },
  }),
};
