/** A currency, how many of its units one US dollar is worth, and how many decimal places its amounts have. */
export interface Currency {
  code: string;
  name: string;
  rate: number;
  decimals: number;
}

/** The currency that the rates are relative to. */
export const BASE = "USD";

/** The date of the sample rates. They are fixed and rounded, so use them only to try the API. */
export const RATES_DATE = "2025-07-31";

export const CURRENCIES: readonly Currency[] = [
  { code: "USD", name: "US dollar", rate: 1, decimals: 2 },
  { code: "EUR", name: "Euro", rate: 0.87, decimals: 2 },
  { code: "GBP", name: "Pound sterling", rate: 0.76, decimals: 2 },
  { code: "JPY", name: "Japanese yen", rate: 150, decimals: 0 },
  { code: "CNY", name: "Chinese yuan", rate: 7.2, decimals: 2 },
  { code: "KRW", name: "South Korean won", rate: 1390, decimals: 0 },
  { code: "AUD", name: "Australian dollar", rate: 1.55, decimals: 2 },
  { code: "CAD", name: "Canadian dollar", rate: 1.38, decimals: 2 },
  { code: "CHF", name: "Swiss franc", rate: 0.81, decimals: 2 },
  { code: "SGD", name: "Singapore dollar", rate: 1.3, decimals: 2 },
];
