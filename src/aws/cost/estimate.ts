import type { ScalableTargetSpec } from "../autoscaling/scalable-target.ts";
import type { PriceName } from "../prices/items.ts";
import type { Prices, Quote } from "../prices/table.ts";
import { chargesOf } from "./charges.ts";
import { averageBounds, type TimedBounds } from "./windows.ts";
import { exactly, type Charge, type Charges, type Range, type Rate, type Surroundings } from "./charge.ts";

/** A resource as far as its costs are concerned. */
export interface Costed {
  readonly id: string;
  readonly type: string;
  /** Values that are not known before the apply stand in it as they are. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** The ids of the resources that it depends on. */
  readonly needs: readonly string[];
}

/** One line of an estimate: what one resource is charged for, and how much that is a month. */
export interface CostLine {
  readonly id: string;
  readonly type: string;
  readonly price: PriceName;
  readonly quantity: Range;
  readonly monthly: Range;
  readonly detail: string | undefined;
}

/** What is charged by use: the price of a unit, for the resources that have it. */
export interface UseLine {
  readonly what: string;
  readonly unit: string;
  /** `undefined` where there is no price. */
  readonly usd: Range | undefined;
  readonly ids: readonly string[];
}

/** What a stack costs a month, in US dollars. */
export interface Estimate {
  readonly monthly: Range;
  readonly lines: readonly CostLine[];
  readonly use: readonly UseLine[];
  /** The prices that were used, by name; `undefined` where there is none: that is not counted. */
  readonly prices: ReadonlyMap<PriceName, Quote | undefined>;
  /** Resources whose kind has no prices. */
  readonly unknown: readonly Pick<Costed, "id" | "type">[];
  /** Sentences. */
  readonly notes: readonly string[];
}

/** Adds up what the resources cost that are there for a month. Never counts what has no price as free: `prices` tells. */
export function estimate(resources: readonly Costed[], prices: Prices): Estimate {
  const used = new Map<PriceName, Quote | undefined>();
  const priceOf = (name: PriceName): number | undefined => {
    if (!used.has(name)) used.set(name, prices.of(name));
    return used.get(name)?.usd;
  };
  const charged = resources.map((one) => ({ ...one, charges: chargesOf(one.type, one.spec, around(one, resources)) }));
  const lines = charged.flatMap(({ id, type, charges }) =>
    (charges?.fixed ?? []).map(({ price, quantity }): CostLine => {
      const usd = priceOf(price) ?? 0;
      return { id, type, price, quantity, monthly: times(quantity, usd), detail: charges?.detail };
    }),
  );
  return {
    monthly: sum(lines.map(({ monthly }) => monthly)),
    lines,
    use: useOf(charged, priceOf),
    prices: used,
    unknown: charged.filter(({ charges }) => charges === undefined).map(({ id, type }) => ({ id, type })),
    notes: [...new Set(charged.flatMap(({ charges }) => charges?.note ?? []))],
  };
}

export const sum = (ranges: readonly Range[]): Range => ({
  from: ranges.reduce((total, { from }) => total + from, 0),
  to: ranges.reduce((total, { to }) => total + to, 0),
});

/** What changes from one estimate to another: at the fewest tasks of both, and at the most. */
export const difference = (before: Estimate, after: Estimate): Range => ({
  from: after.monthly.from - before.monthly.from,
  to: after.monthly.to - before.monthly.to,
});

const times = ({ from, to }: Range, usd: number): Range => ({ from: from * usd, to: to * usd });

/** What the charges of a resource depend on elsewhere in its stack. */
function around({ id, needs }: Costed, resources: readonly Costed[]): Surroundings {
  const definition = resources.find((one) => one.type === "ecs/task-definition" && needs.includes(one.id));
  const target = resources.find((one) => one.type === "autoscaling/scalable-target" && one.needs.includes(id));
  const cluster = resources.find((one) => one.type === "ecs/cluster" && needs.includes(one.id));
  const { min, max } = (target?.spec ?? {}) as Partial<ScalableTargetSpec>;
  const actions = resources.filter(
    (one) => one.type === "autoscaling/scheduled-action" && target !== undefined && one.needs.includes(target.id),
  );
  return {
    definition: definition?.spec,
    insights: cluster?.spec["containerInsights"] === true,
    tasks:
      typeof min === "number" && typeof max === "number"
        ? averageBounds(
            { min, max },
            actions.map(({ spec }) => spec as unknown as TimedBounds),
          )
        : undefined,
  };
}

/** The same rate of several resources is one line. */
function useOf(
  charged: readonly (Costed & { readonly charges: Charges | undefined })[],
  priceOf: (name: PriceName) => number | undefined,
): UseLine[] {
  const found = new Map<string, UseLine>();
  for (const { id, charges } of charged)
    for (const { what, unit, of } of charges?.use ?? []) {
      const usd = unitPrice(of, priceOf);
      const key = [what, unit, usd?.from, usd?.to].join("\n");
      found.set(key, { what, unit, usd, ids: [...(found.get(key)?.ids ?? []), id] });
    }
  return [...found.values()];
}

function unitPrice(of: Rate["of"], priceOf: (name: PriceName) => number | undefined): Range | undefined {
  const parts = of.map(({ price, quantity }: Charge) => {
    const usd = priceOf(price);
    return usd === undefined ? undefined : times(quantity, usd);
  });
  return parts.some((part) => part === undefined) ? undefined : sum(parts.map((part) => part ?? exactly(0)));
}

/**
 * US dollars a month of one resource of which nothing but the type is known, as the receipt of a teardown has it: with the settings that a
 * stack usually has. `undefined` for what is charged by use, and for a kind without prices.
 */
export function standingCost(type: string, prices: Prices): number | undefined {
  const charges = chargesOf(type, {});
  const { to } = estimate([{ id: "", type, spec: {}, needs: [] }], prices).monthly;
  const isFree = charges !== undefined && charges.use.length === 0 && charges.detail === undefined;
  return to > 0 || isFree ? to : undefined;
}
