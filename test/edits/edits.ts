import * as fc from "fast-check";
import type { StackConfig } from "../../src/index.ts";
import { VALUES } from "./settings.ts";

/** One setting and its new value; `undefined` takes it out of the file. The network is written as a whole. */
export interface Edit {
  readonly path: string;
  readonly value: unknown;
}

const ZONES = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"];
const CIDRS = ["10.0.0.0/16", "10.9.0.0/16", "172.20.0.0/16"];

/** `count` ranges of `bits` in a /16, wherever they come to lie: beside the standing ones, over them, or in their place. */
const ranges = (base: string, bits: number, count: number): fc.Arbitrary<string[]> =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: 15 }), { minLength: count, maxLength: count })
    .map((places) => places.map((place) => `${base}.${bits === 24 ? place : place * 2 ** (24 - bits)}.0/${bits}`));

const network: fc.Arbitrary<Edit> = fc
  .record(
    {
      cidr: fc.constantFrom(...CIDRS),
      zones: fc.shuffledSubarray(ZONES, { minLength: 1, maxLength: 3 }),
      nat: fc.constantFrom("perZone" as const, "single" as const, "none" as const),
      endpoints: fc.constantFrom(["s3"], ["sqs", "dynamodb"], []),
      acls: fc.constantFrom(
        {},
        { deny: ["203.0.113.0/24"], private: [{ direction: "out", cidr: "192.0.2.0/24", protocol: "all" }] },
      ),
      ipv6: fc.boolean(),
      bits: fc.constantFrom(24, 22),
      own: fc.boolean(),
    },
    { requiredKeys: ["own", "bits"] },
  )
  .chain(({ own, bits, ...settings }) => {
    const { cidr = "10.0.0.0/16", zones } = settings;
    const count = zones?.length ?? 2;
    const base = cidr.split(".").slice(0, 2).join(".");
    if (!own) return fc.constant<Edit>({ path: "network", value: settings });
    // A load balancer has a second public subnet where there is one zone.
    const publics = Math.max(count, 2);
    return ranges(base, bits, publics + count).map((all): Edit => ({
      path: "network",
      value: { ...settings, publicSubnets: all.slice(0, publics), privateSubnets: all.slice(publics) },
    }));
  });

/** The modes alone, in which the way out changes and nothing else. */
const nat = fc
  .constantFrom("perZone", "single", "none")
  .map((mode): Edit => ({ path: "network", value: { nat: mode } }));

const setting = fc
  .constantFrom(...Object.keys(VALUES))
  .chain((path) => fc.constantFrom(...(VALUES[path] ?? [])).map((value): Edit => ({ path, value })));

/** Settings on the path of a request: a walk meets them more often. */
const onThePath = fc.oneof(
  ...["container.port", "container.healthCheckPath", "container.cpu", "service.desiredCount", "edge.enabled"].map(
    (path) => fc.constantFrom(...(VALUES[path] ?? [])).map((value): Edit => ({ path, value })),
  ),
);

const one = fc.oneof(
  { weight: 6, arbitrary: setting },
  { weight: 2, arbitrary: network },
  { weight: 1, arbitrary: nat },
  { weight: 2, arbitrary: onThePath },
);

/** What befalls the stack between two runs of its user, or in the middle of one. */
export interface Step {
  /** A pair or a triple of edits, or a single one, laid over the config that stands before. */
  readonly edits: readonly Edit[];
  /** Somebody changes or deletes a resource on AWS: the how-manieth of the state, counted around. */
  readonly hand: { readonly what: "change" | "delete"; readonly which: number } | undefined;
  /** The state is lost. */
  readonly lost: true | undefined;
  /** The run dies at this mutating call, before it reaches AWS or after. */
  readonly death: { readonly call: number; readonly moment: "before" | "after" } | undefined;
}

/** In so many of a hundred steps. */
const sometimes = <T>(percent: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary });

/** A step of one to three of such edits. */
export const stepOf = (edit: fc.Arbitrary<Edit>): fc.Arbitrary<Step> =>
  fc.record({
    edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
    hand: sometimes(
      20,
      fc.record({ what: fc.constantFrom("change" as const, "delete" as const), which: fc.nat({ max: 200 }) }),
    ),
    lost: sometimes(6, fc.constant(true as const)),
    death: sometimes(
      25,
      fc.record({
        call: fc.integer({ min: 1, max: 40 }),
        moment: fc.constantFrom("before" as const, "after" as const),
      }),
    ),
  });

/** A walk of one to three steps. */
export const walk = fc.array(stepOf(one), { minLength: 1, maxLength: 3 });

/** A config with edits over it. */
export function overlaid(config: StackConfig, edits: readonly Edit[]): StackConfig {
  return edits.reduce<StackConfig>((all, { path, value }) => placed({ ...all }, path.split("."), value), config);
}

function placed(group: Record<string, unknown>, [name = "", ...rest]: readonly string[], value: unknown): object {
  const next = rest.length === 0 ? value : placed((group[name] ?? {}) as Record<string, unknown>, rest, value);
  const { [name]: _before, ...others } = group;
  return next === undefined ? others : { ...others, [name]: next };
}
