import type { Behavior, DistributionSpec } from "./distribution-spec.ts";

/** The id of Fairlead's origin in every distribution; it also identifies Fairlead's distributions in a list. */
export const ORIGIN_ID = "fairlead-balancer";
/** The id of the origin that takes over: the load balancer of the stack's second region. */
export const FAILOVER_ID = "fairlead-failover";
/** The id of the group of both. */
export const GROUP_ID = "fairlead-regions";

export type Config = Omit<DistributionSpec, "tags">;

/**
 * Where a behavior sends its requests. "CloudFront fails over to the secondary origin only when the HTTP method of the viewer request is GET,
 * HEAD, or OPTIONS" ("Optimize high availability with CloudFront origin failover", Developer Guide), and a behavior that allows others cannot have
 * a group: "AllowedMethods cannot include POST, ... for a cached behavior associated with an origin group" (aws-cdk issue 32450).
 */
export function targetFor(methods: Behavior["methods"], { failoverDomain, active }: Partial<Config>): string {
  if (failoverDomain === undefined) return ORIGIN_ID;
  if (active === "failover") return FAILOVER_ID;
  return methods === "read" ? GROUP_ID : ORIGIN_ID;
}
