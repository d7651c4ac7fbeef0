import { topology } from "../../reconcilers/topology.ts";
import { costedIn } from "../../src/aws/cost/costed.ts";
import { estimate, type Estimate } from "../../src/aws/cost/estimate.ts";
import { ITEMS, type PriceName } from "../../src/aws/prices/items.ts";
import { pricedRegions, pricesIn } from "../../src/aws/prices/table.ts";
import { amount } from "../../src/cli/money.ts";
import { resolveStack } from "../../src/config/resolve.ts";
import type { StackConfig } from "../../src/index.ts";

/* The prices in the documents: from the same table and the same estimate as those that a plan prints. */

const REGION = "ap-northeast-1";
/** The regions whose tables have what a default stack needs. */
const SHOWN = ["ap-northeast-1", "us-east-1", "eu-west-1"] as const;

/** What a stack costs when all of its services are released. */
export function estimateOf(config: StackConfig, region: string): Estimate {
  const stack = resolveStack({ ...config, region });
  const released = Object.fromEntries(stack.services.map(({ name }) => [name, true]));
  const facts = { account: "123456789012", partition: "aws", originFacingPrefixList: "pl-0", released };
  return estimate(costedIn(topology(stack, facts).graph), pricesIn(region));
}

const monthly = (config: StackConfig, region: string = REGION): string => amount(estimateOf(config, region).monthly);

/** The cheapest stack of its own. */
const PREVIEW: StackConfig = {
  network: { nat: "none", tasks: "public" },
  service: { desiredCount: 1 },
  scaling: { max: 1 },
  cluster: { containerInsights: false },
  services: { web: { architecture: "arm64", build: { context: "service" } } },
};

const OFFICE_HOURS = { sleep: "cron(0 20 ? * MON-FRI *)", wake: "cron(0 7 ? * MON-FRI *)", timezone: "Asia/Tokyo" };

/** Ways of setting a stack up, and what each is for. */
const MODES: readonly (readonly [string, StackConfig])[] = [
  ["the default: a NAT gateway per zone", {}],
  ['`network: { nat: "single" }`: one NAT gateway', { network: { nat: "single" } }],
  ['`network: { nat: "none" }`: VPC endpoints', { network: { nat: "none" } }],
  ['`network: { nat: "none", tasks: "public" }`: public addresses', { network: { nat: "none", tasks: "public" } }],
  [
    'the same with `service: { desiredCount: 1 }`, `scaling: { max: 1 }`, `architecture: "arm64"` and `cluster: { containerInsights: false }`, for a preview',
    PREVIEW,
  ],
  [
    "`cluster: { containerInsights: false }`: no metrics of tasks and services",
    { cluster: { containerInsights: false } },
  ],
  ["`schedule` with tasks on weekdays from 7 to 20 only", { schedule: OFFICE_HOURS }],
  ["`service: { desiredCount: 1 }`: one task, up to three", { service: { desiredCount: 1 } }],
  [
    '`architecture: "arm64"` for the service',
    { services: { web: { architecture: "arm64", build: { context: "service" } } } },
  ],
  [
    "`spot: { percent: 100 }` for the service",
    { services: { web: { spot: { percent: 100 }, build: { context: "service" } } } },
  ],
];

const dateOf = (region: string): string => pricesIn(region).date;

/** The sentence of the README. */
export const readmeCosts = (): string => {
  const single = estimateOf({}, REGION).monthly.from - estimateOf({ network: { nat: "single" } }, REGION).monthly.from;
  return `**A running stack costs money**: two NAT gateways, a load balancer, two to six small tasks and the metrics of Container Insights come to ${monthly({})} US dollars a month in Tokyo
(${REGION} prices of ${dateOf(REGION)}), plus traffic, logs and builds. \`network: { nat: "single" }\` saves ${single.toFixed(2)} of that.`;
};

/** What settings cost, by their path: added to their descriptions. */
export const settingCosts = (): Readonly<Record<string, string>> => {
  const layer = (config: StackConfig, ids: RegExp) =>
    amount({ from: part(config, ids, "from"), to: part(config, ids, "to") });
  const part = (config: StackConfig, ids: RegExp, bound: "from" | "to") =>
    estimateOf(config, REGION)
      .lines.filter(({ id }) => ids.test(id))
      .reduce((total, { monthly: range }) => total + range[bound], 0);
  const nat = (mode: "perZone" | "single" | "none") =>
    `\`${mode}\` ${layer({ network: { nat: mode } }, /^network\/nat|^compute\/endpoint/)}`;
  const one = { service: { desiredCount: 1 }, scaling: { min: 1, max: 1 } };
  const when = `US dollars a month (${REGION} prices of ${dateOf(REGION)})`;
  return {
    "network.nat": `Cost: ${nat("perZone")}, ${nat("single")}, ${nat("none")} ${when}, plus use.`,
    "container.cpu": `A task with the default CPU and memory costs ${layer(one, /^compute\/service$/)} ${when}.`,
  };
};

/** The tables of docs/costs.md. */
export function costTables(): string {
  const rows = MODES.map(([what, config]) => [what, ...SHOWN.map((region) => monthly(config, region))]);
  return [
    `US dollars a month, before traffic, logs and builds. ${SHOWN.map((region) => `${region}: prices of ${dateOf(region)}`).join("; ")}.`,
    table(["setting", ...SHOWN], rows),
    "## Prices",
    `US dollars for each unit. An empty cell has no document that was read: the price of us-east-1 stands in, and \`plan --cost\` says so.`,
    table(
      ["what", "unit", ...pricedRegions],
      Object.keys(ITEMS).map((name) => priceRow(name as PriceName)),
    ),
    "Where they were read:",
    sources(),
  ].join("\n\n");
}

const priceRow = (name: PriceName): string[] => [
  ITEMS[name].what,
  ITEMS[name].unit,
  ...pricedRegions.map((region) => {
    const quote = pricesIn(region).of(name);
    return quote?.region === region ? String(quote.usd) : "";
  }),
];

function sources(): string {
  const found = new Set(
    pricedRegions.flatMap((region) =>
      (Object.keys(ITEMS) as PriceName[]).flatMap((name) => {
        const quote = pricesIn(region).of(name);
        return quote?.region === region ? [`- ${region}, ${quote.date}: ${quote.source}`] : [];
      }),
    ),
  );
  return [...found].join("\n");
}

const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
