// The second origin of a distribution, and the group in which CloudFront turns to it by itself.
import type { CacheBehavior, DistributionConfig, Origin, OriginGroup } from "@aws-sdk/client-cloudfront";
import type { Seen } from "../../engine/resource-kind.ts";
import { FAILOVER_ID, GROUP_ID, ORIGIN_ID, type Config } from "./origins.ts";

/**
 * Seconds to connect, and attempts: "By default, CloudFront tries ... 3 times of 10 seconds each ... before failing over" ("Optimize high availability
 * with CloudFront origin failover", Developer Guide). A load balancer that answers does so within milliseconds.
 */
const FAST = { ConnectionAttempts: 2, ConnectionTimeout: 3 } as const;
/** CloudFront's own (API Reference, Origin). */
const USUAL = { ConnectionAttempts: 3, ConnectionTimeout: 10 } as const;

/** What the load balancer answers where no task is healthy, and what CloudFront makes of one that does not answer. */
const CODES = [500, 502, 503, 504] as const;

export const isOwnOrigin = (id: string | undefined): boolean => id === ORIGIN_ID || id === FAILOVER_ID;

/** How long an attempt takes. Without the key, nothing was ever said of it, and it stays as it is. */
export const timesOf = (spec: Config): Partial<Pick<Origin, "ConnectionAttempts" | "ConnectionTimeout">> =>
  Object.hasOwn(spec, "failoverDomain") ? (spec.failoverDomain === undefined ? USUAL : FAST) : {};

/** The groups of a config: Fairlead's, if there is a second origin, beside those of others. */
export function groupsOf(spec: Config, live: DistributionConfig | undefined): Pick<DistributionConfig, "OriginGroups"> {
  if (!Object.hasOwn(spec, "failoverDomain")) return {};
  const others = (live?.OriginGroups?.Items ?? []).filter(({ Id }) => Id !== GROUP_ID);
  const all = [...others, ...(spec.failoverDomain === undefined ? [] : [group()])];
  return { OriginGroups: all.length === 0 ? { Quantity: 0 } : { Quantity: all.length, Items: all } };
}

const group = (): OriginGroup => ({
  Id: GROUP_ID,
  FailoverCriteria: { StatusCodes: { Quantity: CODES.length, Items: [...CODES] } },
  Members: { Quantity: 2, Items: [{ OriginId: ORIGIN_ID }, { OriginId: FAILOVER_ID }] },
});

/** What a config has of a second origin. */
export interface FailoverFound {
  readonly spec: Pick<Seen<Config>, "failoverDomain" | "failoverSecret" | "active">;
  /** What decides where the behaviors have to send their requests. */
  readonly targets: Pick<Config, "failoverDomain" | "active">;
}

/**
 * Reads the second origin of a config. One whose group or times were changed counts as another one, so that the next update writes all of it.
 * `isWanted`: whether there is to be one: without, the times of the origin are someone else's.
 */
export function failoverFrom(
  config: DistributionConfig,
  behaviors: readonly CacheBehavior[],
  isWanted: boolean,
): FailoverFound {
  const [own, other] = [ORIGIN_ID, FAILOVER_ID].map((id) => config.Origins?.Items?.find(({ Id }) => Id === id));
  const found = config.OriginGroups?.Items?.find(({ Id }) => Id === GROUP_ID);
  if (!other) return { spec: {}, targets: {} };
  const isWhole =
    isAsMade(found) &&
    (!isWanted || (isFast(own) && isFast(other))) &&
    isReachedAlike(own, other) &&
    other.OriginPath === "";
  const headers = other.CustomHeaders?.Items ?? [];
  const isActive = behaviors.every(({ TargetOriginId }) => TargetOriginId === FAILOVER_ID);
  const active = isActive ? ("failover" as const) : ("origin" as const);
  return {
    spec: {
      failoverDomain: isWhole ? other.DomainName : undefined,
      failoverSecret: headers.length === 1 ? headers[0]?.HeaderValue : undefined,
      active,
    },
    targets: { failoverDomain: other.DomainName ?? "", active },
  };
}

const isAsMade = (found: OriginGroup | undefined): boolean =>
  found?.Members?.Items?.map(({ OriginId }) => OriginId).join() === `${ORIGIN_ID},${FAILOVER_ID}` &&
  (found.FailoverCriteria?.StatusCodes?.Items ?? []).toSorted((one, two) => one - two).join() === CODES.join();

const isFast = (origin: Origin | undefined): boolean =>
  origin?.ConnectionAttempts === FAST.ConnectionAttempts && origin.ConnectionTimeout === FAST.ConnectionTimeout;

const isReachedAlike = (own: Origin | undefined, { CustomOriginConfig: other }: Origin): boolean =>
  other?.OriginProtocolPolicy === own?.CustomOriginConfig?.OriginProtocolPolicy &&
  other?.HTTPPort === 80 &&
  (other.OriginProtocolPolicy === "http-only" || other.HTTPSPort === 443);
