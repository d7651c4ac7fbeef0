import type { Distribution, Origin } from "@aws-sdk/client-cloudfront";
import { FAILOVER_ID, ORIGIN_ID } from "../../aws/cloudfront/origins.ts";
import { primaryOf, twoRegionsOf } from "../../config/stack-regions.ts";
import type { Stack } from "../../config/stack.ts";

type InRegions = Pick<Stack, "region" | "regions">;

/** The header that proves to the load balancer that a request came through the distribution. Its value is never shown. */
export const SECRET_HEADER = "X-Origin-Verify";

/** The origin of the default behavior; of a stack in two regions, the one in the region of `stack`. */
export function originOf({ DistributionConfig: config }: Distribution, stack: InRegions): Origin | undefined {
  const own = primaryOf(stack) === undefined ? ORIGIN_ID : FAILOVER_ID;
  const id = twoRegionsOf(stack) ? own : config?.DefaultCacheBehavior?.TargetOriginId;
  return config?.Origins?.Items?.find(({ Id }) => Id === id);
}

/** The secret that the distribution sends: only for comparison, never shown. */
export const secretOf = (distribution: Distribution, stack: InRegions): string | undefined =>
  originOf(distribution, stack)?.CustomHeaders?.Items?.find(
    ({ HeaderName }) => HeaderName?.toLowerCase() === SECRET_HEADER.toLowerCase(),
  )?.HeaderValue;

/** What the distribution of a stack in two regions does with requests, from the perspective of one of them; nothing of any other stack. */
export function roleOf({ DistributionConfig: config }: Distribution, stack: InRegions): string | undefined {
  const two = twoRegionsOf(stack);
  if (!two) return undefined;
  const isActive = config?.DefaultCacheBehavior?.TargetOriginId === FAILOVER_ID;
  if (isActive) return `All requests go to ${two.secondary}, since failover sent them there.`;
  return primaryOf(stack) === undefined
    ? undefined
    : `Requests come here where ${two.primary} fails, and after failover.`;
}
