import type { Seen } from "../../engine/resource-kind.ts";
import { ITEMS, type PriceName } from "../prices/items.ts";
import type { TaskDefinitionSpec } from "../ecs/task-definition-spec.ts";

/** From the least to the most: the autoscaler's bounds, and what Spot may save. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A number of units at a price: `{ price: "natHour", quantity: 730 }`. */
export interface Charge {
  readonly price: PriceName;
  readonly quantity: Range;
}

/** What is charged by use: US dollars per unit. */
export interface Rate {
  readonly what: string;
  readonly unit: string;
  readonly of: readonly Charge[];
}

/** What a resource is charged for. */
export interface Charges {
  /** Each month, whether it is used or not. */
  readonly fixed: readonly Charge[];
  /** By use. */
  readonly use: readonly Rate[];
  /** What the quantities consist of: `2 to 6 tasks`. */
  readonly detail?: string;
  /** What else there is to know, as a sentence. */
  readonly note?: string;
}

/** What the charges of a resource depend on besides its own spec. */
export interface Surroundings {
  /** The task definition that it runs. */
  readonly definition?: Seen<TaskDefinitionSpec> | undefined;
  /** Whether Container Insights watches its cluster. */
  readonly insights?: boolean;
  /** The bounds of its autoscaler. */
  readonly tasks?: { readonly min: number; readonly max: number } | undefined;
}

/** AWS's own convention for a month (AWS Pricing Calculator). */
export const HOURS_A_MONTH = 730;

export const exactly = (quantity: number): Range => ({ from: quantity, to: quantity });

/** So many of something that is charged by the hour, for a month. */
export const hours = (price: PriceName, many = 1): Charge => ({ price, quantity: exactly(many * HOURS_A_MONTH) });

export const rate = (price: PriceName): Rate => ({
  what: ITEMS[price].what,
  unit: ITEMS[price].unit,
  of: [{ price, quantity: exactly(1) }],
});

export const fixed = (...charges: readonly Charge[]): Charges => ({ fixed: charges, use: [] });
export const byUse = (...prices: readonly PriceName[]): Charges => ({ fixed: [], use: prices.map(rate) });
