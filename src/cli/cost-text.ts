import { ITEMS } from "../aws/prices/items.ts";
import type { CostLine, Estimate } from "../aws/cost/estimate.ts";
import { sum } from "../aws/cost/estimate.ts";
import type { Range } from "../aws/cost/charge.ts";
import type { Prices, Quote } from "../aws/prices/table.ts";
import { MAIN_SERVICE } from "../config/naming.ts";
import type { PlanCost } from "./cost.ts";
import { amount, between, isNoticeable, signedAmount } from "./money.ts";
import { paint } from "./terminal.ts";
import { count } from "./words.ts";

/** The estimate in a line: `Estimated cost: 131.20 to 188.40 US dollars a month (ap-northeast-1 prices of 2026-09-25), plus use.` */
export function costLine({ prices, before, after, difference, problems }: PlanCost): string {
  const missing = [...unpriced(after), ...(after.unknown.length > 0 ? [otherKinds(after)] : [])];
  const words = [
    `${paint.bold("Estimated cost:")} ${amount(after.monthly)} US dollars a month (${pricesWord(prices)}), plus use.`,
    ...(before.lines.length > 0 && isNoticeable(difference) ? [`This plan: ${signedAmount(difference)}.`] : []),
    ...(missing.length > 0 ? [`Not counted: ${missing.join(", ")}.`] : []),
    ...problems,
  ];
  return words.join(" ");
}

/** The same for a teardown, after which nothing costs anything. */
export const endedCostLine = ({ prices, before }: PlanCost): string =>
  `${paint.bold("Estimated cost that ends:")} ${amount(before.monthly)} US dollars a month (${pricesWord(prices)}), plus use.`;

/** Whose prices, and of when. */
export const pricesWord = ({ region, table, date, live = false }: Prices): string =>
  live
    ? `${region} prices that AWS published on ${date}`
    : table === region
      ? `${table} prices of ${date}`
      : `no price table for ${region}; ${table}'s prices of ${date}`;

/** The whole estimate, by service and resource, and the prices of what is charged by use. */
export function costLines(cost: PlanCost): string[] {
  const { after, prices, services, notes } = cost;
  const groups = [...new Set(after.lines.map(({ id }) => groupOf(id, services)))];
  const substitutes = [...after.prices].filter(([, quote]) => quote !== undefined && quote.region !== prices.table);
  return [
    paint.bold("Cost per month in US dollars"),
    ...groups.flatMap((group) => {
      const lines = after.lines.filter(({ id }) => groupOf(id, services) === group);
      return [
        `  ${group}: ${amount(sum(lines.map(({ monthly }) => monthly)))}`,
        ...lines.map((line) => `    ${amount(line.monthly).padStart(20)}  ${lineWord(line, cost)}`),
      ];
    }),
    ...sleepLine(cost),
    ...(after.use.length > 0 ? [paint.bold("By use")] : []),
    ...after.use.map(
      ({ what, unit, usd, ids }) => `  ${usd ? price(usd) : "no price"} per ${unit}: ${what} (${ids.join(", ")})`,
    ),
    ...(after.unknown.length > 0
      ? [
          `Not counted, because Fairlead has no prices for its kind: ${after.unknown.map(({ id, type }) => `${id} (${type})`).join(", ")}.`,
        ]
      : []),
    ...(substitutes.length > 0 && prices.table === prices.region
      ? [`Prices of another region, because the table of ${prices.region} has none: ${sources(substitutes)}.`]
      : []),
    ...notes,
  ];
}

/** The items whose prices are from elsewhere, each region and date once. */
function sources(substitutes: readonly (readonly [keyof typeof ITEMS, Quote | undefined])[]): string {
  const whence = new Map<string, string[]>();
  for (const [name, quote] of substitutes) {
    const from = `${quote?.region}, ${quote?.date}`;
    whence.set(from, [...(whence.get(from) ?? []), ITEMS[name].what]);
  }
  return [...whence].map(([from, names]) => `${names.join("; ")} (${from})`).join(". ");
}

/** What `sleep` and `schedule` save, where they save anything. */
function sleepLine({ whileEither }: PlanCost): string[] {
  const { awake, asleep } = whileEither();
  return amount(awake) === amount(asleep) ? [] : [`  Awake: ${amount(awake)}; asleep: ${amount(asleep)}.`];
}

/** The estimate as `--json` prints it. */
export function costReport({ prices, after, before, difference, whileEither, services, notes, problems }: PlanCost) {
  const { awake, asleep } = whileEither();
  return {
    currency: "USD" as const,
    region: prices.region,
    prices: { region: prices.table, date: prices.date, live: prices.live ?? false },
    monthly: rounded(after.monthly),
    now: rounded(before.monthly),
    difference: rounded(difference),
    awake: rounded(awake),
    asleep: rounded(asleep),
    resources: after.lines.map(({ id, type, price: name, quantity, monthly, detail }) => ({
      id,
      type,
      group: groupOf(id, services),
      what: ITEMS[name].what,
      unit: ITEMS[name].unit,
      quantity,
      ...quoted(after, name),
      monthly: rounded(monthly),
      ...(detail === undefined ? {} : { detail }),
    })),
    byUse: after.use.map(({ what, unit, usd, ids }) => ({ what, unit, usd: usd ?? null, resources: ids })),
    notCounted: [...after.unknown.map(({ id }) => id), ...unpriced(after)],
    notes: [...problems, ...notes],
  };
}

function quoted({ prices }: Estimate, name: CostLine["price"]) {
  const quote = prices.get(name);
  return quote
    ? { price: quote.usd, priceOf: { region: quote.region, date: quote.date, source: quote.source } }
    : { price: null };
}

/** The service that a resource belongs to, or else its layer. */
function groupOf(id: string, services: readonly string[]): string {
  const [first = "", second] = id.split("/");
  if (id.split("/").length > 2 && services.includes(first)) return `service ${first}`;
  const isMain = first === "scaling" || (first === "compute" && (second === "service" || second === "schedule"));
  return isMain && services.includes(MAIN_SERVICE) ? `service ${MAIN_SERVICE}` : first;
}

function lineWord({ id, price: name, quantity, detail }: CostLine, { after }: PlanCost): string {
  const { what, unit } = ITEMS[name];
  const usd = after.prices.get(name)?.usd;
  const many = unit === "month" ? numbers(quantity) : `${numbers(quantity)} ${unit}s`;
  return `${id}: ${what}, ${many} x ${usd ?? "an unknown price"}${detail === undefined ? "" : ` (${detail})`}`;
}

/** What should be counted and has no price. */
const unpriced = ({ lines, prices }: Estimate): string[] => [
  ...new Set(
    lines.flatMap(({ price: name }) => (prices.get(name) === undefined ? [`${ITEMS[name].what} (no price)`] : [])),
  ),
];

const otherKinds = ({ unknown }: Estimate): string => `${count(unknown.length, "resource")} of other kinds`;

const rounded = ({ from, to }: Range): Range => ({ from: cents(from), to: cents(to) });
const cents = (usd: number): number => Math.round(usd * 100) / 100;

/** A price of a unit, with as many digits as it has. */
const price = ({ from, to }: Range): string => between(digits(from), digits(to));
const numbers = ({ from, to }: Range): string => between(digits(from), digits(to));
const digits = (value: number): string => String(Number(value.toFixed(6)));
