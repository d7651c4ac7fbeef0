import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServiceName } from "../../../src/aws/aws.ts";
import { Rates } from "../../../src/aws/rates.ts";
import { VirtualClock } from "../../../src/clock.ts";

/** A call, and when it comes, in milliseconds. */
interface Caller {
  readonly at: number;
  readonly service: ServiceName;
  readonly operation: string;
}

/** Lets `callers` come in order, and notes when each of them may go. `throttled`: when AWS throttles the first caller's operation. */
async function going(callers: readonly Caller[], throttled?: number) {
  const clock = new VirtualClock(0);
  const rates = new Rates(clock);
  const gone: (Caller & { readonly index: number; readonly went: number })[] = [];
  const [first] = callers;
  const throttling = async () => {
    if (throttled === undefined || !first) return;
    await clock.sleep(throttled);
    rates.empty(first.service, first.operation);
  };
  await Promise.all([
    ...callers.map(async (caller, index) => {
      await clock.sleep(caller.at);
      await rates.take(caller.service, caller.operation);
      gone.push({ ...caller, index, went: clock.now() });
    }),
    throttling(),
  ]);
  return gone;
}

/** The seconds at which `count` calls of an operation go that come at once. */
const together = async (count: number, service: ServiceName, operation: string) =>
  (await going(Array.from({ length: count }, () => ({ at: 0, service, operation })))).map(({ went }) => went / 1000);

/** `[0, 0, 0]` for 3. */
const atOnce = (count: number) => Array.from({ length: count }, () => 0);

describe("a burst of calls", () => {
  it.each([
    ["ec2", "DescribeVpcs", 100, 0.05],
    ["ec2", "GetManagedPrefixListEntries", 100, 0.05],
    ["ec2", "DescribeSecurityGroups", 50, 0.1],
    ["ec2", "CreateSubnet", 50, 0.2],
    ["ec2", "AuthorizeSecurityGroupIngress", 50, 0.2],
    ["ec2", "CreateNatGateway", 10, 1],
    ["ec2", "DeleteNatGateway", 10, 1],
    ["ec2", "CreateTags", 100, 0.1],
    ["ec2", "DeleteTags", 100, 0.1],
    ["ec2", "CreateVpcEndpoint", 4, 3.334],
    ["ec2", "ModifyVpcEndpoint", 4, 3.334],
    ["ec2", "DeleteVpcEndpoints", 4, 3.334],
    ["elb", "DescribeTargetHealth", 40, 0.1],
    ["elb", "CreateRule", 20, 0.334],
    ["elb", "CreateLoadBalancer", 10, 5],
    ["elb", "SetSubnets", 10, 5],
    ["ecs", "CreateCluster", 20, 1],
    ["ecs", "DescribeClusters", 50, 0.05],
    ["ecs", "RegisterTaskDefinition", 20, 1],
    ["ecs", "DescribeTaskDefinition", 50, 0.05],
    ["ecs", "DeleteTaskDefinitions", 5, 1],
    ["ecs", "UpdateService", 50, 0.2],
    ["ecs", "DescribeServices", 100, 0.05],
    ["ecs", "DescribeTasks", 100, 0.05],
    ["ecs", "TagResource", 20, 0.1],
    ["logs", "CreateLogGroup", 10, 0.1],
    ["logs", "PutRetentionPolicy", 5, 0.2],
  ] as const)(
    "of %s %s goes out at once up to %i, and then one every %d s",
    async (service, operation, capacity, every) => {
      const seconds = await together(capacity + 3, service, operation);
      expect(seconds).toEqual(
        [...atOnce(capacity), every, 2 * every, 3 * every].map((time) => expect.closeTo(time, 6)),
      );
    },
  );

  it("is never held where AWS documents no rate", async () => {
    for (const [service, operation] of [
      ["iam", "CreateRole"],
      ["s3", "PutObject"],
      ["sts", "GetCallerIdentity"],
      ["ecs", "RunTask"],
      ["logs", "GetLogEvents"],
    ] as const)
      expect(await together(300, service, operation)).toEqual(atOnce(300));
  });

  it("goes out again as far as the bucket has filled meanwhile, and never further than full", async () => {
    const nat = { service: "ec2", operation: "CreateNatGateway" } as const;
    const burst = (at: number, count: number) => Array.from({ length: count }, () => ({ ...nat, at }));
    const gone = await going([...burst(0, 10), ...burst(3_000, 4), ...burst(600_000, 11)]);
    const times = gone.map(({ went }) => went);
    expect(times.slice(10, 14)).toEqual([3_000, 3_000, 3_000, 4_000]);
    expect(times.slice(14)).toEqual([...atOnce(10).map(() => 600_000), 601_000]);
  });
});

describe("the buckets", () => {
  /** Whether a call waits after `count` of another one. */
  const waitsAfter = async (service: ServiceName, count: number, other: string, operation: string) => {
    const crowd = Array.from({ length: count }, () => ({ at: 0, service, operation: other }));
    const gone = await going([...crowd, { at: 0, service, operation }]);
    return gone.find(({ index }) => index === count)?.went !== 0;
  };

  it("of EC2 are each API's own", async () => {
    expect(await waitsAfter("ec2", 200, "CreateSubnet", "CreateVpc")).toBe(false);
    expect(await waitsAfter("ec2", 200, "DescribeVpcs", "DescribeSubnets")).toBe(false);
    expect(await waitsAfter("ec2", 20, "CreateNatGateway", "DeleteNatGateway")).toBe(false);
    expect(await waitsAfter("ec2", 100, "DescribeVpcs", "DescribeVpcs")).toBe(true);
  });

  it("of ECS are shared by the APIs of a category", async () => {
    expect(await waitsAfter("ecs", 20, "RegisterTaskDefinition", "DeregisterTaskDefinition")).toBe(true);
    expect(await waitsAfter("ecs", 50, "CreateService", "DeleteService")).toBe(true);
    expect(await waitsAfter("ecs", 50, "RegisterTaskDefinition", "DeleteTaskDefinitions")).toBe(false);
    expect(await waitsAfter("ecs", 50, "CreateCluster", "CreateService")).toBe(false);
  });

  it("of a load balancer's APIs are shared by a category, and the account's by all of them", async () => {
    expect(await waitsAfter("elb", 20, "CreateRule", "DeleteListener")).toBe(true);
    expect(await waitsAfter("elb", 20, "CreateRule", "CreateLoadBalancer")).toBe(false);
    expect(await waitsAfter("elb", 20, "CreateRule", "DescribeRules")).toBe(false);
    expect(await waitsAfter("elb", 10, "CreateLoadBalancer", "SetSubnets")).toBe(true);
    for (const operation of ["DescribeRules", "CreateRule", "SetSubnets"])
      expect(await waitsAfter("elb", 40, "DescribeLoadBalancers", operation)).toBe(true);
  });
});

describe("callers who wait", () => {
  it("go in the order in which they came, also where others come while they wait", async () => {
    const nat = { service: "ec2", operation: "CreateNatGateway" } as const;
    const times = [...atOnce(13), 500, 1_000, 1_500, 2_500];
    const gone = await going(times.map((at) => ({ ...nat, at })));
    expect(gone.map(({ index }) => index)).toEqual(times.map((_, index) => index));
    expect(gone.slice(10).map(({ went }) => went)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000]);
  });

  it("are reported only if they are longer than a second", async () => {
    const told: (readonly [string, number])[] = [];
    const clock = new VirtualClock(0);
    const rates = new Rates(clock, undefined, (call, ms) => told.push([call, ms]));
    await Promise.all(Array.from({ length: 13 }, () => rates.take("ec2", "CreateNatGateway")));
    await Promise.all(Array.from({ length: 105 }, () => rates.take("ec2", "DescribeVpcs")));
    expect(told).toEqual([
      ["ec2.CreateNatGateway", 2_000],
      ["ec2.CreateNatGateway", 3_000],
    ]);
  });

  it("end with the signal's reason where the run is stopped", async () => {
    const stopping = new AbortController();
    const reason = new Error("stopped");
    const clock = new VirtualClock(0);
    const rates = new Rates(clock, stopping.signal);
    const takes = Array.from({ length: 12 }, () => rates.take("ec2", "CreateNatGateway"));
    await Promise.all(takes.slice(0, 10));
    stopping.abort(reason);
    expect(await Promise.allSettled(takes.slice(10))).toEqual([
      { status: "rejected", reason },
      { status: "rejected", reason },
    ]);
    expect(clock.now()).toBe(0);
  });
});

describe("a call that AWS throttles all the same", () => {
  it("leaves nothing of its rate for the other calls of its class", async () => {
    const clock = new VirtualClock(0);
    const rates = new Rates(clock);
    rates.empty("ecs", "RegisterTaskDefinition");
    await Promise.all([rates.take("ecs", "DescribeTaskDefinition"), rates.take("ec2", "CreateTags")]);
    expect(clock.now()).toBe(0);
    await rates.take("ecs", "DeregisterTaskDefinition");
    expect(clock.now()).toBe(1_000);
  });

  it("empties each bucket that it took from", async () => {
    for (const [operation, ms] of [
      ["CreateRule", 334],
      ["SetSubnets", 5_000],
    ] as const) {
      const clock = new VirtualClock(0);
      const rates = new Rates(clock);
      rates.empty("elb", operation);
      await rates.take("elb", "DescribeLoadBalancers");
      expect(clock.now()).toBe(100);
      await rates.take("elb", operation);
      expect(clock.now()).toBe(ms);
    }
  });

  it("neither puts those off who wait already nor lets anyone pass them", async () => {
    const nat = { at: 0, service: "ec2", operation: "CreateNatGateway" } as const;
    const gone = await going([...Array.from({ length: 12 }, () => nat), { ...nat, at: 600 }], 500);
    expect(gone.slice(10).map(({ went }) => went)).toEqual([1_000, 2_000, 3_000]);
  });

  it("changes nothing where there is no rate", async () => {
    const clock = new VirtualClock(0);
    const rates = new Rates(clock);
    rates.empty("s3", "PutObject");
    await rates.take("s3", "PutObject");
    expect(clock.now()).toBe(0);
  });
});

describe("whatever comes, and whenever", () => {
  const SAMPLES = [
    ["CreateVpcEndpoint", "ec2", 4, 0.3],
    ["CreateNatGateway", "ec2", 10, 1],
    ["CreateSubnet", "ec2", 50, 5],
    ["DeleteTaskDefinitions", "ecs", 5, 1],
    ["CreateLogGroup", "logs", 10, 10],
  ] as const;

  /** Gaps between callers, in milliseconds: crowds, and now and then a pause. */
  const gaps = fc.array(fc.constantFrom(0, 0, 0, 0, 0, 30, 170, 1_100, 9_000), { maxLength: 80 });

  const arrivals = (between: readonly number[]) => {
    let at = 0;
    return between.map((gap) => (at += gap));
  };

  /** In every window of `times`, in milliseconds, no more than the bucket and what came back meanwhile. */
  const keeps = (times: readonly number[], capacity: number, refill: number) => {
    times.forEach((from, first) =>
      times.slice(first).forEach((to, more) => {
        if (more + 1 > capacity + (refill * (to - from)) / 1000 + 1e-9)
          throw new Error(`${more + 1} calls from ${from} to ${to} ms`);
      }),
    );
  };

  it("never lets more out than the bucket and its refill, and keeps the order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SAMPLES), gaps, async ([operation, service, capacity, refill], between) => {
        const gone = await going(arrivals(between).map((at) => ({ at, service, operation })));
        expect(gone.map(({ index }) => index)).toEqual(between.map((_, index) => index));
        const times = gone.map(({ went }) => went);
        keeps(times, capacity, refill);
      }),
    );
  });

  it("lets no more than the refill out once AWS has throttled", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SAMPLES),
        gaps,
        fc.nat({ max: 20_000 }),
        async ([operation, service, , refill], between, throttled) => {
          const gone = await going(
            arrivals(between).map((at) => ({ at, service, operation })),
            throttled,
          );
          // Those who came before and had to wait have their turn within the first interval.
          const after = gone.filter(({ at, went }) => at > throttled && went > throttled);
          after.forEach(({ went }, index) =>
            expect(index + 1).toBeLessThanOrEqual((refill * (went - throttled)) / 1000),
          );
        },
      ),
    );
  });

  it("never lets more of all the load balancer's calls out than the account may send", async () => {
    const operations = fc.constantFrom("DescribeTargetHealth", "DescribeRules", "CreateRule", "SetSubnets");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(operations, fc.nat({ max: 60 })), { maxLength: 120 }), async (mix) => {
        const times = arrivals(mix.map(([, gap]) => gap));
        const gone = await going(
          mix.map(([operation], index) => ({ at: times[index] ?? 0, service: "elb", operation })),
        );
        keeps(
          gone.map(({ went }) => went),
          40,
          10,
        );
      }),
    );
  });
});
