import { describe, expect, it } from "vitest";
import shop from "../../../../examples/shop/stack.config.ts";
import { topology } from "../../../../reconcilers/topology.ts";
import { chargesOf } from "../../../../src/aws/cost/charges.ts";
import { costedIn } from "../../../../src/aws/cost/costed.ts";
import { estimate, standingCost } from "../../../../src/aws/cost/estimate.ts";
import { kinds } from "../../../../src/aws/kinds.ts";
import { pricesIn } from "../../../../src/aws/prices/table.ts";
import { splitConfig, withOwnParts } from "../../../../src/cli/user-resources.ts";
import { resolveStack } from "../../../../src/config/resolve.ts";
import type { StackConfig } from "../../../../src/index.ts";

/** What a stack costs once it is released. */
function costOf(config: unknown, region: string) {
  const { settings, own } = splitConfig({ ...(config as StackConfig), region });
  const stack = withOwnParts(resolveStack(settings), own);
  const facts = { account: "123456789012", partition: "aws", originFacingPrefixList: "pl-0" };
  const released = Object.fromEntries(stack.services.map(({ name }) => [name, true]));
  return estimate(costedIn(topology(stack, { ...facts, released }).graph), pricesIn(region));
}

const web = (settings: object): StackConfig => ({ services: { web: { build: { context: "service" }, ...settings } } });
const tasksOf = (config: StackConfig) =>
  costOf(config, "us-east-1")
    .lines.filter(({ id, price }) => id.endsWith("compute/service") && price !== "metricMonth")
    .reduce((sum, { monthly }) => ({ from: sum.from + monthly.from, to: sum.to + monthly.to }), { from: 0, to: 0 });

const HOURS = 730;

/*
 * Written out from what AWS publishes, and not from the tables. Tokyo: AWS's price list files of 2026-09-25. N. Virginia: AWS's price
 * list of 2026-08-21. For each: what stands there, and what a task of 0.25 vCPU and 0.5 GB costs. A custom metric: AWS's price list of 2026-09-21.
 */
const PUBLISHED = {
  "ap-northeast-1": {
    nat: 0.062 * HOURS,
    balancer: 0.0243 * HOURS,
    address: 0.005 * HOURS,
    task: (0.25 * 0.05056 + 0.5 * 0.00553) * HOURS,
    alarm: 0.1,
  },
  "us-east-1": {
    nat: 0.045 * HOURS,
    balancer: 0.0225 * HOURS,
    address: 0.005 * HOURS,
    task: (0.25 * 0.04048 + 0.5 * 0.004445) * HOURS,
    alarm: 0.1,
  },
} as const;

/** How many metrics Container Insights has: 10 to 13 of a cluster, and 21 to 25 of each service with its family. */
const metricsOf = (services: number) => ({ from: 0.3 * (10 + 21 * services), to: 0.3 * (13 + 25 * services) });

const within5Percent = (value: number, expected: number) => {
  expect(value).toBeGreaterThan(expected * 0.95);
  expect(value).toBeLessThan(expected * 1.05);
};

describe.each(["ap-northeast-1", "us-east-1"] as const)("the estimate in %s", (region) => {
  const { nat, balancer, address, task, alarm } = PUBLISHED[region];
  // Two NAT gateways with an address each, and a load balancer with one address in each of two zones.
  const network = 2 * (nat + address) + balancer + 2 * address;

  it("of the default stack is that of the published prices: two to six tasks, and two alarms for each of two policies", () => {
    const { monthly } = costOf({}, region);
    within5Percent(monthly.from, network + 2 * task + 4 * alarm + metricsOf(1).from);
    within5Percent(monthly.to, network + 6 * task + 4 * alarm + metricsOf(1).to);
  });

  it("of the example of a shop is that of the published prices: three services that run, and a job that does not", () => {
    const { monthly, unknown, use } = costOf(shop, region);
    within5Percent(monthly.from, network + 3 * (2 * task + 4 * alarm) + metricsOf(3).from);
    within5Percent(monthly.to, network + 3 * (6 * task + 4 * alarm) + metricsOf(3).to);
    // The bucket's object is of the example's own kind.
    expect(unknown.map(({ id }) => id)).toEqual(["resources/catalog"]);
    const run = use.find(({ what }) => what === "run of the job");
    within5Percent(run?.usd?.to ?? 0, task / HOURS);
    expect(run?.ids).toEqual(["report/compute/schedule"]);
  });
});

describe("the estimate", () => {
  it.each(["ap-northeast-1", "us-east-1", "eu-west-1"])(
    "of a preview stack with public addresses, one task on ARM and no Container Insights is under 40 US dollars in %s",
    (region) => {
      const preview = {
        cluster: { containerInsights: false },
        network: { nat: "none", tasks: "public" },
        service: { desiredCount: 1 },
        scaling: { max: 1 },
        ...web({ architecture: "arm64" }),
      } as const;
      const { monthly, lines } = costOf(preview, region);
      expect(monthly.to).toBeLessThan(40);
      // Two addresses of the load balancer, and one of the task.
      expect(lines.filter(({ price }) => price === "ipv4Hour").map(({ quantity }) => quantity.to / HOURS)).toEqual([
        2, 1,
      ]);
    },
  );

  it("counts ARM at its own price, storage above 20 GB, and sidecars by the task's own size", () => {
    expect(tasksOf(web({ architecture: "arm64" })).from).toBeCloseTo(2 * HOURS * (0.25 * 0.03238 + 0.5 * 0.00356), 6);
    const stored = costOf(web({ ephemeralStorage: 40 }), "us-east-1");
    expect(stored.lines.find(({ price }) => price === "diskHour")?.quantity).toEqual({
      from: 2 * 20 * HOURS,
      to: 6 * 20 * HOURS,
    });
    // No price of it is in the tables: it is not taken to be free, the estimate says that it is not counted.
    expect([...stored.prices].filter(([, quote]) => quote === undefined).map(([name]) => name)).toContain("diskHour");
  });

  it("counts Spot as a range: what runs on it costs from 30 % to all of the regular price", () => {
    const task = HOURS * (0.25 * 0.04048 + 0.5 * 0.004445);
    const mixed = tasksOf(web({ spot: { percent: 50, base: 1 }, service: { desiredCount: 3 } }));
    // Of three tasks, one always runs on regular Fargate, and half of the other two.
    expect(mixed.from).toBeCloseTo(task * (2 + 0.3), 6);
    expect(mixed.to).toBeCloseTo(9 * task, 6);
    expect(costOf(web({ spot: { percent: 50 } }), "us-east-1").notes.join(" ")).toContain("prices vary");
  });

  it("counts the metrics of Container Insights of the cluster and of each service, and none without it", () => {
    const metrics = (config: StackConfig) =>
      costOf(config, "us-east-1")
        .lines.filter(({ price }) => price === "metricMonth")
        .map(({ id, quantity: { from, to } }) => [id, from, to]);
    expect(new Set(metrics({ services: { web: {}, mail: { type: "worker" } } }))).toEqual(
      new Set([
        ["compute/cluster", 10, 13],
        ["compute/service", 21, 25],
        ["mail/compute/service", 21, 25],
      ]),
    );
    expect(metrics({ cluster: { containerInsights: false } })).toEqual([]);
  });

  it("follows the autoscaler's bounds, however far apart they are", () => {
    const { from, to } = tasksOf({ service: { desiredCount: 0 }, scaling: { min: 0, max: 5_000 } });
    expect(from).toBe(0);
    expect(to).toBeCloseTo(5_000 * HOURS * (0.25 * 0.04048 + 0.5 * 0.004445), 3);
  });

  it("leaves out what belongs to others: an existing network, and the stack that is shared", () => {
    const network = {
      vpc: "vpc-0123456789abcdef0",
      publicSubnets: ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
      privateSubnets: ["subnet-0a1b2c3d4e5f6071a", "subnet-0a1b2c3d4e5f6071b"],
    };
    const types = (config: StackConfig) => new Set(costOf(config, "us-east-1").lines.map(({ type }) => type));
    const own = ["elb/load-balancer", "ecs/cluster", "ecs/service", "autoscaling/scaling-policy"];
    expect(types({ network })).toEqual(new Set(own));
    expect(types({ ...web({ path: "/pr/*" }), shared: "platform" })).toEqual(
      new Set(["ecs/service", "autoscaling/scaling-policy"]),
    );
  });

  it("takes us-east-1's prices where a region has none, and says whose they are", () => {
    const elsewhere = pricesIn("sa-east-1");
    expect(elsewhere).toMatchObject({ region: "sa-east-1", table: "us-east-1", date: "2026-08-21" });
    expect(elsewhere.of("natHour")).toMatchObject({ usd: 0.045, region: "us-east-1" });
    const tokyo = pricesIn("ap-northeast-1");
    expect(tokyo.of("natHour")?.region).toBe("ap-northeast-1");
    expect(tokyo.of("imagesMonth")?.region).toBe("us-east-1");
    expect(tokyo.of("diskHour")).toBeUndefined();
  });

  it("knows what every kind is charged for", () => {
    expect(kinds.filter(({ type }) => chargesOf(type, {}) === undefined).map(({ type }) => type)).toEqual([]);
  });

  it("of one leftover takes its usual settings, and none for what is charged by use", () => {
    const prices = pricesIn("us-east-1");
    expect(standingCost("elb/load-balancer", prices)).toBeCloseTo(0.0225 * HOURS + 2 * 0.005 * HOURS, 6);
    expect(standingCost("ec2/vpc-endpoint", prices)).toBeCloseTo(2 * 0.01 * HOURS, 6);
    expect(standingCost("ec2/vpc", prices)).toBe(0);
    expect(["s3/bucket", "ecs/service", "shop/s3-object"].map((type) => standingCost(type, prices))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
