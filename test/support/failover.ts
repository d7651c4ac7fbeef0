import type { CacheBehavior } from "@aws-sdk/client-cloudfront";
import { VirtualClock } from "../../src/clock.ts";
import { distributions } from "../../src/simulator/cloudfront/records.ts";
import { simOf } from "../../src/simulator/simulator.ts";
import type { World } from "../../src/simulator/world.ts";
import { brokenOrigin } from "./request-path.ts";

/** What a user asks for. */
interface Request {
  readonly method: "GET" | "HEAD" | "OPTIONS" | "POST";
  readonly path: string;
}

/** What the load balancer answers where nothing serves behind it (Elastic Load Balancing user guide, "HTTP 503: Service unavailable"). */
const UNAVAILABLE = 503;

/**
 * The region whose tasks answer a request to the only distribution, or the status that it fails with. In an origin group the second origin is asked
 * where the first one answers with a status of the group, and for GET, HEAD and OPTIONS alone ("Optimize high availability with CloudFront origin
 * failover", CloudFront Developer Guide).
 */
export function answeredBy(world: World, { method, path }: Request): string {
  const clock = new VirtualClock(world.data.now);
  const simIn = (region: string) => simOf({ world, clock, account: "123456789012", region });
  const [distribution, another] = Object.values(distributions(simIn("us-east-1")));
  if (!distribution || another) throw new Error("There is not exactly one distribution.");
  if (distribution.readyAt > world.data.now) throw new Error("The distribution is still being deployed.");
  const { config } = distribution;
  const matching = config.CacheBehaviors?.Items?.find((behavior) => matches(behavior, path));
  const behavior = matching ?? config.DefaultCacheBehavior;
  // "CloudFront returns HTTP status code 403" for a method that the behavior does not allow (CloudFront Developer Guide, "Allowed HTTP methods").
  if (!behavior?.AllowedMethods?.Items?.includes(method)) return "403";
  const group = config.OriginGroups?.Items?.find(({ Id }) => Id === behavior.TargetOriginId);
  const members = group?.Members?.Items?.map(({ OriginId }) => OriginId) ?? [behavior.TargetOriginId];
  const turns = group?.FailoverCriteria?.StatusCodes?.Items?.includes(UNAVAILABLE) && method !== "POST";
  for (const member of turns ? members : members.slice(0, 1)) {
    const origin = config.Origins?.Items?.find(({ Id }) => Id === member);
    const region = /\.([a-z0-9-]+)\.elb\./.exec(origin?.DomainName ?? "")?.[1] ?? "";
    if (brokenOrigin(simIn(region), config, origin) === undefined) return region;
  }
  return String(UNAVAILABLE);
}

const matches = ({ PathPattern = "" }: CacheBehavior, path: string): boolean =>
  PathPattern.endsWith("*") ? path.startsWith(PathPattern.slice(0, -1)) : path === PathPattern;
