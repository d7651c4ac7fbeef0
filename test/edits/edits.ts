import * as fc from "fast-check";
import type { StackConfig } from "../../src/index.ts";

/** A part of a config, by the group that it belongs to: groups are laid over each other, so that one edit may change many at once. */
type Group = Partial<StackConfig>;

const ZONES = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"];
const CIDRS = ["10.0.0.0/16", "10.9.0.0/16", "172.20.0.0/16"];

/** `count` ranges of `bits` in a /16, wherever they come to lie: beside the standing ones, over them, or in their place. */
const ranges = (base: string, bits: number, count: number): fc.Arbitrary<string[]> =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: 15 }), { minLength: count, maxLength: count })
    .map((places) => places.map((place) => `${base}.${bits === 24 ? place : place * 2 ** (24 - bits)}.0/${bits}`));

const network: fc.Arbitrary<Group> = fc
  .record(
    {
      cidr: fc.constantFrom(...CIDRS),
      zones: fc.shuffledSubarray(ZONES, { minLength: 2, maxLength: 3 }),
      nat: fc.constantFrom("perZone" as const, "single" as const, "none" as const),
      bits: fc.constantFrom(24, 22),
      own: fc.boolean(),
    },
    { requiredKeys: ["own", "bits"] },
  )
  .chain(({ own, bits, ...settings }) => {
    const { cidr = "10.0.0.0/16", zones } = settings;
    const count = zones?.length ?? 2;
    const base = cidr.split(".").slice(0, 2).join(".");
    if (!own) return fc.constant<Group>({ network: settings });
    return ranges(base, bits, count * 2).map((all): Group => ({
      network: { ...settings, publicSubnets: all.slice(0, count), privateSubnets: all.slice(count) },
    }));
  });

const some = <T>(...values: T[]) => fc.constantFrom(...values);

/** Edits of one group each. All are valid by themselves; two of them together need not be. */
const groups: readonly fc.Arbitrary<Group>[] = [
  network,
  network,
  fc.record({ port: some(5000, 8080, 9090) }).map((container) => ({ container })),
  fc.record({ cpu: some(256, 512), memory: some(1024, 2048) } as const).map((container) => ({ container }) as Group),
  some({ A: "1" }, { A: "2", B: "x" }, {}).map((environment) => ({ container: { environment } })),
  some("/health", "/ready").map((healthCheckPath) => ({ container: { healthCheckPath } })),
  fc.record({ desiredCount: some(1, 2, 3) }).map((service) => ({ service })),
  fc.record({ min: some(1, 2), max: some(4, 6), cpuTarget: some(50, 70) }).map((scaling) => ({ scaling })),
  fc.record({ deregistrationDelay: some(5, 30), idleTimeout: some(60, 120) }).map((balancer) => ({ balancer })),
  fc.record({ staticPath: some("/static/*", "/assets/*"), enabled: fc.boolean() }).map((edge) => ({ edge })),
  fc.record({ priceClass: some("PriceClass_100", "PriceClass_All") } as const).map((edge) => ({ edge }) as Group),
  fc.record({ keepImages: some(10, 30), mutableTags: fc.boolean() }).map((registry) => ({ registry })),
  fc.record({ retentionDays: some(30, 90) } as const).map((logs) => ({ logs }) as Group),
  fc.boolean().map((enabled) => ({ delivery: { approval: { enabled } } })),
  some({ Team: "a" }, { Team: "b", Cost: "1" }, {}).map((tags) => ({ tags })),
  fc.boolean().map((containerInsights) => ({ cluster: { containerInsights } })),
];

/** One to three edits at once, each laid over the config that stands before it. */
export const edit: fc.Arbitrary<Group> = fc
  .array(fc.oneof(...groups), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.reduce<Group>((all, part) => overlaid(all, part), {}));

/** A config with an edit over it: settings of a group that the edit does not name stay, but the network, which is written as a whole. */
export function overlaid(config: Group, change: Group): Group {
  const merged: Record<string, unknown> = { ...config };
  for (const [group, settings] of Object.entries(change))
    merged[group] =
      group === "network" ? settings : { ...(merged[group] as object | undefined), ...(settings as object) };
  return merged;
}
