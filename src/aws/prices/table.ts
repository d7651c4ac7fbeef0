import { AP_NORTHEAST_1 } from "./ap-northeast-1.ts";
import { EU_CENTRAL_1 } from "./eu-central-1.ts";
import { EU_WEST_1 } from "./eu-west-1.ts";
import type { Price, PriceName, PriceTable } from "./items.ts";
import { US_EAST_1 } from "./us-east-1.ts";

/*
 * Prices by region, as data with a date: an estimate needs no call and no permission, and says how old it is. docs/costs.md has the
 * sources.
 */

const TABLES: readonly PriceTable[] = [AP_NORTHEAST_1, EU_CENTRAL_1, EU_WEST_1, US_EAST_1];

/** The regions that have a table. */
export const pricedRegions: readonly string[] = TABLES.map(({ region }) => region);

/** A price, and the region that it is of. */
export interface Quote extends Price {
  readonly region: string;
}

/** The prices of a region. */
export interface Prices {
  readonly region: string;
  /** The region whose table they are from. */
  readonly table: string;
  /** When that table was read. */
  readonly date: string;
  /** Whether AWS was asked for them now. */
  readonly live?: boolean;
  /** That table's price, or else us-east-1's; `undefined` where neither has one. */
  readonly of: (name: PriceName) => Quote | undefined;
}

export function pricesIn(region: string): Prices {
  const table = TABLES.find((one) => one.region === region) ?? US_EAST_1;
  return {
    region,
    table: table.region,
    date: table.date,
    of: (name) => quote(table, name) ?? quote(US_EAST_1, name),
  };
}

function quote({ region, prices }: PriceTable, name: PriceName): Quote | undefined {
  const price = prices[name];
  return price && { ...price, region };
}
