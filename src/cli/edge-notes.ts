import type { AnyAwsKind, Aws } from "../aws/aws.ts";
import { Distribution } from "../aws/cloudfront/distribution.ts";
import { VpcOrigin } from "../aws/cloudfront/vpc-origin.ts";
import { isPublic } from "../config/shared-stack.ts";
import type { Stack } from "../config/stack.ts";
import type { Plan } from "../engine/action.ts";

/** What a plan means for those who use the application: without a CDN, and where it gets one or loses it. */
export function edgeNotes(stack: Stack, { actions }: Plan<Aws>): string[] {
  if (stack.shared || !(stack.shareable || stack.services.some(isPublic))) return [];
  const ofCdn = actions.find(({ kind }) => isDistribution(kind));
  const hasDomain = stack.domains.length > 0;
  const isLive = actions.some(({ id, observed }) => id === "balancer/load-balancer" && observed !== undefined);
  const moves =
    ofCdn?.action === "delete"
      ? hasDomain
        ? MOVES_TO_BALANCER
        : `The URL of the application changes: https://${String(ofCdn.observed?.attrs["domainName"])} stops answering, and the load balancer's own name takes its place.`
      : ofCdn?.action === "create" && isLive
        ? hasDomain
          ? MOVES_TO_CDN
          : "The URL of the application changes: the load balancer's own name stops answering, and that of the new distribution takes its place."
        : undefined;
  const inside = actions.find(({ kind }) => kind.type === VpcOrigin.type)?.action;
  return [
    ...(inside === "create" || inside === "replace" ? [TAKES_LONG] : []),
    ...(moves === undefined ? [] : [moves]),
    ...(stack.edge === undefined && !hasDomain
      ? [
          "Traffic between users and the load balancer is not encrypted: `edge` is false and there is no `domain`. Passwords and cookies can be read on the way. Set `domain` to serve HTTPS.",
        ]
      : []),
  ];
}

/** terraform-provider-aws waits for 15 minutes, internal/service/cloudfront/vpc_origin.go. */
const TAKES_LONG = "CloudFront takes about 15 minutes to deploy a VPC origin, and as long to delete one.";
const isDistribution = (kind: AnyAwsKind): boolean => kind.type === Distribution.type;

const MOVES_TO_BALANCER =
  "The records of `domain` move from the distribution to the load balancer, and the distribution is deleted once resolvers have forgotten it. The load balancer has no IPv6 addresses, caches nothing and adds no security headers.";
const MOVES_TO_CDN =
  "The records of `domain` move from the load balancer to a new distribution, and the load balancer lets in CloudFront alone once resolvers have forgotten it.";
