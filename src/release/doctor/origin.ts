import type { Distribution, Origin } from "@aws-sdk/client-cloudfront";

/** The header that proves to the load balancer that a request came through the distribution. Its value is never shown. */
export const SECRET_HEADER = "X-Origin-Verify";

/** The origin of the default behavior. */
export function originOf({ DistributionConfig: config }: Distribution): Origin | undefined {
  const id = config?.DefaultCacheBehavior?.TargetOriginId;
  return config?.Origins?.Items?.find(({ Id }) => Id === id);
}

/** The secret that the distribution sends: only for comparison, never shown. */
export const secretOf = (distribution: Distribution): string | undefined =>
  originOf(distribution)?.CustomHeaders?.Items?.find(
    ({ HeaderName }) => HeaderName?.toLowerCase() === SECRET_HEADER.toLowerCase(),
  )?.HeaderValue;
