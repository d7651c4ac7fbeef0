import type { Aws } from "../aws/aws.ts";
import { VpcOrigin } from "../aws/cloudfront/vpc-origin.ts";
import { Subnet } from "../aws/ec2/subnet.ts";
import { LoadBalancer } from "../aws/elb/load-balancer.ts";
import type { Action, Plan } from "../engine/action.ts";

/**
 * Why the subnets of a load balancer behind a VPC origin cannot go. CloudFront has network interfaces in them, which it takes away with the
 * origin ("Restrict access with VPC origins", CloudFront Developer Guide); no document says that they follow the load balancer to other
 * subnets, and EC2 deletes no subnet that has an interface. An origin that is replaced takes them along.
 */
export function vpcOriginProblems({ actions }: Pick<Plan<Aws>, "actions">): string[] {
  const stays = actions.some(({ kind, action, observed }) => kind.type === VpcOrigin.type && observed && !goes(action));
  const balancers = actions.filter(({ kind, action }) => kind.type === LoadBalancer.type && !goes(action));
  if (!stays) return [];
  const held = new Set(balancers.flatMap(({ observed }) => (observed?.spec["subnetIds"] ?? []) as readonly string[]));
  const going = actions.filter(
    ({ kind, action, observed }) => kind.type === Subnet.type && goes(action) && observed && held.has(observed.id),
  );
  if (going.length === 0) return [];
  const all = going.map(({ id, observed }) => `${id} (${observed?.id})`).join(" and ");
  return [
    `${all} cannot be replaced or deleted while the load balancer is behind a VPC origin: CloudFront has network interfaces there, and AWS documents only that they go with the origin. Do it in three steps: remove edge.origin and reconcile, reconcile with the new network, then set edge.origin to "vpc" again. Requests are interrupted as each plan says.`,
  ];
}

const goes = (action: Action["action"]) => action === "replace" || action === "delete";
