// A filter that matches nothing gives an empty list and no error, and each entry of a list is a string of JSON.
import { GetProductsCommand } from "@aws-sdk/client-pricing";
import type { Aws } from "../aws.ts";
import { everyPage } from "../pages.ts";
import { GLOBAL_REGION } from "../tagging.ts";
import { ITEMS, type Item, type PriceName } from "./items.ts";
import { pricesIn, type Prices, type Quote } from "./table.ts";

/** Prices as AWS answers them now, and what it did not answer. */
export interface LivePrices extends Prices {
  /** Sentences: which prices are those of the table after all, and why. */
  readonly problems: readonly string[];
}

/** Asks AWS's price list for so many prices of a region; what it does not have is the table's. */
export async function livePrices(aws: Aws, region: string, names: readonly PriceName[]): Promise<LivePrices> {
  const table = pricesIn(region);
  const answers = await Promise.allSettled(names.map((name) => quoteOf(aws, region, ITEMS[name])));
  const found = new Map<PriceName, Quote>();
  const missing: string[] = [];
  let failure: unknown;
  for (const [index, answer] of answers.entries()) {
    const name = names[index];
    if (name === undefined) continue;
    if (answer.status === "fulfilled" && answer.value) found.set(name, answer.value);
    else missing.push(ITEMS[name].what);
    if (answer.status === "rejected") failure ??= answer.reason;
  }
  const dates = [...found.values()].map(({ date }) => date).toSorted();
  return {
    region,
    table: dates.length > 0 ? region : table.table,
    date: dates[0] ?? table.date,
    live: dates.length > 0,
    of: (name) => found.get(name) ?? table.of(name),
    problems: problemsOf(missing, dates.length > 0, failure),
  };
}

function problemsOf(missing: readonly string[], some: boolean, failure: unknown): string[] {
  if (missing.length === 0) return [];
  const which = some ? `These prices are the table's: ${missing.join(", ")}` : "All prices are the table's";
  return failure instanceof Error
    ? [`${which}. AWS's price list could not be read: ${failure.message}`]
    : [`${which}. AWS's price list has no single price for ${missing.length === 1 ? "it" : "them"}.`];
}

/** The only price of an item in a region; `undefined` where there is none, or several. */
async function quoteOf(aws: Aws, region: string, { code, usage, family }: Item): Promise<Quote | undefined> {
  const Filters = [
    { Type: "TERM_MATCH" as const, Field: "regionCode", Value: region },
    // In most regions a prefix such as APN1- stands before it, and nobody documents which.
    { Type: "CONTAINS" as const, Field: "usagetype", Value: usage },
    ...(family === undefined ? [] : [{ Type: "TERM_MATCH" as const, Field: "productFamily", Value: family }]),
  ];
  const entries = await everyPage(async (NextToken) => {
    const page = await aws.in(GLOBAL_REGION).pricing(new GetProductsCommand({ ServiceCode: code, Filters, NextToken }));
    return { items: page.PriceList, next: page.NextToken };
  });
  const quotes = entries.flatMap((entry) => quotesIn(String(entry), usage, region));
  const [first, ...others] = quotes;
  return first && others.every(({ usd }) => usd === first.usd) ? first : undefined;
}

interface Entry {
  readonly product?: { readonly attributes?: { readonly usagetype?: string } };
  readonly terms?: { readonly OnDemand?: Readonly<Record<string, Term>> };
  readonly publicationDate?: string;
}

interface Term {
  readonly priceDimensions?: Readonly<
    Record<string, { readonly beginRange?: string; readonly pricePerUnit?: { readonly USD?: string } }>
  >;
}

/** The price of the first units that are charged for. */
function quotesIn(text: string, usage: string, region: string): Quote[] {
  const { product, terms, publicationDate = "" } = JSON.parse(text) as Entry;
  const own = product?.attributes?.usagetype?.replace(/^[A-Z]{2,4}\d?-/, "");
  if (own !== usage) return [];
  return Object.values(terms?.OnDemand ?? {}).flatMap(({ priceDimensions = {} }) => {
    const [usd] = Object.values(priceDimensions)
      .toSorted((one, other) => Number(one.beginRange) - Number(other.beginRange))
      .map(({ pricePerUnit }) => Number(pricePerUnit?.USD))
      .filter((price) => price > 0);
    return usd === undefined ? [] : [{ usd, region, date: publicationDate.slice(0, 10), source: "AWS Price List API" }];
  });
}
